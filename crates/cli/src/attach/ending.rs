//! Why an attachment ends, and what is said about it.

use std::io::{self, Write};

use mainstay_protocol::outcome::Outcome;

use super::Settings;
use crate::exit::Exit;
use crate::words;

/// The first reason that comes up ends the attachment.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The person typed the detach keys.
    Detached,
    /// The session's program ended.
    Ended(Outcome),
    /// The host is gone without having said why.
    Lost,
    /// The connection is of no more use.
    Broken(String),
    /// A signal told this process to end.
    #[cfg_attr(windows, expect(dead_code, reason = "there are none on Windows"))]
    Signal(i32),
    /// The outer terminal takes and gives nothing any more.
    TerminalGone,
}

impl Ending {
    /// Says it on standard error; the terminal is the shell's again.
    pub(crate) fn tell(self, settings: &Settings) -> Exit {
        let name = &settings.session;
        let (exit, text) = match self {
            Self::Detached => (
                Exit::Done,
                format!("[detached; back again with `mainstay attach {name}`]"),
            ),
            Self::Ended(outcome) => (Exit::Done, format!("[ended: {}]", words::outcome(&outcome))),
            Self::Lost => (
                Exit::Unreachable,
                format!(
                    "[connection lost: the session's host is gone; `mainstay screen {name}` shows what was kept]"
                ),
            ),
            Self::Broken(why) => (Exit::Unreachable, format!("[connection lost: {why}]")),
            Self::TerminalGone => (Exit::Failed, String::new()),
            Self::Signal(signal) => die_of(signal),
        };
        if !text.is_empty() {
            // Nobody is left to tell if this fails.
            drop(writeln!(io::stderr(), "{text}"));
        }
        exit
    }
}

/// Ends the process as the signal would have, so that whoever waits for it sees the signal.
#[cfg(unix)]
fn die_of(signal: i32) -> (Exit, String) {
    drop(signal_hook::low_level::emulate_default_handler(signal));
    (Exit::Failed, format!("[ended by signal {signal}]"))
}

#[cfg(windows)]
fn die_of(signal: i32) -> (Exit, String) {
    (Exit::Failed, format!("[ended by signal {signal}]"))
}

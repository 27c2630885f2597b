//! The `mainstay` command.
//!
//! * [`args`]: the command line as a whole; each command has its own file in [`commands`] with its options.
//! * [`commands`]: what each command does, in groups.
//! * [`manager`]: reaching the manager, which is started where none runs; [`watch`]: waiting for a session's status.
//! * [`session`]: from what the person typed to a session's folder, and to its host if that lives.
//! * [`attach`]: a session in the terminal one sits at.
//! * [`table`], [`words`]: how things are shown to people.
//!
//! `attach`, `screen` and `search` need no manager: they work on the session's folder and host alone.

#![deny(unsafe_code)]

mod args;
mod attach;
mod commands;
mod duration;
mod exit;
pub mod failpoints;
mod failure;
mod interrupt;
mod manager;
mod output;
mod session;
mod table;
mod watch;
mod words;
mod wrap;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use args::Cli;
use exit::Exit;
use failure::Failure;

/// Gives the value of an environment variable.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// What the command knows of the world around it.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// One environment variable.
    pub env: Env<'a>,
    /// All environment variables.
    pub vars: &'a dyn Fn() -> Vec<(OsString, OsString)>,
    /// Where this program is.
    pub program: &'a dyn Fn() -> io::Result<PathBuf>,
}

impl fmt::Debug for Outside<'_> {
    /// The environment may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside").finish_non_exhaustive()
    }
}

/// Runs the program: `args` begin with its own name.
pub fn run(args: impl IntoIterator<Item = OsString>, outside: &Outside<'_>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(told) => {
            // Help and version come this way, too; a closed pipe is no reason to complain.
            drop(told.print());
            return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(Exit::Usage.code()));
        }
    };
    match arm(outside.env).and_then(|()| commands::run(cli, outside)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.tell();
            failure.exit.into()
        }
    }
}

fn arm(env: Env<'_>) -> Result<(), Failure> {
    let points = env(mainstay_seams::failpoint::ENV).unwrap_or_default();
    mainstay_seams::failpoint::arm_from(&points.to_string_lossy())
        .map_err(|error| Failure::new(Exit::Usage, error))
}

/// Says something to the person: on standard error, which scripts don't read.
fn say(text: impl fmt::Display) {
    // Nobody is left to tell if this fails.
    drop(writeln!(
        io::stderr(),
        "{}",
        wrap::for_stderr(&text.to_string())
    ));
}

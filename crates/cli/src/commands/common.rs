//! What several commands have in common.

use std::io::{self, IsTerminal};

use mainstay_protocol::Size;
use mainstay_protocol::session::{Session, Start};
use mainstay_protocol::spec::Origin;

use super::Context;
use crate::Outside;
use crate::failure::Failure;
use crate::output::Output;

/// One session.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The session: its id, the beginning of its id, or its name
    #[arg(value_name = "ID")]
    pub(crate) session: String,
}

/// A command that does something with a session and can print it afterwards.
#[derive(Debug, clap::Args)]
pub(crate) struct OneOrJson {
    #[command(flatten)]
    pub(crate) one: One,
    /// Print the session as an object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Prints a session for a script, if that is asked for.
pub(crate) fn print(context: &Context<'_>, session: &Session, json: bool) -> Result<(), Failure> {
    if json {
        Output::new(context.outside.env).json(session)?;
    }
    Ok(())
}

/// Prints the id of a session that was just made, or the session for a script.
pub(crate) fn print_new(
    context: &Context<'_>,
    session: &Session,
    json: bool,
) -> Result<(), Failure> {
    if json {
        return print(context, session, json);
    }
    Ok(Output::new(context.outside.env).piece(&format!("{}\n", session.id))?)
}

/// How a run is started from the command line: in this terminal's environment and size.
pub(crate) fn start(outside: &Outside<'_>) -> Start {
    let text = |value: std::ffi::OsString| value.into_string().ok();
    Start {
        origin: Some(Origin::Cli),
        // A variable that is no text can't be handed on.
        base_env: Some(
            (outside.vars)()
                .into_iter()
                .filter_map(|(name, value)| Some((text(name)?, text(value)?)))
                .collect(),
        ),
        terminal: terminal_size(),
    }
}

/// The size of the terminal this runs in, if it does.
fn terminal_size() -> Option<Size> {
    let sizes = [
        terminal_size::terminal_size_of(io::stdout()),
        terminal_size::terminal_size_of(io::stderr()),
        terminal_size::terminal_size_of(io::stdin()),
    ];
    let (cols, rows) = sizes.into_iter().flatten().next()?;
    (cols.0 > 0 && rows.0 > 0).then(|| Size::clamped(cols.0, rows.0))
}

/// Whether a person can be asked something and sees it.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

//! `mainstay env`

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// The variables that new sessions get from your login shell.
///
/// They are read once when the manager starts. Sessions started from a terminal get that terminal's.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Read them again, after you changed your shell's files
    Refresh,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    match args.command {
        Command::Refresh => {
            let notes = talk(context, async |client| {
                Ok(client.refresh_environment().await?)
            })?;
            for note in &notes {
                crate::say(format_args!("mainstay: {note}"));
            }
            Ok(Exit::Done)
        }
    }
}

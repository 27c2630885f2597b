//! Commands that tell of sessions, by the manager.

mod events;
mod focus;
mod ls;
mod show;
mod wait;
mod wanted;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// What can be asked.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Ls(ls::Args),
    Show(show::Args),
    Wait(wait::Args),
    Events(events::Args),
    Focus(focus::Args),
}

pub(super) fn run(command: &Command, context: &Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Ls(args) => ls::run(args, context),
        Command::Show(args) => show::run(args, context),
        Command::Wait(args) => wait::run(args, context),
        Command::Events(args) => events::run(args, context),
        Command::Focus(args) => focus::run(args, context),
    }
}

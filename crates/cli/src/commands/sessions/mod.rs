//! Commands that act on sessions, by the manager.

mod again;
mod duplicate;
mod input;
pub(crate) mod new;
mod pause;
mod purge;
mod rename;
mod resume;
mod rm;
mod stop;
mod unpause;
mod values;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    New(Box<new::Args>),
    Input(input::Args),
    Stop(stop::Args),
    Resume(resume::Args),
    Again(again::Args),
    Duplicate(duplicate::Args),
    Pause(pause::Args),
    Unpause(unpause::Args),
    Rename(rename::Args),
    Rm(rm::Args),
    Purge(purge::Args),
}

pub(super) fn run(command: Command, context: &Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::New(args) => new::run(*args, context),
        Command::Input(args) => input::run(&args, context),
        Command::Stop(args) => stop::run(&args, context),
        Command::Resume(args) => resume::run(&args, context),
        Command::Again(args) => again::run(&args, context),
        Command::Duplicate(args) => duplicate::run(&args, context),
        Command::Pause(args) => pause::run(&args, context),
        Command::Unpause(args) => unpause::run(&args, context),
        Command::Rename(args) => rename::run(&args, context),
        Command::Rm(args) => rm::run(&args, context),
        Command::Purge(args) => purge::run(&args, context),
    }
}

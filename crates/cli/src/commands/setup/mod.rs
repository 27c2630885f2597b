//! How sessions are run, and what the shell knows of this command.

mod completions;
mod env;
mod man;
mod profile;
mod settings;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// What can be set up.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Profile(profile::Args),
    Settings(settings::Args),
    Env(env::Args),
    Completions(completions::Args),
    Man(man::Args),
}

pub(super) fn run(command: &Command, context: &Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Profile(args) => profile::run(args, context),
        Command::Settings(args) => settings::run(args, context),
        Command::Env(args) => env::run(args, context),
        Command::Completions(args) => completions::run(args, context),
        Command::Man(args) => man::run(args, context),
    }
}

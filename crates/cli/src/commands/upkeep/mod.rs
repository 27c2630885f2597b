//! The manager itself and its files.

mod doctor;
mod serve;
mod service;
mod transfer;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// What can be looked after.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Serve(serve::Args),
    Service(service::Args),
    Doctor(doctor::Args),
    Export(transfer::export::Args),
    Import(transfer::import::Args),
}

pub(super) fn run(command: &Command, context: &Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Serve(args) => serve::run(args, context),
        Command::Service(args) => service::run(args, context),
        Command::Doctor(args) => doctor::run(args, context),
        Command::Export(args) => transfer::export::run(args, context),
        Command::Import(args) => transfer::import::run(args, context),
    }
}

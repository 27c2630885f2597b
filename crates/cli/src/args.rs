//! The command line as a whole.

mod overview;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{Alone, look, sessions, setup, upkeep};
use crate::exit::Exit;

/// Sessions that outlive whatever looks at them.
#[derive(Debug, Parser)]
#[command(name = "mainstay", version, after_long_help = Exit::help())]
#[command(help_template = overview::TEMPLATE, disable_help_subcommand = true)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Folder with all sessions [env: MAINSTAY_DATA_DIR]
    ///
    /// Everything Mainstay keeps is below this folder, its sockets included. Without it sessions are where the
    /// system keeps a user's data (~/.local/share/mainstay on Linux).
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        hide_short_help = true,
        display_order = 900
    )]
    pub(crate) data_dir: Option<PathBuf>,
}

/// The commands in their groups; what each says of itself stands at its `Args`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Alone(Alone),
    #[command(flatten)]
    Sessions(sessions::Command),
    #[command(flatten)]
    Look(look::Command),
    #[command(flatten)]
    Setup(setup::Command),
    #[command(flatten)]
    Upkeep(upkeep::Command),
}

#[cfg(test)]
mod tests;

//! The commands, one file each: its options and what it does. They are in groups, each with its own dispatch.
//!
//! * [`attach`], [`screen`], [`search`]: work on a session's folder and host alone.
//! * [`sessions`]: act on sessions, by the manager. [`look`]: tell of them, by the manager.
//! * [`setup`]: profiles, settings, the shell's completions. [`upkeep`]: the manager itself and its files.

pub(crate) mod attach;
mod common;
pub(crate) mod look;
pub(crate) mod screen;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod setup;
pub(crate) mod upkeep;

use mainstay_keep::Places;

use crate::Outside;
use crate::args::{Cli, Command, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session;

/// What every command is given.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// Where everything is.
    pub(crate) places: Places,
    /// The place was given by `--data-dir`, so another program doesn't know it.
    pub(crate) chosen: bool,
    /// The world around.
    pub(crate) outside: &'a Outside<'a>,
}

impl Context<'_> {
    /// The data directory is there.
    pub(crate) fn is_begun(&self) -> bool {
        self.places.data.symlink_metadata().is_ok()
    }
}

/// Does what the command line says.
///
/// # Errors
/// What is to be said on standard error, with the exit code.
pub(crate) fn run(cli: Cli, outside: &Outside<'_>) -> Result<Exit, Failure> {
    let context = Context {
        places: places(&cli.global, outside)?,
        chosen: cli.global.data_dir.is_some(),
        outside,
    };
    match cli.command {
        Command::Alone(alone) => run_alone(&alone, &context),
        Command::Sessions(command) => sessions::run(command, &context),
        Command::Look(command) => look::run(&command, &context),
        Command::Setup(command) => setup::run(&command, &context),
        Command::Upkeep(command) => upkeep::run(&command, &context),
    }
}

/// Commands that need no manager.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Alone {
    Attach(attach::Args),
    Screen(screen::Args),
    Search(search::Args),
}

fn run_alone(command: &Alone, context: &Context<'_>) -> Result<Exit, Failure> {
    let (places, env) = (&context.places, context.outside.env);
    places.check_existing().map_err(session::storage)?;
    match command {
        Alone::Attach(args) => attach::run(args, places, env),
        Alone::Screen(args) => screen::run(args, places, env),
        Alone::Search(args) => search::run(args, places, env),
    }
}

fn places(global: &Global, outside: &Outside<'_>) -> Result<Places, Failure> {
    match &global.data_dir {
        None => Places::from_env(outside.env).map_err(session::storage),
        Some(folder) => {
            let folder = std::path::absolute(folder)
                .map_err(|error| Failure::new(Exit::Usage, format_args!("--data-dir: {error}")))?;
            Ok(Places::below(&folder))
        }
    }
}

//! The commands, one file each: its options and what it does.

pub(crate) mod attach;
pub(crate) mod screen;
pub(crate) mod search;

use mainstay_keep::Places;

use crate::Env;
use crate::args::{Cli, Command, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session;

/// Does what the command line says.
///
/// # Errors
/// What is to be said on standard error, with the exit code.
pub(crate) fn run(cli: Cli, env: Env<'_>) -> Result<Exit, Failure> {
    let places = places(&cli.global, env)?;
    match cli.command {
        Command::Attach(args) => attach::run(&args, &places, env),
        Command::Screen(args) => screen::run(&args, &places, env),
        Command::Search(args) => search::run(&args, &places, env),
    }
}

fn places(global: &Global, env: Env<'_>) -> Result<Places, Failure> {
    let places = match &global.data_dir {
        None => Places::from_env(env).map_err(session::storage)?,
        Some(folder) => {
            let folder = std::path::absolute(folder)
                .map_err(|error| Failure::new(Exit::Usage, format_args!("--data-dir: {error}")))?;
            Places::below(&folder)
        }
    };
    places.check_existing().map_err(session::storage)?;
    Ok(places)
}

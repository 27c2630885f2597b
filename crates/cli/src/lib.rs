//! The `mainstay` command.
//!
//! * [`args`]: the command line as a whole; each command has its own file in [`commands`] with its options.
//! * [`commands`]: what each command does.
//! * [`session`]: from what the person typed to a session, and to its host if that lives.
//! * [`attach`]: a session in the terminal one sits at.
//!
//! The commands here need no manager: they work on the session's folder and host alone.

#![deny(unsafe_code)]

mod args;
mod attach;
mod commands;
mod exit;
pub mod failpoints;
mod failure;
mod interrupt;
mod output;
mod session;
mod words;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::Cli;
use exit::Exit;
use failure::Failure;

/// Gives the value of an environment variable.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Runs the program: `args` begin with its own name, `env` gives the value of an environment variable.
pub fn run(args: impl IntoIterator<Item = OsString>, env: Env<'_>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(told) => {
            // Help and version come this way, too; a closed pipe is no reason to complain.
            drop(told.print());
            return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(Exit::Usage.code()));
        }
    };
    match arm(env).and_then(|()| commands::run(cli, env)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if !failure.is_quiet() {
                // Nobody is left to tell if this fails.
                drop(writeln!(std::io::stderr(), "mainstay: {}", failure.message));
            }
            failure.exit.into()
        }
    }
}

fn arm(env: Env<'_>) -> Result<(), Failure> {
    let points = env(mainstay_seams::failpoint::ENV).unwrap_or_default();
    mainstay_seams::failpoint::arm_from(&points.to_string_lossy())
        .map_err(|error| Failure::new(Exit::Usage, error))
}

//! The tasks of this repository. `cargo xtask --help` lists them.
//!
//! Each task is a module; what they share is [`process`] (starting programs), [`steps`] (named
//! steps with their times), [`workspace`] (what cargo knows) and [`debian`] (missing packages).

mod bench;
mod cli;
mod cross;
mod debian;
mod desktop;
mod host;
mod process;
mod report;
mod steps;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Arguments, Task};
use crate::workspace::Workspace;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::failure(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let workspace = Workspace::load()?;
    match arguments.task {
        Task::Test(options) => test::run(&workspace, &options),
        Task::Run(options) => desktop::run(&workspace, &options),
        Task::Host => host::run(&workspace),
        Task::Tidy => tidy::run(&workspace),
        Task::Bench(options) => bench::run(&workspace, &options),
        Task::CheckWindows(options) => cross::windows(&workspace, &options),
        Task::CheckAarch64 => cross::aarch64(&workspace),
    }
}

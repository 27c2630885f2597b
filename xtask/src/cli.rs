//! The command line of `cargo xtask`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The tasks of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Check everything: format, rules, lints, the page, all tests, the documents, the window.
    Test(TestOptions),
    /// Build the desktop app and open its window.
    Run(RunOptions),
    /// Build the static Linux host and check that it is one.
    Host,
    /// Check the rules of this repository: layering, module docs, file sizes, leftovers.
    Tidy,
    /// Measure; the results are ratios within one run.
    Bench(BenchOptions),
    /// Check from Debian that the crates compile for Windows.
    CheckWindows(WindowsOptions),
    /// Build the static host for aarch64 Linux and start it in an emulator.
    CheckAarch64,
}

#[derive(Debug, Args)]
pub(crate) struct TestOptions {
    /// Only what takes a minute or two: no desktop app, no static host, no tests across crates, no
    /// licences.
    #[arg(long)]
    pub(crate) fast: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// Open the window on a display in memory, without a screen, and take a screenshot.
    #[arg(long)]
    pub(crate) headless: bool,
    /// Where the screenshot goes; the default is `target/xtask/window.png`.
    #[arg(long, requires = "headless", value_name = "FILE")]
    pub(crate) screenshot: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BenchOptions {
    /// What to measure, e.g. `ingest`; nothing measures all.
    pub(crate) names: Vec<String>,
    /// Also write the results as JSON to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Passed on to the benchmarks.
    #[arg(last = true)]
    pub(crate) rest: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct WindowsOptions {
    /// Check the desktop app too, which compiles Tauri.
    #[arg(long, conflicts_with = "package")]
    pub(crate) desktop: bool,
    /// Check only these packages.
    #[arg(long, short, value_name = "NAME")]
    pub(crate) package: Vec<String>,
}

//! `cargo xtask bench`: builds the benchmarks optimised, with the programs they measure, and runs
//! them. What is measured, the table and the JSON are theirs (`benches/`).

use anyhow::Result;

use crate::cli::BenchOptions;
use crate::process::Program;
use crate::workspace::{BENCHES, Workspace};

pub(crate) fn run(workspace: &Workspace, options: &BenchOptions) -> Result<()> {
    let mut build = workspace
        .cargo()
        .args(["build", "--release", "--package", BENCHES]);
    for package in measured(workspace) {
        build = build.args(["--package", package]);
    }
    build.run()?;

    let release = workspace.target.join("release");
    let bench = Program::new(release.join(BENCHES), &workspace.root)
        .args(&options.names)
        .arg("--host")
        .arg(release.join("mainstay-host"))
        .arg("--mainstay")
        .arg(release.join("mainstay"))
        .arg("--payloads")
        .arg(workspace.target.join("bench-payloads"));
    let bench = match &options.json {
        Some(file) => bench.arg("--json").arg(std::path::absolute(file)?),
        None => bench,
    };
    bench.args(&options.rest).run()
}

/// The packages below `crates/` that build programs.
fn measured(workspace: &Workspace) -> impl Iterator<Item = &str> {
    workspace
        .packages_below("crates")
        .filter(|package| package.programs().next().is_some())
        .map(|package| package.name.as_str())
}

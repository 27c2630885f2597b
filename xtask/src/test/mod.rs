//! `cargo xtask test`: everything that must hold, cheapest first. The first failure ends the run.
//!
//! Three target kinds are compiled, each once: what clippy and rustdoc read (they share it), the
//! debug build of the tests (the desktop app joins it), and the static host in a folder of its own.

mod licences;

use std::collections::BTreeSet;

use anyhow::Result;

use crate::cli::TestOptions;
use crate::desktop::node::Node;
use crate::desktop::{self, EMBEDDED_PAGE, page};
use crate::steps::Steps;
use crate::workspace::{BENCHES, DESKTOP, Workspace};
use crate::{debian, host, report, tidy};

pub(crate) fn run(workspace: &Workspace, options: &TestOptions) -> Result<()> {
    let mut steps = Steps::default();
    let whole = !options.fast;
    let linux = cfg!(target_os = "linux");

    let node = steps.step("packages", || {
        debian::install(workspace, debian::CRATES)?;
        if whole {
            debian::install(workspace, debian::DESKTOP)?;
        }
        Node::find(workspace)
    })?;
    steps.step("format", || {
        workspace.cargo().args(["fmt", "--all", "--check"]).run()
    })?;
    steps.step("tidy", || tidy::run(workspace))?;
    steps.step("page", || {
        page::install(workspace, &node)?;
        page::check(workspace, &node)?;
        page::build(workspace, &node)
    })?;
    steps.step("clippy", || clippy(workspace, whole))?;
    if whole && linux {
        steps.step("static host", || host::run(workspace))?;
    }
    steps.step("programs", || programs(workspace))?;
    steps.step("tests of the crates", || crates(workspace, &node))?;
    if whole {
        steps.step("tests across crates", || across(workspace, &node))?;
        steps.step("documents", || documents(workspace))?;
        if linux {
            steps.step("window", || desktop::check_window(workspace))?;
        }
        steps.step("licences", || licences::check(workspace))?;
    }
    steps.finish();
    Ok(())
}

fn clippy(workspace: &Workspace, whole: bool) -> Result<()> {
    let mut clippy = workspace
        .cargo()
        .args(["clippy", "--workspace", "--all-targets"]);
    if whole {
        clippy = clippy.args(["--features", EMBEDDED_PAGE]);
    } else {
        clippy = clippy.args(["--exclude", DESKTOP]);
    }
    for name in elsewhere_only(workspace) {
        clippy = clippy.args(["--exclude", name]);
    }
    clippy.args(["--", "-D", "warnings"]).run()
}

/// The packages that aren't for this system: measuring and crash tests want Unix.
fn elsewhere_only(workspace: &Workspace) -> impl Iterator<Item = &str> {
    let watching = workspace
        .packages_below("tests")
        .chain(workspace.package(BENCHES));
    watching
        .filter(|_| cfg!(windows))
        .map(|package| package.name.as_str())
}

/// Builds the programs that tests start, so that each test finds them beside its own in the target
/// folder and none builds them at the same time as another.
fn programs(workspace: &Workspace) -> Result<()> {
    let mut build = workspace.cargo().arg("build").arg("--bins");
    let mut any = false;
    for package in workspace.packages_below("crates") {
        if package.programs().next().is_some() {
            build = build.args(["--package", &package.name]);
            any = true;
        }
    }
    if any { build.run() } else { Ok(()) }
}

/// Some of them compare with programs that run on Node.js.
fn crates(workspace: &Workspace, node: &Node) -> Result<()> {
    let mut test = workspace
        .cargo()
        .args(["test", "--workspace", "--exclude", DESKTOP]);
    let across = workspace
        .packages_below("tests")
        .map(|package| package.name.as_str());
    let others: BTreeSet<&str> = across.chain(elsewhere_only(workspace)).collect();
    for name in others {
        test = test.args(["--exclude", name]);
    }
    node.given_to(test)?.run()
}

/// The packages below `tests/`. They come after the crates' own tests: what is wrong in one crate
/// is better told there.
fn across(workspace: &Workspace, node: &Node) -> Result<()> {
    let mut test = workspace.cargo().arg("test");
    let mut any = false;
    for package in workspace.packages_below("tests") {
        test = test.args(["--package", &package.name]);
        any = true;
    }
    if any {
        return node.given_to(test)?.run();
    }
    report::line("no packages below tests/");
    Ok(())
}

fn documents(workspace: &Workspace) -> Result<()> {
    workspace
        .cargo()
        .args([
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ])
        .args(["--features", EMBEDDED_PAGE])
        // Private items are documented too, so that links to them lead somewhere.
        .env(
            "RUSTDOCFLAGS",
            "-D warnings -A rustdoc::private_intra_doc_links",
        )
        .run()
}

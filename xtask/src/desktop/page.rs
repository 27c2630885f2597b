//! The page in `ui/`: its packages, its checks, its build.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::desktop::node::Node;
use crate::report;
use crate::workspace::Workspace;

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("ui")
}

/// Installs exactly what the lock file says, unless that is what is there.
pub(crate) fn install(workspace: &Workspace, node: &Node) -> Result<()> {
    let folder = folder(workspace);
    // npm writes this file at the end of every installation.
    if newer(
        &folder.join("node_modules/.package-lock.json"),
        &folder.join("package-lock.json"),
    ) {
        report::line("ui/node_modules is up to date");
        return Ok(());
    }
    // Not `ci`: that refuses a lock file without the packages for other systems, and a registry need not have them.
    // `install` takes the same versions from the lock file, and leaves it alone.
    node.npm(&folder)?
        .args(["install", "--no-save", "--no-audit", "--no-fund"])
        .run()
}

/// Format, lints, types and tests.
pub(crate) fn check(workspace: &Workspace, node: &Node) -> Result<()> {
    for script in ["lint", "check", "test"] {
        node.npm(&folder(workspace))?
            .args(["run", "--silent", script])
            .run()?;
    }
    Ok(())
}

/// Builds the page into `ui/dist`, where the desktop app takes it from.
pub(crate) fn build(workspace: &Workspace, node: &Node) -> Result<()> {
    node.npm(&folder(workspace))?
        .args(["run", "--silent", "build", "--", "--logLevel", "warn"])
        .run()
}

/// Whether `made` is there and was last written after `from`.
fn newer(made: &Path, from: &Path) -> bool {
    let modified = |path: &Path| path.metadata().and_then(|file| file.modified()).ok();
    match (modified(made), modified(from)) {
        (Some(made), Some(from)) => made >= from,
        _ => false,
    }
}

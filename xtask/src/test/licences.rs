//! cargo-deny: licences, bans and sources. Known vulnerabilities need a database from the network;
//! the workflow in `.github/` checks those.

use anyhow::Result;

use crate::process::Program;
use crate::report;
use crate::workspace::Workspace;

/// Installed where missing; a newer one may want another form of deny.toml.
const VERSION: &str = "0.20.2";

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let home = workspace.scratch()?.join("cargo-deny");
    let own = home.join("bin").join("cargo-deny");
    let installed = workspace.program("cargo-deny").arg("--version").succeeds();
    if !installed && !own.exists() {
        report::line("installing cargo-deny, which takes some minutes once");
        workspace
            .cargo()
            .args([
                "install",
                "cargo-deny",
                "--locked",
                "--version",
                VERSION,
                "--root",
            ])
            .arg(&home)
            .run()?;
    }
    let deny = if installed {
        workspace.program("cargo-deny")
    } else {
        Program::new(&own, &workspace.root)
    };
    deny.args(["check", "licenses", "bans", "sources"]).run()
}

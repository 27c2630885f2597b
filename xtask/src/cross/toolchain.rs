//! Debian's Rust toolchain with the sources of the standard library, unpacked and not installed:
//! its packages and rustup's toolchain exclude each other.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::Program;
use crate::report;
use crate::workspace::Workspace;

const PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// The unpacked toolchain.
#[derive(Debug)]
pub(crate) struct Toolchain {
    /// The folder that stands for `/`.
    root: PathBuf,
}

impl Toolchain {
    /// Fetches and unpacks it into `target/cross`, unless it is there.
    pub(crate) fn unpack(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target.join("cross");
        let toolchain = Self {
            root: folder.join("root"),
        };
        if toolchain.works(workspace) {
            return Ok(toolchain);
        }
        let packages = needed(workspace)?;
        report::line(&format!("unpacking {}", packages.join(" ")));
        let archives = folder.join("archives");
        for folder in [&archives, &toolchain.root] {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} could not be made", folder.display()))?;
        }
        Program::new("apt-get", &archives)
            .args(["-qq", "download"])
            .args(&packages)
            .run()?;
        for entry in std::fs::read_dir(&archives)? {
            let archive = entry?.path();
            Program::new("dpkg", &archives)
                .arg("-x")
                .arg(&archive)
                .arg(&toolchain.root)
                .run()?;
            std::fs::remove_file(&archive)?;
        }
        if !toolchain.works(workspace) {
            bail!(
                "the toolchain in {} does not start: is a library missing?",
                toolchain.root.display()
            );
        }
        Ok(toolchain)
    }

    /// Its cargo, with its compiler and its libraries.
    pub(crate) fn cargo(&self, workspace: &Workspace) -> Program {
        self.prepare(Program::new(
            self.root.join("usr/bin/cargo"),
            &workspace.root,
        ))
        .env("RUSTC", self.root.join("usr/bin/rustc"))
        .env("RUSTDOC", self.root.join("usr/bin/rustdoc"))
        // Building the standard library is only open to nightly compilers and to this.
        .env("RUSTC_BOOTSTRAP", "1")
        // Set by the cargo and the rustup that started this task.
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
    }

    fn works(&self, workspace: &Workspace) -> bool {
        let starts = |name: &str| {
            let program = self.root.join("usr/bin").join(name);
            self.prepare(Program::new(program, &workspace.root))
                .arg("--version")
                .succeeds()
        };
        let sources = self.root.join("usr/lib/rustlib/src/rust/library");
        starts("rustc") && starts("cargo") && sources.is_dir()
    }

    fn prepare(&self, program: Program) -> Program {
        program.env("LD_LIBRARY_PATH", self.libraries())
    }

    /// The folders of its shared libraries.
    fn libraries(&self) -> OsString {
        let folders = [
            "usr/lib",
            "usr/lib/x86_64-linux-gnu",
            "lib/x86_64-linux-gnu",
        ];
        let folders: Vec<PathBuf> = folders
            .iter()
            .map(|folder| self.root.join(folder))
            .collect();
        std::env::join_paths(folders.iter().map(Path::new)).unwrap_or_default()
    }
}

/// The packages and those they need that aren't installed: what apt-get would install.
fn needed(workspace: &Workspace) -> Result<Vec<String>> {
    let plan = workspace
        .program("apt-get")
        .args(["--simulate", "--no-install-recommends", "install"])
        .args(PACKAGES)
        .read()
        .context("Debian's Rust toolchain is not to be had (is this Debian 12 or newer?)")?;
    Ok(parse_plan(&plan))
}

/// The names in the lines `Inst NAME (VERSION …)`.
fn parse_plan(plan: &str) -> Vec<String> {
    plan.lines()
        .filter_map(|line| line.strip_prefix("Inst "))
        .filter_map(|rest| rest.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_names_what_it_would_install() {
        let plan = "NOTE: This is only a simulation!\nInst libllvm22 (1:22.1 Debian [amd64])\n\
                    Inst rustc-web (1.96 Debian [amd64])\nConf rustc-web (1.96 Debian [amd64])\n";
        assert_eq!(parse_plan(plan), ["libllvm22", "rustc-web"]);
    }
}

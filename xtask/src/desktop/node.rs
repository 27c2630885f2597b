//! Node.js for the page's tools: the machine's own where it is new enough, else one from npm.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::debian;
use crate::process::Program;
use crate::report;
use crate::workspace::Workspace;

/// The oldest version that the page's tools run on; `engines` in ui/package.json says the same.
const OLDEST: (u32, u32) = (20, 19);

/// What is fetched where the machine's own is older, as in Debian 12.
const FETCHED: &str = "node@22";

/// A Node.js that is new enough.
#[derive(Debug)]
pub(crate) struct Node {
    /// The folder to look in before the others of PATH.
    folder: Option<PathBuf>,
}

impl Node {
    /// Finds it, and installs it where that is possible.
    pub(crate) fn find(workspace: &Workspace) -> Result<Self> {
        let own = Self { folder: None };
        if own.suffices(workspace) {
            return Ok(own);
        }
        if !own.npm(&workspace.root)?.arg("--version").succeeds() {
            debian::install(workspace, &["nodejs", "npm"])?;
            if own.suffices(workspace) {
                return Ok(own);
            }
        }
        let home = workspace.scratch()?.join("node");
        let fetched = Self {
            folder: Some(home.join("node_modules").join(".bin")),
        };
        if !fetched.suffices(workspace) {
            report::line(&format!(
                "fetching {FETCHED}, for the machine's own is too old"
            ));
            std::fs::create_dir_all(&home)?;
            own.npm(&home)?
                .args([
                    "install",
                    "--no-save",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                    ".",
                ])
                .arg(FETCHED)
                .run()?;
        }
        if !fetched.suffices(workspace) {
            let (major, minor) = OLDEST;
            bail!("the page needs Node.js {major}.{minor} or newer with npm; install one");
        }
        Ok(fetched)
    }

    /// npm, run by this Node.js.
    pub(crate) fn npm(&self, dir: &Path) -> Result<Program> {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        self.given_to(Program::new(npm, dir))
    }

    /// A program that finds this Node.js where it looks for one.
    pub(crate) fn given_to(&self, program: Program) -> Result<Program> {
        Ok(program.env("PATH", self.path()?))
    }

    /// Whether it is new enough and has npm.
    fn suffices(&self, workspace: &Workspace) -> bool {
        let node = match &self.folder {
            Some(folder) => folder.join("node"),
            None => PathBuf::from("node"),
        };
        let version = Program::new(node, &workspace.root)
            .arg("--version")
            .read_quietly();
        version
            .and_then(|version| parse(&version))
            .is_some_and(|version| version >= OLDEST)
            && self
                .npm(&workspace.root)
                .is_ok_and(|npm| npm.arg("--version").succeeds())
    }

    fn path(&self) -> Result<OsString> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = self
            .folder
            .iter()
            .cloned()
            .chain(std::env::split_paths(&path));
        std::env::join_paths(folders).context("PATH can't take another folder")
    }
}

/// Major and minor version of `v20.19.0`.
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(
            parse("v20.19.0\n") >= Some(OLDEST),
            "20.19.0 is the oldest one"
        );
        assert!(
            parse("v20.9.0") < Some(OLDEST),
            "9 is below 19, whatever its first digit"
        );
        assert!(parse("v18.20.4") < Some(OLDEST), "Debian 12 has this one");
        assert_eq!(parse("20"), None, "no version of Node.js looks like this");
    }
}

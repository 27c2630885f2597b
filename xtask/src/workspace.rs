//! What cargo knows of this repository: its packages, their dependencies, the target folder.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::process::Program;

/// The package of the desktop app, the root of the workspace.
pub(crate) const DESKTOP: &str = "mainstay-desktop";

/// The package with the benchmarks.
pub(crate) const BENCHES: &str = "mainstay-benches";

/// The workspace, as `cargo metadata` tells.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// One package of the workspace.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
}

/// One entry of a package's dependencies, of whatever kind.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev`, `build`, or nothing for a normal one.
    pub(crate) kind: Option<String>,
}

/// Something a package builds.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

impl Workspace {
    pub(crate) fn load() -> Result<Self> {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        let json = Program::cargo(xtask)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .read()
            .context("the workspace could not be read")?;
        serde_json::from_str(&json).context("cargo metadata is not what it used to be")
    }

    /// cargo, in the root of the repository.
    pub(crate) fn cargo(&self) -> Program {
        Program::cargo(&self.root)
    }

    /// Another program, in the root of the repository.
    pub(crate) fn program(&self, name: &str) -> Program {
        Program::new(name, &self.root)
    }

    /// Where these tasks put what they make: `target/xtask`, made if missing.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let dir = self.target.join("xtask");
        std::fs::create_dir_all(&dir)
            .with_context(|| format!("{} could not be made", dir.display()))?;
        Ok(dir)
    }

    /// The packages below a folder of the root, e.g. `tests`.
    pub(crate) fn packages_below(&self, folder: &str) -> impl Iterator<Item = &Package> {
        let folder = self.root.join(folder);
        self.packages
            .iter()
            .filter(move |package| package.manifest_path.starts_with(&folder))
    }

    /// The package with this name, where there is one.
    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }
}

impl Package {
    /// The programs it builds.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &str> {
        self.targets
            .iter()
            .filter(|target| target.kind.iter().any(|kind| kind == "bin"))
            .map(|target| target.name.as_str())
    }
}

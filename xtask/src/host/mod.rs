//! `cargo xtask host`: the static host for Linux, which is carried into containers and to other
//! machines and must run there whatever C library they have.

mod elf;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::host::elf::Elf;
use crate::process::Program;
use crate::report;
use crate::workspace::Workspace;

/// The package and its program.
const HOST: &str = "mainstay-host";

/// Functions of glibc that load its name service, a shared library, also in a static program. Where
/// that library has another version or is missing, they fail or crash. Linkers warn about them, but
/// not all do, and also about functions that they leave out in the end: so the program itself is
/// asked.
const NAME_SERVICE: &[&str] = &[
    "getaddrinfo",
    "getgrgid",
    "getgrgid_r",
    "getgrnam",
    "getgrnam_r",
    "getgrouplist",
    "gethostbyaddr",
    "gethostbyaddr_r",
    "gethostbyname",
    "gethostbyname2",
    "gethostbyname_r",
    "getnameinfo",
    "getpwent",
    "getpwnam",
    "getpwnam_r",
    "getpwuid",
    "getpwuid_r",
    "getservbyname",
    "getservbyname_r",
    "initgroups",
    // What all of them end in, whatever their names.
    "__nss_module_load",
];

/// Where a static host is built for, and how.
pub(crate) struct Build {
    pub(crate) target: &'static str,
    /// The target folder below `target/`: its own, so that it and the usual builds don't take turns
    /// in throwing each other's work away.
    pub(crate) folder: &'static str,
}

const NATIVE: Build = Build {
    target: "x86_64-unknown-linux-gnu",
    folder: "static",
};

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    if !has_program(workspace) {
        report::warning("there is no program `mainstay-host` yet: nothing to build");
        return Ok(());
    }
    NATIVE.command(workspace, workspace.cargo()).run()?;
    check(&NATIVE.program(workspace))
}

/// Whether the package has a program at all.
pub(crate) fn has_program(workspace: &Workspace) -> bool {
    workspace
        .package(HOST)
        .is_some_and(|package| package.programs().any(|name| name == HOST))
}

impl Build {
    /// `cargo` is given: a build for another machine brings its own.
    pub(crate) fn command(&self, workspace: &Workspace, cargo: Program) -> Program {
        cargo
            .args([
                "build",
                "--release",
                "--package",
                HOST,
                "--bin",
                HOST,
                "--target",
                self.target,
            ])
            .arg("--target-dir")
            .arg(workspace.target.join(self.folder))
            // It is carried over slow links; its symbols stay, for backtraces and for `check`.
            .env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo")
            .env("RUSTFLAGS", "-C target-feature=+crt-static")
    }

    pub(crate) fn program(&self, workspace: &Workspace) -> PathBuf {
        workspace
            .target
            .join(self.folder)
            .join(self.target)
            .join("release")
            .join(HOST)
    }
}

/// Fails where the program wants a dynamic loader, or glibc's name service.
pub(crate) fn check(program: &Path) -> Result<()> {
    let name = program.display();
    let bytes = std::fs::read(program).with_context(|| format!("{name} could not be read"))?;
    let elf = Elf::new(&bytes).with_context(|| format!("{name} is no program"))?;
    if let Some(loader) = elf.interpreter()? {
        bail!("{name} is not static: it asks for {loader}");
    }
    let functions = elf.functions()?;
    let found = name_service(&functions);
    if !found.is_empty() {
        bail!(
            "{name} has functions that load glibc's name service at run time: {}. Find out who \
             calls them and do without",
            found.join(", ")
        );
    }
    report::line(&format!("{name} is static, {} KiB", bytes.len() / 1024));
    Ok(())
}

fn name_service(functions: &[String]) -> Vec<&'static str> {
    NAME_SERVICE
        .iter()
        .copied()
        .filter(|name| functions.iter().any(|function| function == name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_of_the_name_service_is_told_by_its_name() {
        let functions = ["main", "getpwuid_r", "getpid"].map(str::to_owned);
        assert_eq!(
            name_service(&functions),
            ["getpwuid_r"],
            "getpid asks only the kernel"
        );
    }
}

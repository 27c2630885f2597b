//! Where the programs under test are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The command.
pub(crate) fn mainstay() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_mainstay"))
}

/// The host, of the same build profile.
pub(crate) fn host() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = mainstay().parent().expect("a program is in a folder");
        let target = folder
            .parent()
            .expect("the profile's folder is in the target folder");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .args([
                "build",
                "--quiet",
                "--package",
                "mainstay-host",
                "--target-dir",
            ])
            .arg(target);
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        let built = cargo.status().expect("cargo runs");
        assert!(built.success(), "mainstay-host builds");
        folder.join("mainstay-host")
    })
}

/// Whether a program is installed.
pub(crate) fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

//! Debian packages: which are missing, and their installation where that is possible.

use std::collections::HashSet;

use anyhow::{Result, bail};

use crate::report;
use crate::workspace::Workspace;

/// What the crates and the tests of processes need.
pub(crate) const CRATES: &[&str] = &[
    "build-essential",
    "busybox-static",
    "dialog",
    "git",
    "htop",
    "less",
    "pkg-config",
    "ripgrep",
    "tmux",
    "vim",
];

/// What the desktop app needs to be built and opened without a screen.
pub(crate) const DESKTOP: &[&str] = &[
    "dbus-x11",
    "fonts-dejavu-core",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
    "imagemagick",
    "libayatana-appindicator3-dev",
    "libgl1-mesa-dri",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "openbox",
    "xauth",
    "xdotool",
    "xvfb",
];

/// Installs those of `wanted` that are missing. Elsewhere than on Debian and its relatives it only
/// says that it can't tell.
pub(crate) fn install(workspace: &Workspace, wanted: &[&str]) -> Result<()> {
    if !workspace.program("dpkg-query").arg("--version").succeeds() {
        report::warning("this is no Debian: what has to be installed can't be checked here");
        return Ok(());
    }
    let missing = missing(wanted, &installed(workspace)?);
    if missing.is_empty() {
        return Ok(());
    }
    report::line(&format!("missing packages: {}", missing.join(" ")));
    let apt: &[&str] = match privilege(workspace) {
        Some(Privilege::Root) => &["apt-get"],
        Some(Privilege::Sudo) => &["sudo", "-n", "apt-get"],
        None => bail!(
            "packages are missing and can't be installed from here. As root, run:\n\
             apt-get install --no-install-recommends {}",
            missing.join(" ")
        ),
    };
    let apt_get = |arguments: &[&str]| {
        let (program, before) = apt.split_first().unwrap_or((&"apt-get", &[]));
        workspace
            .program(program)
            .args(before)
            .args(["-qq", "-o", "Dpkg::Use-Pty=0"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run()
    };
    apt_get(&["update"])?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(&missing);
    apt_get(&install)
}

/// How apt-get can be run.
enum Privilege {
    Root,
    Sudo,
}

fn privilege(workspace: &Workspace) -> Option<Privilege> {
    let root = workspace
        .program("id")
        .arg("-u")
        .read()
        .is_ok_and(|id| id.trim() == "0");
    let sudo = || workspace.program("sudo").args(["-n", "true"]).succeeds();
    if root {
        Some(Privilege::Root)
    } else {
        sudo().then_some(Privilege::Sudo)
    }
}

/// The names of all installed packages.
fn installed(workspace: &Workspace) -> Result<HashSet<String>> {
    let list = workspace
        .program("dpkg-query")
        .args(["-W", "-f", "${db:Status-Abbrev} ${Package}\n"])
        .read()?;
    Ok(parse_installed(&list))
}

fn parse_installed(list: &str) -> HashSet<String> {
    list.lines()
        .filter_map(|line| line.strip_prefix("ii "))
        .map(|name| name.trim().to_owned())
        .collect()
}

fn missing<'a>(wanted: &[&'a str], installed: &HashSet<String>) -> Vec<&'a str> {
    wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(*name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_package_is_missing() {
        let installed = parse_installed("ii  vim\nrc  tmux\nii  less\n");
        assert_eq!(
            missing(&["less", "tmux", "vim", "xvfb"], &installed),
            ["tmux", "xvfb"],
            "`rc` means that only its configuration is left"
        );
    }
}

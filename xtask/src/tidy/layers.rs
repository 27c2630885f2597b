//! Layering: which crate may depend on which, and who may use what only one of them may.

use super::Complaint;
use crate::workspace::{BENCHES, DESKTOP, Dependency, Package};

/// The crates from the bottom up, with those of this workspace that each may use. A crate that
/// isn't here is told of, so that its place is decided and not found.
const LAYERS: &[(&str, &[&str])] = &[
    ("mainstay-protocol", &[]),
    ("mainstay-seams", &["mainstay-protocol"]),
    ("mainstay-terminal", &["mainstay-protocol"]),
    ("mainstay-history", &["mainstay-protocol", "mainstay-seams"]),
    (
        "mainstay-keep",
        &[
            "mainstay-protocol",
            "mainstay-seams",
            "mainstay-terminal",
            "mainstay-history",
        ],
    ),
    ("mainstay-link", &["mainstay-protocol", "mainstay-seams"]),
    (
        "mainstay-host",
        &[
            "mainstay-protocol",
            "mainstay-seams",
            "mainstay-terminal",
            "mainstay-history",
            "mainstay-keep",
            "mainstay-link",
        ],
    ),
    ("mainstay-store", &["mainstay-protocol", "mainstay-seams"]),
    (
        "mainstay-manager",
        &[
            "mainstay-protocol",
            "mainstay-seams",
            "mainstay-history",
            "mainstay-keep",
            "mainstay-link",
            "mainstay-store",
        ],
    ),
    (
        "mainstay-api",
        &[
            "mainstay-protocol",
            "mainstay-seams",
            "mainstay-keep",
            "mainstay-link",
            "mainstay-manager",
        ],
    ),
    (
        "mainstay-cli",
        &[
            "mainstay-protocol",
            "mainstay-seams",
            "mainstay-terminal",
            "mainstay-history",
            "mainstay-keep",
            "mainstay-link",
            "mainstay-manager",
            "mainstay-api",
        ],
    ),
    (DESKTOP, &[]),
    ("xtask", &[]),
];

/// Crates from outside that have one place: what their names begin with, the packages that may use
/// them, and why.
const ONE_PLACE: &[(&str, &[&str], &str)] = &[
    (
        "tauri",
        &[DESKTOP],
        "the crates below the shell know nothing of windows",
    ),
    (
        "portable-pty",
        &["mainstay-host"],
        "nothing outside the host touches a PTY",
    ),
    (
        "rusqlite",
        &["mainstay-store"],
        "nothing outside the store knows SQL",
    ),
    (
        "tokio",
        &[
            "mainstay-store",
            "mainstay-manager",
            "mainstay-api",
            "mainstay-cli",
        ],
        "the host and what is below it use threads",
    ),
];

pub(super) fn check(packages: &[Package]) -> Vec<Complaint> {
    packages
        .iter()
        .flat_map(|package| check_package(package, packages))
        .collect()
}

fn check_package(package: &Package, all: &[Package]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut complain = |text: String| complaints.push(Complaint::Error(text));
    // Benchmarks and the tests across crates look at everything, except for the window's tests none
    // of them at Tauri.
    let watches = package.name == BENCHES || is_test_package(package);
    let layer = LAYERS.iter().find(|(name, _)| *name == package.name);
    if layer.is_none() && !watches {
        complain(format!(
            "{} has no layer yet: give it one in xtask/src/tidy",
            package.name
        ));
    }
    for dependency in &package.dependencies {
        let inside = all.iter().any(|package| package.name == dependency.name);
        let allowed = layer.is_none_or(|(_, below)| below.contains(&dependency.name.as_str()));
        if inside && !allowed {
            let how = dependency.kind.as_deref().unwrap_or("normal");
            complain(format!(
                "{} may not depend on {} (a {how} dependency): layers point down only",
                package.name, dependency.name
            ));
        }
        if let Some(reason) = misplaced(package, dependency, watches) {
            complain(format!(
                "{} may not use {}: {reason}",
                package.name, dependency.name
            ));
        }
    }
    complaints
}

/// Why this dependency has no business in this package.
fn misplaced(package: &Package, dependency: &Dependency, watches: bool) -> Option<&'static str> {
    let (_, places, reason) = ONE_PLACE
        .iter()
        .find(|(start, ..)| dependency.name.starts_with(start))?;
    // Tests may hold the thing that they look at in their own hands, but no window.
    let tests = watches || dependency.kind.as_deref() == Some("dev");
    let free = tests && !dependency.name.starts_with("tauri");
    (!places.contains(&package.name.as_str()) && !free).then_some(*reason)
}

fn is_test_package(package: &Package) -> bool {
    // .../tests/NAME/Cargo.toml
    package
        .manifest_path
        .ancestors()
        .nth(2)
        .and_then(std::path::Path::file_name)
        .is_some_and(|folder| folder == "tests")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, folder: &str, dependencies: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            manifest_path: format!("/repo/{folder}/Cargo.toml").into(),
            dependencies: dependencies
                .iter()
                .map(|name| Dependency {
                    name: (*name).to_owned(),
                    kind: None,
                })
                .collect(),
            targets: Vec::new(),
        }
    }

    fn complaints(package: Package) -> usize {
        let below = ["mainstay-protocol", "mainstay-history", "mainstay-terminal"]
            .map(|name| self::package(name, "crates/x", &[]));
        let packages: Vec<Package> = below.into_iter().chain([package]).collect();
        check(&packages).len()
    }

    #[test]
    fn a_layer_uses_what_is_below_it() {
        let host = [
            "mainstay-history",
            "mainstay-protocol",
            "portable-pty",
            "libc",
        ];
        assert_eq!(
            complaints(package("mainstay-host", "crates/host", &host)),
            0
        );
    }

    #[test]
    fn a_layer_uses_nothing_beside_or_above_it() {
        let seams = package("mainstay-seams", "crates/seams", &["mainstay-history"]);
        assert_eq!(complaints(seams), 1, "history is above the seams");
        let keep = package("mainstay-link", "crates/link", &["mainstay-terminal"]);
        assert_eq!(complaints(keep), 1, "the way to a host needs no terminal");
    }

    #[test]
    fn what_has_one_place_stays_there() {
        for (name, outside) in [
            ("mainstay-cli", "portable-pty"),
            ("mainstay-host", "tauri"),
            ("mainstay-host", "tauri-plugin-store"),
            ("mainstay-host", "tokio"),
            ("mainstay-keep", "rusqlite"),
        ] {
            let package = package(name, "crates/x", &[outside]);
            assert_eq!(complaints(package), 1, "{name} uses {outside}");
        }
        assert_eq!(
            complaints(package(DESKTOP, ".", &["tauri", "tauri-build"])),
            0
        );
    }

    #[test]
    fn tests_across_crates_look_at_everything_but_windows() {
        let dependencies = ["mainstay-terminal", "portable-pty", "tokio"];
        assert_eq!(
            complaints(package("mainstay-test-x", "tests/x", &dependencies)),
            0
        );
        assert_eq!(
            complaints(package("mainstay-test-x", "tests/x", &["tauri"])),
            1
        );
    }

    #[test]
    fn a_crate_tests_itself_under_a_pty() {
        let mut cli = package("mainstay-cli", "crates/cli", &["portable-pty"]);
        for dependency in &mut cli.dependencies {
            dependency.kind = Some("dev".to_owned());
        }
        assert_eq!(complaints(cli), 0, "what ships doesn't have it");
    }

    #[test]
    fn a_crate_without_a_layer_is_told_of() {
        assert_eq!(complaints(package("mainstay-new", "crates/new", &[])), 1);
    }
}

//! What was left behind: databases that were put aside, sessions without a record, copies of the host program.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use mainstay_keep::{Places, SessionFolder};

use super::finding::Finding;

const AREA: &str = "leftovers";

/// What the names of databases begin with that were put aside, and of what was left of others.
const ASIDE: &[&str] = &["mainstay.db.damaged-", "mainstay.db.orphan-"];

pub(super) fn examine(places: &Places) -> Vec<Finding> {
    let mut findings = databases(places);
    findings.extend(sessions(places));
    findings.extend(copies(places));
    if findings.is_empty() {
        findings.push(Finding::fine(AREA, "none"));
    }
    findings
}

fn databases(places: &Places) -> Vec<Finding> {
    let aside = names(&places.data).into_iter().filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ASIDE.iter().any(|start| name.starts_with(start))
    });
    let told = |path: PathBuf| {
        Finding::note(
            AREA,
            format!(
                "the database {} was put aside because it was damaged",
                path.display()
            ),
            "sessions were found again by their folders; once nothing is missing, remove the file",
        )
    };
    // With each comes what belongs to it.
    let is_main = |path: &PathBuf| !is_companion(path.as_os_str());
    aside.filter(is_main).map(told).collect()
}

fn is_companion(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.ends_with("-wal") || name.ends_with("-shm")
}

/// Folders of sessions from which no record could be rebuilt.
fn sessions(places: &Places) -> Vec<Finding> {
    let sessions = places.sessions().unwrap_or_default();
    let mut findings = Vec::new();
    for id in sessions {
        let record = SessionFolder::open(places, &id).and_then(|folder| folder.record());
        match record {
            Ok(Some(_)) => {}
            Ok(None) => findings.push(Finding::note(
                AREA,
                format!("session {id} has no record of its own"),
                "it works; were the database lost, its settings would be guessed from its last run",
            )),
            Err(error) => findings.push(Finding::wrong(
                AREA,
                format!("session {id}: {error}"),
                format!("if nothing in it matters: mainstay rm {id}"),
            )),
        }
    }
    findings
}

/// Private copies of the host program that nothing runs from.
fn copies(places: &Places) -> Vec<Finding> {
    let folders = names(&places.bin_dir());
    let unused: Vec<u64> = folders
        .iter()
        .filter(|folder| folder.is_dir() && is_unused(folder))
        .map(|folder| size(folder))
        .collect();
    // One is kept for the next session.
    if unused.len() < 2 {
        return Vec::new();
    }
    vec![Finding::note(
        AREA,
        format!(
            "{} copies of the host program that nothing runs from, {}",
            unused.len(),
            bytes(unused.iter().sum())
        ),
        "the manager removes them when it starts the next time",
    )]
}

/// Whoever runs from a copy holds a lock in it.
fn is_unused(folder: &Path) -> bool {
    let file = fs::OpenOptions::new()
        .read(true)
        .open(folder.join("in-use"));
    file.is_ok_and(|file| file.try_lock().is_ok())
}

fn size(folder: &Path) -> u64 {
    let sizes = names(folder)
        .into_iter()
        .filter_map(|file| Some(file.metadata().ok()?.len()));
    sizes.sum()
}

/// What is in a folder; nothing where it can't be read.
pub(super) fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.path()).collect();
    names.sort();
    names
}

/// A number of bytes for people: `1.5 GB`.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: &[(u64, &str)] = &[
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1_000, "kB"),
    ];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => {
            let tenths = bytes / (unit / 10);
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use mainstay_keep::Places;

    use super::super::finding::Grade;
    use super::{bytes, examine};

    #[test]
    fn sizes_read_well() {
        for (number, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (1_550_000_000, "1.5 GB"),
        ] {
            assert_eq!(bytes(number), text);
        }
    }

    #[test]
    fn a_damaged_database_is_found_once() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [
            "mainstay.db",
            "mainstay.db.damaged-1",
            "mainstay.db.damaged-1-wal",
        ] {
            drop(std::fs::File::create(folder.path().join(name)).expect("a file"));
        }
        let findings = examine(&Places::below(folder.path()));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].grade, Grade::Note);
        assert!(findings[0].what.contains("damaged-1"), "{findings:?}");
    }
}

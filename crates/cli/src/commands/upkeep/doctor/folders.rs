//! Owner, mode and kind of the folders.

use std::path::Path;

use mainstay_keep::{PlaceError, Places};

use super::finding::Finding;

const AREA: &str = "folders";

pub(super) fn examine(places: &Places) -> Vec<Finding> {
    let data = places.data.display();
    if !exists(&places.data) {
        return vec![Finding::fine(
            AREA,
            format!("{data} isn't there yet; the first session makes it"),
        )];
    }
    let mut findings = Vec::new();
    if let Err(error) = places.check_existing() {
        // Made by the first session.
        if exists(&places.sessions_dir()) || !matches!(error, PlaceError::Missing { .. }) {
            findings.push(Finding::error(AREA, error));
        }
    }
    let own = [places.bin_dir(), places.runtime.clone()];
    let wrong = own
        .iter()
        .filter(|folder| exists(folder))
        .filter_map(|folder| check(folder).err());
    findings.extend(wrong.map(|error| Finding::error(AREA, error)));
    if let Err(error) = places.socket_path([0; 8]) {
        findings.push(Finding::error(AREA, error));
    }
    if let Err(error) = writable(&places.data) {
        findings.push(Finding::error(AREA, error));
    }
    if findings.is_empty() {
        findings.push(Finding::fine(
            AREA,
            format!("{data} and what is in it are yours alone"),
        ));
    }
    findings
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// A folder that Mainstay made for this user alone.
#[cfg(unix)]
fn check(folder: &Path) -> Result<(), PlaceError> {
    use std::os::unix::fs::MetadataExt;

    let path = folder.to_path_buf();
    let found = match folder.symlink_metadata() {
        Ok(found) => found,
        Err(source) => {
            let verb = "looked at";
            return Err(PlaceError::Io { path, verb, source });
        }
    };
    if found.is_symlink() {
        let target = std::fs::read_link(folder).unwrap_or_default();
        return Err(PlaceError::Symlink { path, target });
    }
    if !found.is_dir() {
        return Err(PlaceError::NotAFolder { path });
    }
    let (owner, user) = (found.uid(), rustix::process::geteuid().as_raw());
    if owner != user {
        return Err(PlaceError::Owner { path, owner, user });
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(PlaceError::OpenToOthers { path, mode });
    }
    Ok(())
}

#[cfg(not(unix))]
fn check(_: &Path) -> Result<(), PlaceError> {
    Ok(())
}

#[cfg(unix)]
fn writable(folder: &Path) -> Result<(), PlaceError> {
    use rustix::fs::{Access, AtFlags, CWD};

    let wanted = Access::WRITE_OK | Access::EXEC_OK;
    rustix::fs::accessat(CWD, folder, wanted, AtFlags::EACCESS).map_err(|error| {
        PlaceError::NotWritable {
            path: folder.to_path_buf(),
            reason: std::io::Error::from(error).to_string(),
        }
    })
}

#[cfg(not(unix))]
fn writable(_: &Path) -> Result<(), PlaceError> {
    Ok(())
}

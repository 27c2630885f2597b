//! Folders on Windows, where access is inherited from the folder above.
//!
//! What is below a user's profile is accessible to that user, to administrators and to the system, and new folders
//! there inherit this. So a place is safe if it is below the profile; anything else is refused.

use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

use super::{Others, PlaceError};

/// Windows has no user numbers.
pub(super) fn user() -> u32 {
    0
}

/// Makes a folder and those above it that are missing. One that is there stays as it is.
pub(crate) fn make_folder(path: &Path) -> Result<(), PlaceError> {
    DirBuilder::new()
        .recursive(true)
        .create(path)
        .map_err(|error| PlaceError::NotMade {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })
}

/// Checks kind and place of a folder.
pub(crate) fn check_folder(path: &Path, _others: Others) -> Result<(), PlaceError> {
    let found = fs::symlink_metadata(path).map_err(|e| PlaceError::io(path, "looked at", e))?;
    let path = path.to_path_buf();
    if found.file_type().is_symlink() {
        let target = fs::read_link(&path).unwrap_or_default();
        return Err(PlaceError::Symlink { path, target });
    }
    if !found.is_dir() {
        return Err(PlaceError::NotAFolder { path });
    }
    let Some(profile) = std::env::home_dir() else {
        return Err(PlaceError::NoHome {
            missing: "USERPROFILE",
        });
    };
    let real = |path: &PathBuf| fs::canonicalize(path);
    let is_below = match (real(&path), real(&profile)) {
        (Ok(path), Ok(profile)) => path.starts_with(profile),
        _ => false,
    };
    if is_below {
        Ok(())
    } else {
        Err(PlaceError::OutsideProfile { path, profile })
    }
}

/// Whether files can be made is found out by making them.
pub(super) fn check_writable(path: &Path) -> Result<(), PlaceError> {
    let read_only = fs::metadata(path)
        .map_err(|e| PlaceError::io(path, "looked at", e))?
        .permissions()
        .readonly();
    if read_only {
        return Err(PlaceError::NotWritable {
            path: path.to_path_buf(),
            reason: "it is marked read-only".to_owned(),
        });
    }
    Ok(())
}

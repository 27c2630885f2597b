//! Owner, mode and kind of folders on Unix.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD};

use super::{Others, PlaceError};

/// Permission bits of the group and of all others: any, and those to write.
const ANY_OF_OTHERS: u32 = 0o077;
const WRITE_OF_OTHERS: u32 = 0o022;

/// Who runs this: the user whose rights count.
pub(super) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Makes a folder and those above it that are missing, for this user alone. One that is there stays as it is.
pub(crate) fn make_folder(path: &Path) -> Result<(), PlaceError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    match made {
        Ok(()) => Ok(()),
        // Something else has the name: the check says what.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(PlaceError::NotMade {
            path: path.to_path_buf(),
            reason: error.to_string(),
        }),
    }
}

/// Checks kind, owner and mode of a folder. This user must own it, root too.
pub(crate) fn check_folder(path: &Path, others: Others) -> Result<(), PlaceError> {
    let found = fs::symlink_metadata(path).map_err(|e| PlaceError::io(path, "looked at", e))?;
    let path = path.to_path_buf();
    if found.file_type().is_symlink() {
        let target = fs::read_link(&path).unwrap_or_default();
        return Err(PlaceError::Symlink { path, target });
    }
    if !found.is_dir() {
        return Err(PlaceError::NotAFolder { path });
    }
    let (owner, user) = (found.uid(), user());
    if owner != user {
        return Err(PlaceError::Owner { path, owner, user });
    }
    let mode = found.mode() & 0o7777;
    if mode & WRITE_OF_OTHERS != 0 {
        return Err(PlaceError::WritableByOthers { path, mode });
    }
    if others == Others::Nothing && mode & ANY_OF_OTHERS != 0 {
        return Err(PlaceError::OpenToOthers { path, mode });
    }
    Ok(())
}

/// Checks that this user can make files in a folder; read-only disks say no here.
pub(super) fn check_writable(path: &Path) -> Result<(), PlaceError> {
    let wanted = Access::WRITE_OK | Access::EXEC_OK;
    rustix::fs::accessat(CWD, path, wanted, AtFlags::EACCESS).map_err(|error| {
        PlaceError::NotWritable {
            path: path.to_path_buf(),
            reason: io::Error::from(error).to_string(),
        }
    })
}

//! Moving files out of the way, never away.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mainstay_protocol::Timestamp;

use super::file::beside;
use crate::StoreError;

/// Keeps a database that makes no sense under another name, with what belongs to it; that name.
pub(super) fn damaged(path: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    // As in the times of the event log, but for characters that not every system has in names.
    let time = now.to_string().replace([':', '.'], "-");
    let kept = free(path, &format!(".damaged-{time}"));
    // What belongs to it first: left alone, it would be taken for the new database's.
    for ending in ["-wal", "-shm"] {
        rename(&beside(path, ending), &beside(&kept, ending))?;
    }
    rename(path, &kept)?;
    Ok(kept)
}

/// Moves the write-ahead log of a database that is gone from the one that is in its place now.
pub(super) fn orphan(path: &Path) -> Result<(), StoreError> {
    let kept = free(path, ".orphan");
    rename(&beside(path, "-wal"), &beside(&kept, "-wal"))?;
    let index = beside(path, "-shm");
    match fs::remove_file(&index) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io(&index, &error))
        }
        _ => Ok(()),
    }
}

/// A name behind the path's that nothing has.
fn free(path: &Path, ending: &str) -> PathBuf {
    let mut name = beside(path, ending);
    let taken = |name: &Path| ["", "-wal"].iter().any(|end| beside(name, end).exists());
    let mut count = 1;
    while taken(&name) {
        count += 1;
        name = beside(path, &format!("{ending}-{count}"));
    }
    name
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(from, &error)),
        _ => Ok(()),
    }
}

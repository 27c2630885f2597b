//! Files that are there whole or not at all.
//!
//! A file is written under another name in the same folder, made durable, and renamed; then the folder is made
//! durable. Whoever reads sees the old content or the new one, also after a power loss.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use mainstay_seams::failpoint;

use crate::failpoints;

/// What the names of unfinished files end with; they begin with a dot.
const UNFINISHED: &str = ".unfinished";

/// Replaces the content of `path`; the file is readable and writable by its owner alone. Whoever reads sees the old
/// content or the new one.
///
/// # Errors
/// The system's error; the old content is there then.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, true)
}

/// The same without waiting for the disk: after a power loss the file may be empty.
pub(crate) fn write_unsynced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, false)
}

fn replace(path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    let unfinished = unfinished_name(path)?;
    let written = write_and_rename(&unfinished, path, bytes, durable);
    if written.is_err() && fs::remove_file(&unfinished).is_err() {
        // Was never made, or can't be removed now: `sweep` will find it.
    }
    written
}

fn write_and_rename(unfinished: &Path, path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    if failpoint::fails(failpoints::FILE_WRITE) {
        return Err(io::ErrorKind::StorageFull.into());
    }
    let mut file =
        private_file(OpenOptions::new().write(true).create_new(true)).open(unfinished)?;
    file.write_all(bytes)?;
    if durable {
        file.sync_all()?;
    }
    drop(file);
    failpoint::hit(failpoints::FILE_WRITTEN);
    fs::rename(unfinished, path)?;
    failpoint::hit(failpoints::FILE_RENAMED);
    match path.parent() {
        Some(folder) if durable => sync_folder(folder),
        _ => Ok(()),
    }
}

/// Removes what writers that were killed left unfinished. Only for a folder that nobody else writes to.
pub(crate) fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Adds to the options that a file made with them belongs to its owner alone.
pub(crate) fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Makes the names in a folder durable. Windows keeps them durable by itself and can't open folders.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn unfinished_name(path: &Path) -> io::Result<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    // Unique among processes and threads: two that write the same file at once each rename a whole one.
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!(
        ".{}.{}-{count}{UNFINISHED}",
        name.to_string_lossy(),
        std::process::id()
    );
    Ok(path.with_file_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("outcome.json");
        write(&path, b"old").expect("written");
        write(&path, b"new and longer").expect("written again");
        assert_eq!(fs::read(&path).expect("there"), b"new and longer");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "nobody else may read it");
        }
        assert_eq!(
            fs::read_dir(folder.path()).expect("a folder").count(),
            1,
            "nothing is left over"
        );
    }

    #[test]
    fn a_failed_write_leaves_the_old_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("current");
        write(&path, b"old").expect("written");
        let armed = failpoint::arm_thread("keep.file.write=error").expect("armed");
        let error = write(&path, b"new").expect_err("the disk is full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        drop(armed);
        assert_eq!(fs::read(&path).expect("there"), b"old");
    }

    #[test]
    fn leftovers_are_swept() {
        let folder = tempfile::tempdir().expect("a folder");
        write(&folder.path().join("keep"), b"kept").expect("written");
        let left = unfinished_name(&folder.path().join("keep")).expect("a name");
        File::create(&left).expect("a leftover");
        sweep(folder.path()).expect("swept");
        assert!(!left.exists() && folder.path().join("keep").exists());
    }
}

//! The history folder: which files it has, and how they are opened.
//!
//! Files are opened without following symbolic links and, where they are made, readable by their owner alone.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::HistoryError;

/// Held (locked) by the one process that writes.
const LOCK: &str = "lock";

const SEGMENT_SUFFIX: &str = ".seg";
const CHECKPOINT_PREFIX: &str = "checkpoint-";
const TEMPORARY_SUFFIX: &str = ".tmp";

/// Path of the segment whose first line this is.
pub(crate) fn segment_path(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("{first:020}{SEGMENT_SUFFIX}"))
}

/// Path of the checkpoint of a generation.
pub(crate) fn checkpoint_path(folder: &Path, generation: u64) -> PathBuf {
    folder.join(format!("{CHECKPOINT_PREFIX}{generation:020}"))
}

/// Path of the file that becomes the checkpoint of a generation.
pub(crate) fn temporary_path(folder: &Path, generation: u64) -> PathBuf {
    folder.join(format!(
        "{CHECKPOINT_PREFIX}{generation:020}{TEMPORARY_SUFFIX}"
    ))
}

/// Path of a raw log; the same few files are used again and again.
pub(crate) fn raw_path(folder: &Path, slot: u32) -> PathBuf {
    folder.join(format!("raw-{slot}.log"))
}

/// What there is.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// First line and path, by first line.
    pub(crate) segments: Vec<(u64, PathBuf)>,
    /// Generation and path, newest first.
    pub(crate) checkpoints: Vec<(u64, PathBuf)>,
    /// Slot and path.
    pub(crate) raws: Vec<(u32, PathBuf)>,
    /// What an interrupted write left behind.
    pub(crate) temporary: Vec<PathBuf>,
}

/// Lists a folder; other files than history's are passed over.
pub(crate) fn list(folder: &Path) -> Result<Listing, HistoryError> {
    let mut listing = Listing::default();
    let entries = fs::read_dir(folder).map_err(|e| HistoryError::io(folder, "listed", e))?;
    for entry in entries {
        let entry = entry.map_err(|e| HistoryError::io(folder, "listed", e))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let path = entry.path();
        if let Some(first) = number(name, "", SEGMENT_SUFFIX) {
            listing.segments.push((first, path));
        } else if number::<u64>(name, CHECKPOINT_PREFIX, TEMPORARY_SUFFIX).is_some() {
            listing.temporary.push(path);
        } else if let Some(generation) = number(name, CHECKPOINT_PREFIX, "") {
            listing.checkpoints.push((generation, path));
        } else if let Some(slot) = number(name, "raw-", ".log") {
            listing.raws.push((slot, path));
        }
    }
    listing.segments.sort_unstable();
    listing.checkpoints.sort_unstable_by(|a, b| b.cmp(a));
    listing.raws.sort_unstable();
    Ok(listing)
}

fn number<N: std::str::FromStr>(name: &str, prefix: &str, suffix: &str) -> Option<N> {
    let digits = name.strip_prefix(prefix)?.strip_suffix(suffix)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// Checks that this is a real folder.
pub(crate) fn check(folder: &Path) -> Result<(), HistoryError> {
    let data = fs::symlink_metadata(folder).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => HistoryError::Missing {
            path: folder.to_path_buf(),
        },
        _ => HistoryError::io(folder, "opened", e),
    })?;
    let what = match data.file_type() {
        kind if kind.is_dir() => return Ok(()),
        kind if kind.is_symlink() => "a symbolic link",
        _ => "not a folder",
    };
    Err(HistoryError::WrongKind {
        path: folder.to_path_buf(),
        what,
    })
}

/// Makes the folder if its parent is there.
pub(crate) fn create(folder: &Path) -> Result<(), HistoryError> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix sets something"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => check(folder),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(HistoryError::Missing {
            path: folder.to_path_buf(),
        }),
        Err(e) => Err(HistoryError::io(folder, "created", e)),
    }
}

fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix sets something"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    options
}

fn plain(path: &Path, opened: io::Result<File>, verb: &'static str) -> Result<File, HistoryError> {
    let wrong = |what| HistoryError::WrongKind {
        path: path.to_path_buf(),
        what,
    };
    let file = opened.map_err(|e| {
        let link = fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_symlink());
        if link {
            wrong("a symbolic link")
        } else {
            HistoryError::io(path, verb, e)
        }
    })?;
    let data = file
        .metadata()
        .map_err(|e| HistoryError::io(path, verb, e))?;
    if data.is_file() {
        Ok(file)
    } else {
        Err(wrong("not a plain file"))
    }
}

/// Opens a file for reading.
pub(crate) fn open(path: &Path) -> Result<File, HistoryError> {
    plain(path, options().read(true).open(path), "opened")
}

/// Opens a file for reading and writing, makes it where it isn't there.
pub(crate) fn open_or_create(path: &Path) -> Result<File, HistoryError> {
    let opened = options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    plain(path, opened, "opened for writing")
}

/// Keeps other writers out as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing isn't enough: a process being started elsewhere in this one has the file too, until it
        // begins to run.
        drop(self.0.unlock());
    }
}

/// Keeps other writers out.
pub(crate) fn lock(folder: &Path) -> Result<Lock, HistoryError> {
    let path = folder.join(LOCK);
    let file = open_or_create(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(HistoryError::Locked { path }),
        Err(std::fs::TryLockError::Error(e)) => Err(HistoryError::io(&path, "locked", e)),
    }
}

/// Reads a whole file of at most `limit` bytes; the rest of a longer one is left out.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, HistoryError> {
    use io::Read;
    let mut bytes = Vec::new();
    let file = open(path)?;
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|e| HistoryError::io(path, "read", e))?;
    Ok(bytes)
}

/// Deletes a file; one that isn't there is deleted already.
pub(crate) fn delete(path: &Path) -> Result<(), HistoryError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(HistoryError::io(path, "deleted", e)),
        _ => Ok(()),
    }
}

/// Makes names in a folder durable; Windows does that by itself.
pub(crate) fn sync(folder: &Path) -> Result<(), HistoryError> {
    #[cfg(unix)]
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(|e| HistoryError::io(folder, "synced", e))?;
    #[cfg(not(unix))]
    let _unused = folder;
    Ok(())
}

/// Fills `bytes` from `offset` on.
pub(crate) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset);
    #[cfg(windows)]
    {
        let mut done = 0;
        while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match std::os::windows::fs::FileExt::seek_read(file, rest, offset + done as u64) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

/// Writes all of `bytes` at `offset`.
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, offset);
    #[cfg(windows)]
    {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            match std::os::windows::fs::FileExt::seek_write(file, rest, offset + done as u64) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

//! What can go wrong, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a history can't be opened, written, read or searched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The folder isn't there.
    #[error("the history folder {path} doesn't exist; was the session deleted?")]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// Something else than a folder or a plain file is in its place.
    #[error("{path} is {what}; history is kept in plain folders and files only, move it away")]
    WrongKind {
        /// What was to be used.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// Permission denied.
    #[error("{path} can't be {verb}: permission denied; it must belong to you and be writable")]
    Denied {
        /// What was to be used.
        path: PathBuf,
        /// What was tried.
        verb: &'static str,
    },
    /// No room.
    #[error("the disk is full, {path} can't be {verb}; make room and try again")]
    Full {
        /// What was to be written.
        path: PathBuf,
        /// What was tried.
        verb: &'static str,
    },
    /// Another process writes this history.
    #[error(
        "{path} is in use by another process; a session has one host at a time, stop that one first"
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// Written by a newer program.
    #[error(
        "{path} has format version {version}, this program knows versions up to {known}; use a newer Mainstay"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u16,
        /// The newest version that can be read.
        known: u16,
    },
    /// A line came out of order.
    #[error(
        "line {number} can't be stored, the next line is {next}; lines are stored once and in order"
    )]
    OutOfOrder {
        /// The line that was given.
        number: u64,
        /// The line that was due.
        next: u64,
    },
    /// A search that can't be run.
    #[error("{0}")]
    Query(String),
    /// Anything else that the system refused.
    #[error("{path} can't be {verb}: {source}")]
    Io {
        /// What was to be used.
        path: PathBuf,
        /// What was tried.
        verb: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl HistoryError {
    /// The error for a failed `verb` ("written", "opened" …) on `path`.
    pub(crate) fn io(path: &Path, verb: &'static str, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { path, verb }
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path, verb },
            _ => Self::Io { path, verb, source },
        }
    }

    /// True when there was no room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }
}

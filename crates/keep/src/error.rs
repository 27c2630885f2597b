//! What can go wrong with a session's folder, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

use mainstay_history::HistoryError;
use mainstay_protocol::RunId;

use crate::places::PlaceError;

/// Why a session can't be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeepError {
    /// The folder can't be used.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The session isn't there.
    #[error("there is no session folder {path}; was the session deleted?")]
    NoSession {
        /// Where it would be.
        path: PathBuf,
    },
    /// A host holds the session.
    #[error("the session in {path} has a running host; stop its run first")]
    Busy {
        /// The folder of the session.
        path: PathBuf,
    },
    /// The run was started before.
    #[error("run {run} already has a folder in {path}; every start is a new run, give it a new id")]
    RunExists {
        /// The run.
        run: RunId,
        /// The folder of the session.
        path: PathBuf,
    },
    /// The session has no run.
    #[error("the session in {path} was never started; start it first")]
    NoRun {
        /// The folder of the session.
        path: PathBuf,
    },
    /// A small file can't be understood.
    #[error(
        "{path} can't be understood ({reason}); it was damaged or comes from a newer Mainstay: use that one, or move the file away"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The session was written by a newer program.
    #[error("the session in {path} was written by a newer Mainstay ({reason}); use that one")]
    Newer {
        /// The folder of the session.
        path: PathBuf,
        /// What is not understood.
        reason: String,
    },
    /// The history refused.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Permission denied.
    #[error("{path} can't be {verb}: permission denied; it must belong to you and be writable")]
    Denied {
        /// What was to be used.
        path: PathBuf,
        /// What was tried.
        verb: &'static str,
    },
    /// No room.
    #[error("{path} can't be {verb}: the disk is full; make room and try again")]
    Full {
        /// What was to be written.
        path: PathBuf,
        /// What was tried.
        verb: &'static str,
    },
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

impl KeepError {
    /// The error for a failed `verb` ("read", "written" …) on `path`.
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

    /// True when there was no room: it may work later.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full { .. } => true,
            Self::History(error) => error.is_full(),
            _ => false,
        }
    }
}

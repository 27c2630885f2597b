//! What can go wrong with the store, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

use mainstay_protocol::{Code, Problem, RunId, SessionId};
use rusqlite::ErrorCode;

/// Why the store did not do what it was asked. It can be cloned: a group of jobs that can't be committed fails as one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A later version wrote the file. It was not touched.
    #[error(
        "{path} was written by a newer Mainstay (its tables are of version {found}, this program knows {known}); use that one, nothing was changed"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// `user_version` of the file.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The content makes no sense to SQLite.
    #[error(
        "{path} is damaged ({reason}); restart Mainstay: it keeps the file under another name and rebuilds what the session folders tell"
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// No room.
    #[error("{path} can't be written: the disk is full; make room, what waits is written then")]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// It may not be written.
    #[error(
        "{path} can't be written ({reason}); the file and its folder must belong to you, be writable, and not be mounted read-only"
    )]
    ReadOnly {
        /// The database or a file beside it.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Another program holds it.
    #[error(
        "{path} is locked by another program; end what has it open (a database browser, a backup), what waits is written then"
    )]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// The file was deleted or replaced while it was open.
    #[error(
        "{path} was deleted or replaced while it was in use; restart Mainstay if it doesn't take the new file by itself"
    )]
    Replaced {
        /// The database.
        path: PathBuf,
    },
    /// Anything else that the system refused.
    #[error("{path} can't be used: {reason}; check the disk it is on")]
    Io {
        /// The database or a file beside it.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The store is closed.
    #[error("the database is closed; Mainstay is ending")]
    Closed,
    /// The id is taken, perhaps by a session that was deleted.
    #[error("there is or was a session {0}; give another id")]
    DuplicateId(SessionId),
    /// The run is there already.
    #[error("there is a run {0} already; every start is a new run, give it a new id")]
    DuplicateRun(RunId),
    /// No session has this id.
    #[error("there is no session {0}")]
    UnknownSession(SessionId),
    /// No run has this id.
    #[error("there is no run {0}")]
    UnknownRun(RunId),
    /// The text isn't what a page of this list gave.
    #[error(
        "{after:?} does not go on with this list; give what the page before had as `next`, with the same order"
    )]
    BadPage {
        /// What was given.
        after: String,
    },
    /// Something that is stored can't be understood.
    #[error(
        "{what} in the database can't be understood ({reason}); it was changed by another program or comes from a newer Mainstay"
    )]
    Content {
        /// What it is.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A job changed its mind: nothing of it is stored.
    #[error(transparent)]
    Refused(Box<Problem>),
    /// A job panicked: nothing of it is stored. A bug.
    #[error(
        "an internal error kept this from being stored ({0}); please report it, nothing was changed"
    )]
    Panicked(String),
    /// A job asked the store to write. A bug: it would wait for itself.
    #[error("a job that writes asked for another one; please report it, nothing was changed")]
    Nested,
    /// SQLite refused for another reason. A bug.
    #[error("the database refused: {0}; please report it, nothing was changed")]
    Sql(String),
}

impl StoreError {
    /// Whether the same may work later without anybody doing something here: the disk was full, or something was locked or
    /// forbidden.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Full { .. } | Self::ReadOnly { .. } | Self::Locked { .. } | Self::Io { .. }
        )
    }

    /// The error as clients get it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let problem = |code| Problem::new(code, self.to_string());
        match self {
            Self::Refused(problem) => (**problem).clone(),
            Self::DuplicateId(session) => problem(Code::DuplicateId).at("id").of(session),
            Self::UnknownSession(session) => problem(Code::UnknownSession).of(session),
            Self::BadPage { .. } => problem(Code::Invalid).at("after"),
            Self::Closed => problem(Code::Closing),
            Self::Newer { .. }
            | Self::Damaged { .. }
            | Self::Full { .. }
            | Self::ReadOnly { .. }
            | Self::Locked { .. }
            | Self::Replaced { .. }
            | Self::Io { .. }
            | Self::Content { .. } => problem(Code::Storage),
            Self::DuplicateRun(_)
            | Self::UnknownRun(_)
            | Self::Panicked(_)
            | Self::Nested
            | Self::Sql(_) => problem(Code::Internal),
        }
    }

    /// The error for a failed call on `path`.
    pub(crate) fn io(path: &Path, source: &io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly {
                path,
                reason: source.to_string(),
            },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            _ => Self::Io {
                path,
                reason: source.to_string(),
            },
        }
    }

    pub(crate) fn damaged(reason: impl Into<String>) -> Self {
        Self::Damaged {
            path: PathBuf::new(),
            reason: reason.into(),
        }
    }

    /// Says which file it is about. What comes from SQLite doesn't know.
    pub(crate) fn about(mut self, file: &Path) -> Self {
        if let Self::Newer { path, .. }
        | Self::Damaged { path, .. }
        | Self::Full { path }
        | Self::ReadOnly { path, .. }
        | Self::Locked { path }
        | Self::Replaced { path }
        | Self::Io { path, .. } = &mut self
            && path.as_os_str().is_empty()
        {
            *path = file.to_path_buf();
        }
        self
    }
}

impl From<Problem> for StoreError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

/// The path is filled in by `StoreError::about` before the error leaves the crate. Codes:
/// <https://www.sqlite.org/rescode.html>.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let path = PathBuf::new();
        let reason = error.to_string();
        if matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..)
        ) {
            return Self::Content {
                what: "a value",
                reason,
            };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            // In WAL mode a file that can't be opened is one beside the database that can't be made.
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::ReadOnly { path, reason }
            }
            Some(
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed,
            ) => Self::Locked { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { path, reason }
            }
            Some(ErrorCode::SystemIoFailure | ErrorCode::NoLargeFileSupport) => {
                Self::Io { path, reason }
            }
            _ => Self::Sql(reason),
        }
    }
}

//! What keeps a manager from starting.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mainstay_keep::PlaceError;
use mainstay_manager::OpenError;
use mainstay_protocol::problem::{Code, Problem};

use super::{Info, Kind};
use crate::lock::LockError;

/// Why there is no manager now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// One runs already.
    #[error("{}", runs(.0))]
    Running(Box<Info>),
    /// The app has it, and makes no room.
    #[error("{}", .0.app_stays())]
    App(Box<Info>),
    /// One holds the lock, doesn't answer and doesn't end.
    #[error(
        "another manager{} holds {} and has not let go for {} s; wait until it has ended, or end it yourself", who(*.pid), path.display(), after.as_secs()
    )]
    Stuck {
        /// Its process, as far as that is known.
        pid: Option<u32>,
        /// The lock.
        path: PathBuf,
        /// How long it was waited for.
        after: Duration,
    },
    /// Somebody else is starting one and doesn't get to an end.
    #[error(
        "somebody has been starting a manager for {} s and holds {}; look what that process is doing, or end it", after.as_secs(), path.display()
    )]
    Starting {
        /// The lock.
        path: PathBuf,
        /// How long it was waited for.
        after: Duration,
    },
    /// One that runs does not make room.
    #[error("the manager that runs{} can't be asked to make room: {reason}; end it yourself", who(*.pid))]
    Stays {
        /// Its process, as far as that is known.
        pid: Option<u32>,
        /// What happened instead.
        reason: String,
    },
    /// A folder can't be used.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The manager can't be opened.
    #[error(transparent)]
    Open(OpenError),
    /// The manager can't be asked.
    #[error(transparent)]
    Manager(Problem),
    /// The socket can't be made.
    #[error(
        "the socket {} can't be made: {source}; make its folder usable, or set MAINSTAY_DATA_DIR to another one", path.display()
    )]
    Bind {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file can't be written.
    #[error("the file {} can't be used: {source}; make room or make it writable", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A thread ended before its time.
    #[error(
        "opening the manager did not end well: {0}; start it again with MAINSTAY_LOG=debug to see more"
    )]
    Broken(String),
}

fn runs(info: &Info) -> String {
    let Info {
        kind, pid, started, ..
    } = info;
    let remedy = match kind {
        Kind::App => "use it, or quit the app".to_owned(),
        Kind::Serve => {
            format!("use it, end it with kill {pid}, or take its place with --replace")
        }
    };
    format!("{kind} runs already (process {pid}, since {started}); {remedy}")
}

fn who(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})"))
        .unwrap_or_default()
}

impl ServeError {
    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }

    /// The same as programs get it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let code = match self {
            Self::Running(_) | Self::Stuck { .. } | Self::Starting { .. } | Self::Stays { .. } => {
                Code::Busy
            }
            Self::App(_) => Code::WrongState,
            Self::Manager(problem) => return problem.clone(),
            Self::Place(_) | Self::Open(_) | Self::Bind { .. } | Self::File { .. } => Code::Storage,
            Self::Broken(_) => Code::Internal,
        };
        Problem::new(code, self.to_string())
    }
}

impl From<LockError> for ServeError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Io { path, source } => Self::File { path, source },
            LockError::Late { path, after } => Self::Starting { path, after },
        }
    }
}

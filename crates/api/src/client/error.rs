//! Why there is no answer, or a bad one.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use mainstay_keep::PlaceError;
use mainstay_protocol::problem::{Code, Problem};

use crate::lock::LockError;

/// Why the manager did not do what it was asked, or could not be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// No manager runs.
    #[error(
        "no manager runs: nobody listens at {}; start one with: mainstay serve", path.display()
    )]
    NotRunning {
        /// Where it would listen.
        path: PathBuf,
    },
    /// None could be started.
    #[error("the manager could not be started: {0}")]
    NotStarted(Problem),
    /// It says no.
    #[error(transparent)]
    Problem(Problem),
    /// It belongs to somebody else.
    #[error(
        "the manager at {} belongs to user {uid}, you are user {ours}: it is not asked anything; set MAINSTAY_DATA_DIR to a folder of yours", path.display()
    )]
    OtherUser {
        /// Where it listens.
        path: PathBuf,
        /// Whose it is.
        uid: u32,
        /// Who asks.
        ours: u32,
    },
    /// Its socket can't be reached.
    #[error("the manager's socket {} can't be reached: {source}; it must be accessible to you", path.display())]
    Unreachable {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Its token can't be read.
    #[error("the manager's token {} can't be read: {source}", path.display())]
    Token {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It doesn't answer.
    #[error(
        "the manager{} has said nothing for {} s; it is stopped or overloaded: try again, or end it and run the command once more: the sessions go on", pid.map(|pid| format!(" (process {pid})")).unwrap_or_default(), after.as_secs()
    )]
    Silent {
        /// Its process, as far as that is known.
        pid: Option<u32>,
        /// How long it was waited.
        after: Duration,
    },
    /// The connection broke before the answer was there.
    #[error(
        "the connection to the manager broke before it answered ({0}), so it may have done this or not: look, then ask again"
    )]
    Broken(String),
    /// The answer can't be understood.
    #[error(
        "the manager's answer can't be understood: {0}; this program and the manager may be of different versions"
    )]
    Answer(String),
    /// A session can't be meant by this.
    #[error("{0}")]
    Usage(Problem),
    /// A folder can't be used.
    #[error(transparent)]
    Place(#[from] PlaceError),
}

impl ClientError {
    /// The problem as programs tell it apart, where it is one.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) | Self::NotStarted(problem) | Self::Usage(problem) => {
                Some(problem)
            }
            _ => None,
        }
    }

    /// Nobody was there, or nobody who still does anything: nothing was done.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::NotRunning { .. } => true,
            Self::Problem(problem) => problem.code == Code::Closing,
            _ => false,
        }
    }

    pub(super) fn is_broken(&self) -> bool {
        matches!(self, Self::Broken(_))
    }

    pub(super) fn not_started(error: &LockError) -> Self {
        let code = match error {
            LockError::Io { .. } => Code::Storage,
            LockError::Late { .. } => Code::Busy,
        };
        Self::NotStarted(Problem::new(
            code,
            format!("{error}; look who does, as with fuser, and end that process"),
        ))
    }
}

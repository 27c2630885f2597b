//! Why the manager can't begin, and how errors of the parts below become problems for its clients.

use std::io;
use std::path::PathBuf;

use mainstay_keep::{KeepError, PlaceError};
use mainstay_link::LinkError;
use mainstay_link::launch::LaunchError;
use mainstay_protocol::frame::Failure;
use mainstay_protocol::{Code, Problem};
use mainstay_store::StoreError;

/// Why a manager can't begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another manager has the data directory.
    #[error(
        "another Mainstay manages these sessions already ({} is locked); use that one, or end it first", path.display()
    )]
    Held {
        /// The lock file.
        path: PathBuf,
    },
    /// A folder can't be used.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The database can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no host program.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// The system refused something.
    #[error("{} can't be used: {source}", path.display())]
    Io {
        /// What was to be used.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system has no thread to spare.
    #[error("no thread can be started: {0}; end some programs and try again")]
    Thread(#[source] io::Error),
}

/// The problem of a store that says no.
pub(crate) fn storage(error: &StoreError) -> Problem {
    Problem::new(Code::Storage, error.to_string())
}

/// The problem of a session's folder that can't be used.
pub(crate) fn folder(error: &KeepError) -> Problem {
    Problem::new(Code::Storage, error.to_string())
}

/// The problem of a host that can't be reached.
pub(crate) fn unreachable(error: &LinkError) -> Problem {
    Problem::new(Code::HostUnreachable, error.to_string())
}

/// What a host could not do.
pub(crate) fn refused(failure: &Failure) -> Problem {
    use mainstay_protocol::frame::ErrorCode;

    let code = match failure.code {
        ErrorCode::Ended => Code::WrongState,
        ErrorCode::Busy => Code::Busy,
        ErrorCode::Storage => Code::Storage,
        ErrorCode::Invalid => Code::Invalid,
        _ => Code::Internal,
    };
    Problem::new(code, failure.message.clone())
}

/// The manager is closing.
pub(crate) fn closing() -> Problem {
    Problem::new(
        Code::Closing,
        "Mainstay is closing; the sessions go on, ask again when it runs",
    )
}

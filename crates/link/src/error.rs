//! What can go wrong between two programs that talk.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use mainstay_protocol::frame::{FrameError, PrefaceError, Refusal};

/// Why a connection could not be made or can't go on.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nobody listens there.
    #[error(
        "no host answers at {}; it has ended or was killed: what it wrote is in the session's folder",
        path.display()
    )]
    NobodyThere {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The socket is there and can't be reached.
    #[error("the socket {} can't be reached: {source}", path.display())]
    Unreachable {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The other side said nothing in time.
    #[error(
        "the other side said nothing for {} ms; it is stopped or overloaded: try again, or end it by its process id",
        after.as_millis()
    )]
    Silent {
        /// How long it was waited.
        after: Duration,
    },
    /// The other side belongs to somebody else.
    #[error("the process at the other end belongs to user {uid}, this one to user {ours}; refused")]
    OtherUser {
        /// Whose it is.
        uid: u32,
        /// Who we are.
        ours: u32,
    },
    /// The two programs have no protocol in common.
    #[error(transparent)]
    Preface(#[from] PrefaceError),
    /// The other side sent something that is no frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The host does not want this peer.
    #[error("the host refused: {}", .0.message)]
    Refused(Refusal),
    /// The other side said something else than what must come now.
    #[error("the other side sent {found} where {expected} must come; it is not a Mainstay program")]
    OutOfTurn {
        /// What came.
        found: String,
        /// What should have come.
        expected: &'static str,
    },
    /// The connection ended.
    #[error("the other side closed the connection")]
    Closed,
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

impl LinkError {
    /// Whether the other side is simply gone, as after a host's end.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Closed | Self::NobodyThere { .. })
    }
}

//! The manager's local socket, for an asynchronous program: only processes of the same user can use it.
//!
//! One small interface over Unix sockets and Windows named pipes. [`Stream`] is read and written through Tokio's traits.

use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as system;

/// One end of a connection.
pub(crate) use system::Stream;

/// Waits for clients.
#[derive(Debug)]
pub(crate) struct Listener {
    inner: system::Listener,
    path: PathBuf,
}

impl Listener {
    /// Listens at `path`, whose folder belongs to this user alone. What is left of an earlier listener is replaced at once,
    /// so only the one who holds the manager's lock may call this.
    ///
    /// # Errors
    /// The system's error.
    pub(crate) fn bind(path: &Path) -> io::Result<Self> {
        Ok(Self {
            inner: system::Listener::bind(path)?,
            path: path.to_owned(),
        })
    }

    /// Waits for the next client. Dropping the future loses none.
    ///
    /// # Errors
    /// The system's error; [`io::ErrorKind::PermissionDenied`] for a client of another user, who was turned away. Both leave
    /// the listener usable.
    pub(crate) async fn accept(&mut self) -> io::Result<Stream> {
        self.inner.accept().await
    }

    /// Takes the name away, so that nobody new arrives, and gives those who have arrived already.
    pub(crate) fn close(self) -> Vec<Stream> {
        system::remove(&self.path);
        self.inner.waiting()
    }
}

/// Connects to the listener at `path`.
///
/// # Errors
/// [`ConnectError`].
pub(crate) async fn connect(path: &Path) -> Result<Stream, ConnectError> {
    system::connect(path).await
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// Nobody listens there.
    #[error("nobody listens at {}", .0.display())]
    NobodyThere(PathBuf),
    /// Who listens is another user.
    #[cfg(unix)]
    #[error("the process at the other end belongs to user {uid}, this one to user {ours}; refused")]
    OtherUser {
        /// Whose it is.
        uid: u32,
        /// Who we are.
        ours: u32,
    },
    /// The system says no.
    #[error(transparent)]
    Io(io::Error),
}

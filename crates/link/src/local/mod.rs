//! Local sockets that only processes of the same user can reach.
//!
//! One small interface over Unix sockets and Windows named pipes. On Unix the socket file is made with mode 0600 (the
//! folder around it is 0700 and checked by whoever chose it) and every accepted peer's user id is compared with our own;
//! on Windows the pipe's access list names its owner only and remote clients are rejected.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::LinkError;

#[cfg(unix)]
mod peer;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as system;

/// Waits for peers.
#[derive(Debug)]
pub struct Listener {
    inner: system::Listener,
    path: PathBuf,
}

impl Listener {
    /// Listens at `path`. What is left of an earlier listener there is replaced.
    ///
    /// # Errors
    /// The system's error; a path that is too long for a socket (108 bytes on Linux, 104 on macOS) is
    /// [`io::ErrorKind::InvalidInput`].
    pub fn bind(path: &Path) -> io::Result<Self> {
        Ok(Self {
            inner: system::Listener::bind(path)?,
            path: path.to_owned(),
        })
    }

    /// Waits for the next peer of this user. Peers of other users are turned away without a word.
    ///
    /// # Errors
    /// The system's error; [`io::ErrorKind::PermissionDenied`] for a peer that was turned away. Both leave the listener
    /// usable.
    pub fn accept(&self) -> io::Result<Stream> {
        self.inner.accept().map(|inner| Stream { inner })
    }

    /// Where it listens.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the socket out of the file system, so that nobody new arrives. Connections that exist stay.
    pub fn remove(&self) {
        system::remove(&self.path);
    }
}

/// One end of a connection. Reading and writing may happen in two threads, each with its own clone.
#[derive(Debug)]
pub struct Stream {
    inner: system::Stream,
}

impl Stream {
    /// Connects to the listener at `path`.
    ///
    /// # Errors
    /// [`LinkError::NobodyThere`] if nobody listens there, [`LinkError::OtherUser`] if the listener belongs to somebody
    /// else, else [`LinkError::Unreachable`].
    pub fn connect(path: &Path) -> Result<Self, LinkError> {
        system::Stream::connect(path).map(|inner| Self { inner })
    }

    /// A second handle on the same connection.
    ///
    /// # Errors
    /// The system's error, as when there are too many open files.
    pub fn try_clone(&self) -> io::Result<Self> {
        self.inner.try_clone().map(|inner| Self { inner })
    }

    /// Sends as much of it as needs no waiting; gives how many bytes that were. It must not be called while another thread
    /// writes.
    ///
    /// # Errors
    /// What broke the connection; [`io::ErrorKind::Unsupported`] with named pipes, which can't do this.
    pub fn send_now(&self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.send_now(bytes)
    }

    /// Ends the connection in both directions, also for clones: a reader or writer that waits returns.
    pub fn shutdown(&self) {
        self.inner.shutdown();
    }

    /// From now on a read that waits longer fails ([`io::ErrorKind::WouldBlock`] or [`io::ErrorKind::TimedOut`]). Named
    /// pipes can't do this: there it has no effect.
    ///
    /// # Errors
    /// The system's error; a timeout of zero is one.
    pub fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.inner.set_read_timeout(timeout)
    }

    /// The same for a write that makes no progress.
    ///
    /// # Errors
    /// As with [`Stream::set_read_timeout`].
    pub fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.inner.set_write_timeout(timeout)
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf)
    }
}

impl Write for Stream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.inner.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

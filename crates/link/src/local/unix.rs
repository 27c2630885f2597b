//! Local sockets on Unix.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::Mode;
use rustix::io::Errno;
use rustix::net::SendFlags;

use super::peer;
use crate::error::LinkError;

#[derive(Debug)]
pub(super) struct Listener(UnixListener);

impl Listener {
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        // A stale socket: `bind` never takes over an existing file. Anything that is not a socket stays.
        if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
            std::fs::remove_file(path)?;
        }
        // The mode is right from the first moment; the process's own mask comes back at once.
        let before = rustix::process::umask(Mode::from_raw_mode(0o177));
        let bound = UnixListener::bind(path);
        rustix::process::umask(before);
        let listener = bound?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self(listener))
    }

    pub(super) fn accept(&self) -> io::Result<Stream> {
        let (stream, _) = self.0.accept()?;
        let ours = rustix::process::geteuid().as_raw();
        match peer::uid(&stream)? {
            uid if uid == ours => Ok(Stream(Arc::new(stream))),
            uid => Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("a process of user {uid} was turned away"),
            )),
        }
    }
}

pub(super) fn remove(path: &Path) {
    // Nothing depends on it: a stale socket is replaced by the next `bind`.
    std::fs::remove_file(path).ok();
}

/// Clones share one descriptor: a host has hundreds of peers and may have a thousand open files.
#[derive(Debug)]
pub(super) struct Stream(Arc<UnixStream>);

impl Stream {
    pub(super) fn connect(path: &Path) -> Result<Self, LinkError> {
        let stream = UnixStream::connect(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => LinkError::NobodyThere {
                path: path.to_owned(),
                source,
            },
            _ => LinkError::Unreachable {
                path: path.to_owned(),
                source,
            },
        })?;
        // Who listens there gets what is typed: it must be one of ours.
        let ours = rustix::process::geteuid().as_raw();
        let uid = peer::uid(&stream)?;
        if uid != ours {
            return Err(LinkError::OtherUser { uid, ours });
        }
        Ok(Self(Arc::new(stream)))
    }

    #[expect(clippy::unnecessary_wraps, reason = "the interface of all systems")]
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self(Arc::clone(&self.0)))
    }

    pub(super) fn send_now(&self, bytes: &[u8]) -> io::Result<usize> {
        match rustix::net::send(&*self.0, bytes, SendFlags::DONTWAIT) {
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            sent => Ok(sent?),
        }
    }

    pub(super) fn shutdown(&self) {
        // It fails only if the connection is over already.
        self.0.shutdown(Shutdown::Both).ok();
    }

    pub(super) fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_read_timeout(timeout)
    }

    pub(super) fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_write_timeout(timeout)
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buf)
    }
}

impl Write for Stream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        (&*self.0).write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.0).flush()
    }
}

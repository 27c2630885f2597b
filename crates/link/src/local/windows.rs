//! Local sockets on Windows: named pipes.
//!
//! The access list lets in nobody but the owner of the pipe (`OW`), and clients from other machines are rejected.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use interprocess::TryClone as _;
use interprocess::os::windows::named_pipe::{
    PipeListener, PipeListenerOptions, PipeMode, PipeStream, pipe_mode::Bytes,
};
use interprocess::os::windows::security_descriptor::SecurityDescriptor;
use widestring::u16cstr;

use crate::error::LinkError;

/// Socket paths are the pipe's whole name there: `\\.\pipe\mainstay-…`.
fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[derive(Debug)]
pub(super) struct Listener(PipeListener<Bytes, Bytes>);

impl Listener {
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        // Protected, no inheritance: all rights to the owner, none to anybody else.
        let owner_only = SecurityDescriptor::deserialize(u16cstr!("D:P(A;;GA;;;OW)"))?;
        let options = PipeListenerOptions::new()
            .path(name(path).as_str())
            .mode(PipeMode::Bytes)
            .accept_remote(false)
            .security_descriptor(Some(owner_only));
        options.create_duplex::<Bytes>().map(Self)
    }

    pub(super) fn accept(&self) -> io::Result<Stream> {
        self.0.accept().map(Stream)
    }
}

pub(super) fn remove(_: &Path) {
    // A pipe's name goes with its last handle.
}

#[derive(Debug)]
pub(super) struct Stream(PipeStream<Bytes, Bytes>);

impl Stream {
    pub(super) fn connect(path: &Path) -> Result<Self, LinkError> {
        let connected = PipeStream::<Bytes, Bytes>::connect_by_path(name(path).as_str());
        connected.map(Self).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => LinkError::NobodyThere {
                path: path.to_owned(),
                source,
            },
            _ => LinkError::Unreachable {
                path: path.to_owned(),
                source,
            },
        })
    }

    pub(super) fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    #[expect(clippy::unused_self, reason = "the interface of all systems")]
    pub(super) fn send_now(&self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn shutdown(&self) {
        // A pipe ends when its last handle closes; a dirty mark would make that wait for the peer.
        self.0.assume_flushed();
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the interface of all systems"
    )]
    pub(super) fn set_read_timeout(&self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the interface of all systems"
    )]
    pub(super) fn set_write_timeout(&self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl Write for Stream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        // Flushing a pipe waits until the peer has read everything: not what a writer here wants.
        Ok(())
    }
}

//! The local socket on Windows: a named pipe.
//!
//! The access list lets in nobody but the owner of the pipe (`OW`), and clients from other machines are rejected. Only the
//! first to make a pipe of this name gets it.

use std::io;
use std::path::Path;

use interprocess::os::windows::named_pipe::tokio::{DuplexPipeStream, PipeListener};
use interprocess::os::windows::named_pipe::{PipeListenerOptions, PipeMode, pipe_mode::Bytes};
use interprocess::os::windows::security_descriptor::SecurityDescriptor;
use widestring::u16cstr;

use super::ConnectError;

pub(crate) type Stream = DuplexPipeStream<Bytes>;

#[derive(Debug)]
pub(super) struct Listener(PipeListener<Bytes, Bytes>);

impl Listener {
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        // Protected, no inheritance: all rights to the owner, none to anybody else.
        let owner_only = SecurityDescriptor::deserialize(u16cstr!("D:P(A;;GA;;;OW)"))?;
        let name = path.to_string_lossy().into_owned();
        let options = PipeListenerOptions::new()
            .path(name.as_str())
            .mode(PipeMode::Bytes)
            .accept_remote(false)
            .security_descriptor(Some(owner_only));
        options.create_tokio_duplex::<Bytes>().map(Self)
    }

    pub(super) async fn accept(&mut self) -> io::Result<Stream> {
        self.0.accept().await
    }

    #[expect(clippy::unused_self, reason = "the interface of all systems")]
    pub(super) fn waiting(self) -> Vec<Stream> {
        // A pipe has no queue.
        Vec::new()
    }
}

pub(super) fn remove(_: &Path) {
    // A pipe's name goes with its last handle.
}

pub(super) async fn connect(path: &Path) -> Result<Stream, ConnectError> {
    let name = path.to_string_lossy().into_owned();
    let connected = DuplexPipeStream::<Bytes>::connect_by_path(name.as_str()).await;
    connected.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ConnectError::NobodyThere(path.to_owned()),
        _ => ConnectError::Io(error),
    })
}

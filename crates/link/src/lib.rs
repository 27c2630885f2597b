//! How others reach a host: the local socket, the handshake, a framed connection, and starting one.
//!
//! * [`local`]: a listener and streams that only the same user can reach (Unix sockets, named pipes).
//! * [`handshake`]: the first exchange of a connection, for both sides.
//! * [`connection`]: a peer's connection to a host, blocking, usable from two threads.
//! * [`launch`]: a private copy of the host program, and starting it.
//!
//! docs/PROTOCOL.md describes what goes over the wire; its words are in `mainstay-protocol`.
#![cfg_attr(all(unix, not(target_os = "linux")), deny(unsafe_code))]
#![cfg_attr(not(all(unix, not(target_os = "linux"))), forbid(unsafe_code))]

pub mod connection;
mod error;
pub mod framed;
pub mod handshake;
pub mod launch;
pub mod local;

pub use connection::{Answers, Connection, Receiver, Sender};
pub use error::LinkError;
pub use framed::FrameReader;
pub use handshake::{Role, Tokens};
pub use local::{Listener, Stream};

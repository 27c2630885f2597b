//! What a host and its peers say to each other.
//!
//! A connection begins with the [`preface`], whose form never changes; it settles the version. From then on
//! both sides send frames: a length, a kind, a payload ([`wire`]). A peer's first frame is `Hello`, the host answers
//! with `Welcome` or `Refused`. After that one connection carries three streams side by side and answers requests:
//!
//! * **view**: lossy. A snapshot, then output, acknowledged by position; a viewer that falls behind gets a
//!   fresh snapshot in place of what it missed.
//! * **history**: lossless, by absolute line number, asked for piece by piece.
//! * **journal**: lossless, by entry number, acknowledged.
//!
//! docs/PROTOCOL.md describes every frame; a test holds it against this module.

pub mod from_host;
pub mod preface;
pub mod request;
pub mod to_host;
pub mod wire;

pub use from_host::{FromHost, Note, Refusal, Snapshot, Welcome};
pub use preface::{Preface, PrefaceError, VERSION};
pub use request::{Answer, ErrorCode, Failure, Hit, Lines, Operation, Query, Reply, Request};
pub use to_host::{Hello, OpenView, ToHost};
pub use wire::{FrameError, Frames, MAX_FRAME};

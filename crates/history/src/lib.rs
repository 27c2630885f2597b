//! Lines and checkpoints on disk.
//!
//! The folder `history/` of a session holds
//!
//! * **segments**: the lines that scrolled out, in files of some megabytes, see `segment.rs` and `block/mod.rs`;
//! * the **raw log**: what was read from the PTY since the last checkpoint, see `raw/mod.rs`;
//! * **checkpoints**: the state of the model, and how far the rest had come, see `checkpoint.rs`;
//! * `lock`, held by the one process that writes.
//!
//! [`Writer`] logs output before anything is made of it, stores the lines that come of it, and takes checkpoints.
//! After a crash the newest checkpoint and the raw log give the model's exact state (`recovery.rs`); the replay
//! yields the lines again that came after the checkpoint, so the segments are cut back to it first and every
//! line is there once. `sync.rs` says what a power failure can take.
//!
//! [`Reader`] reads lines, [`Search`] finds text in them, in a folder at rest or beside its writer, in the
//! same process ([`Shared`]) or another. Nothing read from a file is trusted: damage costs the lines it hits
//! and is told as [`Note`]s and [`Gap`]s, it never stops the rest from being read.
//!
//! A full disk stops lines and log, never the writer: what couldn't be kept is a gap, and when there is room
//! again everything goes on.

#![deny(unsafe_code)]

mod block;
mod bytes;
mod checkpoint;
pub mod disk;
pub mod error;
pub mod failpoints;
mod folder;
mod lines;
pub mod note;
mod opening;
mod purge;
mod raw;
mod reader;
mod recovery;
pub mod search;
mod segment;
pub mod settings;
mod shared;
mod state;
mod sync;
mod writer;

pub use disk::{Disk, Space, SystemDisk};
pub use error::HistoryError;
pub use lines::Lines;
pub use note::{Gap, GapReason, Note};
pub use purge::purge;
pub use raw::record::RawRecord;
pub use reader::Reader;
pub use recovery::Recovered;
pub use search::{ContextLine, Hit, Pattern, Query, Search};
pub use settings::{Floor, Retention, Settings};
pub use shared::Shared;
pub use sync::Syncer;
pub use writer::{Logging, Writer};

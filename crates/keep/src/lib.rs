//! The session folder: where sessions live, what is in their folders, and the keeper that writes there.
//!
//! * [`places`]: the folders of one user's Mainstay, found and checked.
//! * [`folder`]: the layout of one session's folder, its lock, its small files.
//! * [`journal`]: what happened in a run, entry by entry.
//! * [`Keeper`]: one run being kept. Terminal model, history and journal tied together so that a host killed at
//!   any moment loses nothing it had read.
//! * [`recover`]: settles what a dead host left. [`EndedView`]: shows a session without a host, changing nothing.
//!
//! # How nothing is lost and nothing is doubled
//!
//! Everything that alters the model (output, resizes) is logged before the model sees it. The model's state is
//! a function of the last checkpoint and of what was logged after it, and so are the lines of history: opening
//! a folder cuts the history back to the checkpoint and derives the rest again. The journal isn't cut back. Its
//! entries that the log causes say at which position of the output they happened ([`Entry::at`]); a replay
//! leaves out what was written already: everything before the last such position, and at that position as many
//! entries as are there. Replies, bells for viewers and clipboards belong to the moment and are never repeated.
//!
//! Positions count from 0 in each run, like the journal's numbers; lines count on through all runs of a session.
//!
//! [`Entry::at`]: mainstay_protocol::journal::Entry::at

#![forbid(unsafe_code)]

mod atomic;
mod effects;
mod ended;
mod error;
pub mod failpoints;
pub mod folder;
mod intake;
pub mod journal;
mod keeper;
mod limits;
mod past;
mod patient;
pub mod places;
mod private;
mod recovery;
mod saved;

pub use atomic::write as write_private;
pub use effects::Effects;
pub use ended::EndedView;
pub use error::KeepError;
pub use folder::{FolderLock, HostRecord, RunFolder, SessionFolder, SessionRecord};
pub use keeper::{Keeper, OpenReport, Settings, Syncer};
pub use past::Past;
pub use places::{PlaceError, Places, ResolveError};
pub use recovery::{Recovery, forget, recover};

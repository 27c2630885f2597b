//! Sessions, runs, events and settings in SQLite.
//!
//! One file, `DATA/mainstay.db`: WAL, `synchronous=FULL`, so that what a caller was told is stored survives a crash of the
//! program and of the machine (<https://www.sqlite.org/pragma.html#pragma_synchronous>). Terminal content isn't in it.
//!
//! * [`Store`]: opens the file, lets jobs write ([`Write`]) and look ([`Read`]), wakes whoever waits for events.
//! * [`StoreError`]: what can go wrong, in words.
//! * [`OpenReport`]: what opening found: a new file, a damaged one, one restored from a backup.
//!
//! One thread writes. It takes the jobs that wait, gives each a savepoint, and commits all of them with one sync: a job that
//! fails takes nothing of the others with it, and a job's changes are there whole or not at all. Everything that belongs
//! together, an event and the changes it comes with, is one job.

#![forbid(unsafe_code)]

mod access;
mod columns;
mod error;
pub mod failpoints;
mod job;
mod migrations;
mod open;
mod readers;
mod store;
mod tables;
mod tail;
mod writer;

pub use access::{Read, Write};
pub use error::StoreError;
pub use open::OpenReport;
pub use store::{Opened, Store};
pub use tables::events::NewEvent;
pub use tables::runs::RunRow;
pub use tables::sessions::{KnownSession, ResolveError, SessionRow};

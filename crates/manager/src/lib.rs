//! What happens to sessions and when.
//!
//! * [`Manager`]: everything that clients can ask for. One per data directory, held by a lock.
//! * [`lifecycle`]: the one pure function that changes a session's status.
//! * [`plan`], [`profile`], [`environment`], [`defaults`]: from what a person asked for to what a host is told.
//!
//! The truth is in the store; what a session's host writes into its journal is the only source of what happened in a run.
//! Following a live host, finishing after a dead one and making a lost database again take the same entries on the same
//! way, and entries that were taken before change nothing.

#![deny(unsafe_code)]

mod config;
pub mod defaults;
mod due;
mod engine;
pub mod environment;
mod error;
pub mod failpoints;
mod follow;
mod foreground;
mod health;
pub mod lifecycle;
mod manager;
mod notice;
mod open;
mod operations;
pub mod plan;
mod present;
pub mod profile;
pub mod project;
mod record;
mod reopen;
mod rulebook;
mod subscribe;
pub mod summary;
mod timers;
mod work;

pub use config::Config;
pub use defaults::Defaults;
pub(crate) use engine::Engine;
pub use error::OpenError;
pub use foreground::Window;
pub use health::Health;
pub use manager::Manager;
pub use open::OpenReport;
pub use profile::Profile;
pub use subscribe::Subscription;

//! What the tests of the real programs share.
//!
//! The host program is looked for beside `mainstay` and brought up to date with `cargo build -p mainstay-host`, so that
//! `cargo test -p mainstay-cli` alone is enough.
//!
//! Nothing here sleeps: a test waits for output to come, for a process to end, or for tmux to say that something changed,
//! and fails after [`PATIENCE`].

pub(crate) mod house;
pub(crate) mod outer;
pub(crate) mod programs;
pub(crate) mod tmux;
pub(crate) mod world;

use std::time::Duration;

/// How long anything may take before a test fails: far more than it needs on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

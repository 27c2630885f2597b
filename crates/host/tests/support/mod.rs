//! Runs the real `mainstay-host` in a data directory of its own, and talks to it.
//!
//! Nothing here sleeps: a client waits for frames until what a test expects has come. A watchdog ends a connection on which
//! that takes too long, so that a test fails with what it has seen instead of hanging.
#![expect(dead_code, reason = "each test file uses its part")]
#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "part of tests, without being one"
)]

pub(crate) mod client;
pub(crate) mod home;

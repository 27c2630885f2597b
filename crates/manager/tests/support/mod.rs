//! A data directory of a test's own, with real hosts, and waiting for events.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod ground;
pub(crate) mod watch;

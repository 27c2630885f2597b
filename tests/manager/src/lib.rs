//! What the tests of the manager share: a data directory of their own, a steward that is killed, and the look at what is left.
//!
//! The promise under test (P1, P6, DESIGN "Manager"): whenever the manager is killed, the next one finds every session in
//! its true state, with every event once and in order; what was acknowledged before holds, and nothing is left over.
//!
//! * [`home`]: a data directory. [`stewards`]: processes that hold a manager on it and are killed.
//! * [`steward`], [`programs`], [`script`], [`rambling`]: what a steward does. [`log`]: what it writes down of it.
//! * [`three`]: sessions for tests that look at something else.
//! * [`checks`]: what must hold of the store, the folders and the processes. [`until`]: waiting for it by events.
#![cfg(unix)]
#![expect(
    clippy::panic,
    reason = "all of this is for tests, where a panic is the verdict"
)]

pub mod checks;
pub mod clock;
pub mod home;
pub mod lines;
pub mod log;
pub mod processes;
pub mod programs;
pub mod rambling;
pub mod random;
pub mod script;
pub mod steward;
pub mod stewards;
pub mod three;
pub mod until;

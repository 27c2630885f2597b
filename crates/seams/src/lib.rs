//! The two places where a test takes hold of a running program.
//!
//! * [`clock`]: whoever needs the time takes a [`Clock`]; the programs pass a [`SystemClock`], tests a
//!   [`TestClock`] that they move themselves. Timers wait through the clock, so they follow it.
//! * [`failpoint`]: named places where a test kills the process, holds it, or lets an operation fail.
//!
//! Nothing else belongs here: a seam that only one crate needs is a parameter of that crate.

#![forbid(unsafe_code)]

pub mod clock;
pub mod failpoint;

pub use clock::{Alarm, Clock, SystemClock, TestClock, Wake};

//! What the crash tests share: the text a scribe prints, hosts that are started to be killed, and the look at what is left.
//!
//! The promise under test (P6, DESIGN "Host"): kill -9 of the host loses nothing that it had read. History, screen and
//! journal are there up to the last byte, once, in order. A program can't see what its terminal's other side has read, but it
//! knows what the kernel took from it, and the kernel holds a bounded amount: what is recovered may be behind what was written by
//! that amount and by no more.
#![cfg(unix)]
#![expect(
    clippy::panic,
    reason = "all of this is for tests, where a panic is the verdict"
)]

pub mod folder;
pub mod host;
pub mod text;

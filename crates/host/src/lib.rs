//! The host: the process that holds one run of a session.
//!
//! It owns the PTY and the processes in it, understands what they draw, keeps every line, and serves any number of viewers.
//! It outlives whoever started it. No tokio: a handful of threads, each with one job.
//!
//! | thread | does | waits for |
//! | --- | --- | --- |
//! | reading ([`run`]) | PTY → keeper → replies, viewers | output; never for a peer or the disk beyond the log |
//! | input ([`input`]) | types what the terminal had no room for | room in the terminal |
//! | reaper ([`tree`]) | reaps the program and its orphans | their ends |
//! | timers ([`run`]) | time limits, the grace of a stop, the folder the session is in, the end of the host | the clock |
//! | sync ([`run`]) | makes durable what was written | 4 s after something was written |
//! | accept, two per peer ([`peers`]) | frames in, frames out | the peer |
//!
//! `start` ([`start`]) is the short-lived program that brings a host to life and tells how that went.
//!
//! When the host itself is killed, the kernel closes the PTY and its programs get SIGHUP; everything that was read is in the
//! session's folder, and whoever opens that next settles the run.

#![deny(unsafe_code)]

pub mod cwd;
pub mod failpoints;
pub mod hub;
pub mod input;
pub mod log;
pub mod peers;
pub mod pty;
pub mod run;
pub mod start;
pub mod system;
pub mod tree;

//! The real `mainstay` with the real host: under a PTY, in tmux, and as a script runs it.
#![cfg(unix)]
#![expect(
    clippy::indexing_slicing,
    reason = "a test that looks in the wrong place fails"
)]

mod attach;
mod look;
#[cfg(target_os = "linux")]
mod managed;
mod restore;
mod support;
mod tmux;

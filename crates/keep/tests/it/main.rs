//! The session folder and the keeper against real files and real processes.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a panic is a test's verdict, and the killed child tells its parent how far it came"
)]

#[cfg(unix)]
mod crash;
mod damage;
mod keeper;
#[cfg(unix)]
mod places;
#[cfg(unix)]
mod private;
mod support;

//! The terminal that `attach` runs in: the outer one, as opposed to the session's own.
//!
//! * [`reset`]: what is written to it on the way in and out;
//! * [`Outer`]: raw mode, size, reading and writing (one file per system);
//! * [`Hold`]: holds it in raw mode and gives it back on every way out.

mod hold;
mod reset;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub(crate) use hold::{Hold, Until};
pub(crate) use reset::{Extent, modes};
#[cfg(unix)]
pub(crate) use unix::Outer;
#[cfg(windows)]
pub(crate) use windows::Outer;

/// Why the outer terminal can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OuterError {
    /// Input or output is a file or a pipe.
    #[error(
        "attach needs a terminal for its input and output; for a script use `mainstay screen` or `mainstay search`"
    )]
    NoTerminal,
    /// The terminal said no.
    #[error("the terminal can't be set up: {0}; is it still open?")]
    Setup(#[source] std::io::Error),
}

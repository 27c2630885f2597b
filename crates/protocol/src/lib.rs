//! The words the parts of Mainstay share.
//!
//! Everything that crosses a border between two parts is defined here, once: ids, times, sizes, lines of
//! history, the specification of a run, its outcome, its journal, and the frames that a host and its peers
//! exchange. Nothing here does I/O, reads a clock, or knows how the parts work inside.

pub mod frame;
pub mod id;
pub mod journal;
pub mod line;
pub mod outcome;
pub mod size;
pub mod spec;
pub mod state;
pub mod text;
pub mod time;

pub use id::{IdError, RunId, SessionId};
pub use line::{Attrs, Color, Line, Style, StyleRun, Underline};
pub use size::Size;
pub use time::Timestamp;

//! The words the parts of Mainstay share.
//!
//! Everything that crosses a border between two parts is defined here, once: ids, times, sizes, lines of
//! history, the specification of a run, its outcome, its journal, the frames that a host and its peers
//! exchange, sessions and their events as the manager's clients see them. Nothing here does I/O, reads a clock, or knows how the parts work inside.

pub mod event;
pub mod frame;
pub mod id;
pub mod journal;
pub mod line;
pub mod outcome;
pub mod problem;
pub mod session;
pub mod size;
pub mod spec;
pub mod state;
pub mod text;
pub mod time;

pub use event::{EventKind, SessionEvent};
pub use id::{IdError, RunId, SessionId};
pub use line::{Attrs, Color, Line, Style, StyleRun, Underline};
pub use problem::{Code, Problem};
pub use size::Size;
pub use time::Timestamp;

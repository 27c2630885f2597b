//! The terminal model: a program's output goes in; both screens, lines of history, meaning, the replies
//! to queries and a stream that is safe for viewers come out. It does no I/O and knows no time.
//!
//! [`Terminal`] is the entry; a [`Sink`] receives what comes out.
#![forbid(unsafe_code)]

mod bytes;
mod cell;
mod charset;
pub mod checkpoint;
mod encoding;
mod grid;
mod intern;
pub mod limits;
mod lines;
mod modes;
pub mod options;
mod paint;
mod palette;
mod parser;
mod reflow;
mod row;
pub mod sink;
mod style;
mod tabs;
mod terminal;
mod view;
pub mod width;

pub use checkpoint::{Checkpoint, RestoreError};
pub use options::{Options, Theme};
pub use sink::{Event, Sink};
pub use terminal::Terminal;

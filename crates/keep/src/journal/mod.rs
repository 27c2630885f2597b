//! The journal of a run on disk: one [`Entry`] per line as JSON, in order, numbered from 1 without gaps.
//!
//! Lines are appended whole; the entries that one read of output causes go in one write. A line without its line
//! feed is one that a killed host was writing: it was told to nobody, readers pass over it and the next writer
//! cuts it off. What else can't be read (damage by the disk) ends the journal at that place; the writer keeps
//! the cut part in `journal.damaged`.

mod reader;
mod sync;
mod writer;

pub use mainstay_protocol::journal::{Entry, Event};
pub use reader::Reader;
pub(crate) use reader::Summary;
pub use sync::JournalSync;
pub(crate) use writer::{Damage, JournalWriter};

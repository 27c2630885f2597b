//! The tables, one file or folder each: how it is made, its row, what is read and written.

pub(crate) mod events;
pub(crate) mod meta;
pub(crate) mod runs;
pub(crate) mod sessions;
pub(crate) mod settings;

/// Their names.
pub(crate) const NAMES: [&str; 5] = ["meta", "sessions", "runs", "events", "settings"];

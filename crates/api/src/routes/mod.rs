//! The handlers, one file per domain. Each reads its request, calls the manager once and writes the answer.

pub(crate) mod events;
pub(crate) mod foreground;
pub(crate) mod lifecycle;
pub(crate) mod manager;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod stream;
pub(crate) mod terminal;

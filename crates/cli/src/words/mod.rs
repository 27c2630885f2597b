//! What programs know, in words for people: ends, lengths of time, statuses, events.

mod event;
mod outcome;
mod status;
mod time;

pub(crate) use event::event;
pub(crate) use outcome::outcome;
pub(crate) use status::{note, reached, status, style, why};
pub(crate) use time::{age, ago, duration};

//! Answering requests.
//!
//! * [`router`]: which request goes where; the handlers are in [`crate::routes`], one file per domain.
//! * [`guard`]: what every request must pass: the token, and that the manager isn't closing.
//! * [`body`], [`query`]: reading requests. [`problem`]: refusing them.
//! * [`calls`]: the one place where a request waits for the manager.
//! * [`feed`]: the newest events for all streams.

pub(crate) mod body;
pub(crate) mod calls;
pub(crate) mod closing;
mod counted;
pub(crate) mod feed;
pub(crate) mod guard;
pub(crate) mod problem;
pub(crate) mod pump;
pub(crate) mod query;
pub(crate) mod router;
pub(crate) mod state;

//! Sessions as the manager, its store and its clients speak of them.
//!
//! * [`Status`]: the stored lifecycle.
//! * [`Settings`]: what a person asked for; enough to start the session again.
//! * [`Session`], [`Run`]: what is known of one, for lists and details.
//! * [`request`]: what clients ask the manager for. [`query`]: lists.

pub mod query;
pub mod request;
mod settings;
mod status;
mod view;

pub use query::{EventQuery, Order, SessionPage, SessionQuery, SortBy};
pub use request::{Change, Delete, NewSession, Start, Stop};
pub use settings::{CleanUp, Retry, Settings, Success, Timeouts};
pub use status::{Status, UnknownStatus};
pub use view::{Retrying, Run, Session};

//! One run, from its spec to its end.

mod begin;
mod core;
mod courtesy;
mod ending;
mod folder;
mod host;
mod reading;
mod serve;
mod sync;
mod timers;

pub use begin::begin;
pub use core::Core;
pub use host::Host;
pub use serve::run;

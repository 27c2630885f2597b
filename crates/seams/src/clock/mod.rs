//! Time as a parameter.
//!
//! A [`Clock`] tells the time and lets a thread wait for a point in time. A timer thread owns an [`Alarm`],
//! hands clones of it to whoever may change its plans, and calls [`Clock::wait`] with its next deadline:
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use mainstay_seams::{Alarm, Clock, TestClock, Wake};
//!
//! let clock = Arc::new(TestClock::default());
//! let alarm = Alarm::default();
//! let timer = std::thread::spawn({
//!     let (clock, alarm) = (Arc::clone(&clock), alarm.clone());
//!     move || clock.wait(&alarm, Some(Duration::from_secs(60)))
//! });
//! clock.until_waiting(1);
//! clock.advance(Duration::from_secs(60));
//! assert_eq!(timer.join().ok(), Some(Wake::Deadline));
//! ```

mod alarm;
mod system;
mod test;

use std::fmt::Debug;
use std::time::Duration;

use mainstay_protocol::Timestamp;

pub use alarm::Alarm;
pub use system::SystemClock;
pub use test::TestClock;

/// Where the time comes from.
pub trait Clock: Send + Sync + Debug {
    /// The wall clock: what people read. May jump either way.
    fn now(&self) -> Timestamp;

    /// Time since an arbitrary start that is fixed for this clock; never goes back. Time in which the machine
    /// slept counts or not as the system's monotonic clock has it. Values of different clocks say nothing of
    /// each other.
    fn monotonic(&self) -> Duration;

    /// Blocks until `alarm` rings or [`Self::monotonic`] reaches `deadline`; without a deadline only the alarm
    /// ends the wait. An alarm that rang before the call ends it at once and is silent again afterwards; if both
    /// are true the alarm is reported. One thread at a time waits on one alarm.
    fn wait(&self, alarm: &Alarm, deadline: Option<Duration>) -> Wake;
}

/// What ended a [`Clock::wait`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// Somebody rang the alarm.
    Alarm,
    /// The deadline was reached.
    Deadline,
}

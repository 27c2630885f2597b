//! Measuring time.

use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

/// Measures from its making.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "measuring real time is what this program is for"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    pub(crate) fn millis(self) -> f64 {
        self.seconds() * 1e3
    }
}

/// The monotonic clock in milliseconds: the same for all processes of the machine.
#[expect(
    clippy::cast_precision_loss,
    reason = "a double has nanoseconds for a hundred days of milliseconds"
)]
pub(crate) fn machine_millis() -> f64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}

//! Pauses between attempts.

use std::time::Duration;

use mainstay_seams::{Alarm, Clock};

/// Pauses that double up to a limit.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    most: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, most: Duration) -> Self {
        Self {
            first,
            most,
            next: first,
        }
    }

    /// Between attempts to reach a host, or to see it gone.
    pub(crate) fn for_host() -> Self {
        Self::new(Duration::from_millis(10), Duration::from_secs(2))
    }

    /// Between attempts to store something.
    pub(crate) fn for_store() -> Self {
        Self::new(Duration::from_secs(1), Duration::from_secs(30))
    }

    /// It went well: the next pause is short again.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }

    /// Waits for the pause's end or the alarm.
    pub(crate) fn pause(&mut self, clock: &dyn Clock, alarm: &Alarm) {
        let deadline = clock.monotonic().saturating_add(self.next);
        clock.wait(alarm, Some(deadline));
        self.next = self.next.saturating_mul(2).min(self.most);
    }
}

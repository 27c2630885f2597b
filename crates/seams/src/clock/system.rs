//! The machine's own clock.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use mainstay_protocol::Timestamp;

use super::{Alarm, Clock, Wake};

/// The machine's own clock. The monotonic one counts from the first use in the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the monotonic clock"
    )]
    fn monotonic(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn wait(&self, alarm: &Alarm, deadline: Option<Duration>) -> Wake {
        alarm.wait_while(|| deadline.map(|deadline| deadline.saturating_sub(self.monotonic())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reached_deadline_does_not_block() {
        let clock = SystemClock;
        let now = clock.monotonic();
        assert_eq!(
            clock.wait(&Alarm::default(), Some(now)),
            Wake::Deadline,
            "the deadline has passed"
        );
        let soon = clock.monotonic() + Duration::from_millis(2);
        assert_eq!(clock.wait(&Alarm::default(), Some(soon)), Wake::Deadline);
        assert!(clock.monotonic() >= soon, "a wait never ends early");
    }

    #[test]
    fn an_alarm_ends_a_wait_without_deadline() {
        let alarm = Alarm::default();
        let ringer = std::thread::spawn({
            let alarm = alarm.clone();
            move || alarm.ring()
        });
        assert_eq!(SystemClock.wait(&alarm, None), Wake::Alarm);
        ringer.join().expect("the ringer ends");
    }
}

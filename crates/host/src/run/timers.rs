//! The clocks of a run: one thread waits for all of them.

use std::sync::Arc;
use std::time::Duration;

use mainstay_seams::{Alarm, Clock, Wake};
use parking_lot::Mutex;

/// What can become due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timer {
    /// The run is not ready in time.
    Start,
    /// The run took too long.
    Run,
    /// The grace of a stop is over, or the last kill was not enough.
    Kill,
    /// What the screen says may be told again.
    Screen,
    /// The screen may be matched against the readiness pattern again.
    Pattern,
    /// The keeper may look after itself.
    Tick,
    /// Nobody came, or went on, after the end.
    Linger,
    /// A flood may be looked after.
    Courtesy,
    /// The program may have gone to another folder.
    Folder,
}

const COUNT: usize = 9;

/// Deadlines on the monotonic clock, one per [`Timer`].
#[derive(Debug)]
pub(super) struct Timers {
    clock: Arc<dyn Clock>,
    alarm: Alarm,
    deadlines: Mutex<[Option<Duration>; COUNT]>,
}

impl Timers {
    /// Timers of this clock, none set.
    #[must_use]
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            alarm: Alarm::default(),
            deadlines: Mutex::new([None; COUNT]),
        }
    }

    /// Sets a timer to so long from now, whatever it was set to.
    pub(super) fn set(&self, timer: Timer, after: Duration) {
        let at = self.clock.monotonic() + after;
        self.put(timer, Some(at));
        self.alarm.ring();
    }

    /// Sets a timer unless it is set already; true if it was not.
    pub(super) fn set_unless_set(&self, timer: Timer, after: Duration) -> bool {
        let at = self.clock.monotonic() + after;
        {
            let mut deadlines = self.deadlines.lock();
            match deadlines.get_mut(timer as usize) {
                Some(slot @ None) => *slot = Some(at),
                _ => return false,
            }
        }
        self.alarm.ring();
        true
    }

    /// Stops a timer.
    pub(super) fn clear(&self, timer: Timer) {
        self.put(timer, None);
    }

    /// Makes [`Timers::next`] return nothing once, so that its caller looks around.
    pub(super) fn nudge(&self) {
        self.alarm.ring();
    }

    /// Waits for the next timer that is due and clears it; nothing after a nudge or a change.
    pub(super) fn next(&self) -> Option<Timer> {
        let earliest = self.deadlines.lock().iter().flatten().min().copied();
        if self.clock.wait(&self.alarm, earliest) == Wake::Alarm {
            return None;
        }
        let now = self.clock.monotonic();
        let mut deadlines = self.deadlines.lock();
        let due = ALL
            .into_iter()
            .zip(deadlines.iter_mut())
            .find(|(_, at)| at.is_some_and(|at| at <= now));
        due.map(|(timer, at)| {
            *at = None;
            timer
        })
    }

    fn put(&self, timer: Timer, at: Option<Duration>) {
        if let Some(slot) = self.deadlines.lock().get_mut(timer as usize) {
            *slot = at;
        }
    }
}

const ALL: [Timer; COUNT] = [
    Timer::Start,
    Timer::Run,
    Timer::Kill,
    Timer::Screen,
    Timer::Pattern,
    Timer::Tick,
    Timer::Linger,
    Timer::Courtesy,
    Timer::Folder,
];

#[cfg(test)]
mod tests {
    use mainstay_seams::TestClock;

    use super::*;

    #[test]
    fn timers_come_in_their_order() {
        let clock = Arc::new(TestClock::default());
        let timers = Timers::new(Arc::clone(&clock) as Arc<dyn Clock>);
        timers.set(Timer::Run, Duration::from_secs(9));
        timers.set(Timer::Start, Duration::from_secs(5));
        timers.set(Timer::Kill, Duration::from_secs(6));
        timers.clear(Timer::Kill);
        assert!(
            !timers.set_unless_set(Timer::Run, Duration::ZERO),
            "it is set"
        );
        assert_eq!(timers.next(), None, "the changes wake once");
        clock.advance(Duration::from_secs(20));
        assert_eq!(timers.next(), Some(Timer::Start));
        assert_eq!(timers.next(), Some(Timer::Run));
        timers.nudge();
        assert_eq!(timers.next(), None, "nothing else is due");
    }
}

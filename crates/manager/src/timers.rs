//! What is due later: one thread waits for all of it, by the monotonic clock.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use mainstay_protocol::{SessionId, Timestamp};
use mainstay_seams::{Alarm, Clock, Wake};
use parking_lot::Mutex;

/// Something that is due at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Due {
    /// A new run after a failure.
    Retry(SessionId),
    /// A session is deleted by itself.
    CleanUp(SessionId),
    /// What changed of a session may be told again.
    Updated(SessionId),
    /// A thread that follows the session's run is tried to be started again.
    Follow(SessionId),
    /// What has grown old in the log is forgotten.
    Forget,
    /// Somebody who looked at the store found it damaged.
    Reopen,
}

/// What is due when.
#[derive(Debug)]
pub(crate) struct Timers {
    clock: Arc<dyn Clock>,
    alarm: Alarm,
    plan: Mutex<Plan>,
}

#[derive(Debug, Default)]
struct Plan {
    by_time: BTreeSet<(Duration, Due)>,
    times: HashMap<Due, Duration>,
    closed: bool,
}

impl Timers {
    /// Nothing is due.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            alarm: Alarm::default(),
            plan: Mutex::new(Plan::default()),
        }
    }

    /// Plans something for so long from now, whatever was planned of it before.
    pub(crate) fn set(&self, due: Due, after: Duration) {
        let at = self.clock.monotonic().saturating_add(after);
        let mut plan = self.plan.lock();
        plan.remove(&due);
        plan.times.insert(due.clone(), at);
        plan.by_time.insert((at, due));
        drop(plan);
        self.alarm.ring();
    }

    /// The same unless it is planned already.
    pub(crate) fn set_unless_set(&self, due: Due, after: Duration) {
        let planned = self.plan.lock().times.contains_key(&due);
        if !planned {
            self.set(due, after);
        }
    }

    /// Plans nothing of it any more.
    pub(crate) fn clear(&self, due: &Due) {
        self.plan.lock().remove(due);
    }

    /// Waits for what is due next; nothing once closed.
    pub(crate) fn next(&self) -> Option<Due> {
        loop {
            let earliest = {
                let mut plan = self.plan.lock();
                if plan.closed {
                    return None;
                }
                let first = plan.by_time.first().cloned();
                match first {
                    Some((at, due)) if at <= self.clock.monotonic() => {
                        plan.remove(&due);
                        return Some(due);
                    }
                    first => first.map(|(at, _)| at),
                }
            };
            // A ring means that the plan changed.
            let (Wake::Alarm | Wake::Deadline) = self.clock.wait(&self.alarm, earliest);
        }
    }

    /// Ends [`Timers::next`] for good.
    pub(crate) fn close(&self) {
        self.plan.lock().closed = true;
        self.alarm.ring();
    }
}

impl Plan {
    fn remove(&mut self, due: &Due) {
        if let Some(at) = self.times.remove(due) {
            self.by_time.remove(&(at, due.clone()));
        }
    }
}

/// How long until a time of the wall clock that was planned as `delay` from some moment. Never longer than that delay: a
/// wall clock that went back in between postpones nothing beyond it.
pub(crate) fn left(at: Timestamp, now: Timestamp, delay: Duration) -> Duration {
    at.since(now).min(delay)
}

#[cfg(test)]
mod tests {
    use mainstay_seams::TestClock;

    use super::*;

    fn session(id: &str) -> SessionId {
        id.parse().expect("an id")
    }

    #[test]
    fn what_is_due_comes_in_order() {
        let clock = Arc::new(TestClock::default());
        let timers = Timers::new(Arc::clone(&clock) as Arc<dyn Clock>);
        timers.set(Due::Retry(session("a")), Duration::from_secs(9));
        timers.set(Due::CleanUp(session("b")), Duration::from_secs(5));
        timers.set(Due::Retry(session("c")), Duration::from_secs(1));
        timers.clear(&Due::Retry(session("c")));
        timers.set(Due::Retry(session("a")), Duration::from_secs(2));
        timers.set_unless_set(Due::Retry(session("a")), Duration::ZERO);
        clock.advance(Duration::from_secs(20));
        assert_eq!(timers.next(), Some(Due::Retry(session("a"))));
        assert_eq!(timers.next(), Some(Due::CleanUp(session("b"))));
        timers.close();
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_wall_clock_that_jumps_moves_nothing() {
        let clock = Arc::new(TestClock::default());
        let timers = Arc::new(Timers::new(Arc::clone(&clock) as Arc<dyn Clock>));
        timers.set(Due::Forget, Duration::from_secs(60));
        let waits = std::thread::spawn({
            let timers = Arc::clone(&timers);
            move || timers.next()
        });
        clock.until_waiting_for(Duration::from_secs(60));
        clock.set_wall(Timestamp(u64::MAX / 2));
        clock.advance(Duration::from_secs(59));
        clock.set_wall(Timestamp(0));
        assert!(!waits.is_finished(), "a second is left");
        clock.advance(Duration::from_secs(1));
        assert_eq!(waits.join().expect("it ends"), Some(Due::Forget));
    }

    #[test]
    fn a_restart_waits_for_what_was_left_and_no_longer() {
        let delay = Duration::from_millis(100);
        let at = Timestamp(10_000);
        assert_eq!(left(at, Timestamp(9_960), delay).as_millis(), 40);
        assert_eq!(left(at, Timestamp(20_000), delay).as_millis(), 0);
        assert_eq!(left(at, Timestamp(5), delay), delay, "the clock went back");
    }
}

//! A clock that a test moves.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mainstay_protocol::Timestamp;

use super::{Alarm, Clock, Wake};

/// A clock that stands still until a test moves it. Moving it wakes the threads that wait through it.
#[derive(Debug)]
pub struct TestClock {
    state: Mutex<State>,
    waiters_changed: Condvar,
}

#[derive(Debug)]
struct State {
    wall: Timestamp,
    monotonic: Duration,
    waiting: Vec<(Alarm, Option<Duration>)>,
}

impl Default for TestClock {
    /// Starts at 2026-11-20T15:36:00Z.
    fn default() -> Self {
        Self::starting_at(Timestamp(1_795_188_960_000))
    }
}

impl TestClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn starting_at(wall: Timestamp) -> Self {
        Self {
            state: Mutex::new(State {
                wall,
                monotonic: Duration::ZERO,
                waiting: Vec::new(),
            }),
            waiters_changed: Condvar::new(),
        }
    }

    /// Lets time pass on both clocks and wakes whoever waited for it.
    pub fn advance(&self, by: Duration) {
        let waiting: Vec<Alarm> = {
            let mut state = self.lock();
            state.monotonic += by;
            let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
            state.wall = Timestamp(state.wall.millis().saturating_add(millis));
            state
                .waiting
                .iter()
                .map(|(alarm, _)| alarm.clone())
                .collect()
        };
        // Outside the lock: a waiter asks for the time while it holds its alarm.
        for alarm in waiting {
            alarm.nudge();
        }
    }

    /// Sets the wall clock alone, as an administrator or a time server does.
    pub fn set_wall(&self, wall: Timestamp) {
        self.lock().wall = wall;
    }

    /// Blocks until at least `threads` threads wait through this clock: from then on [`Self::advance`] reaches
    /// them.
    pub fn until_waiting(&self, threads: usize) {
        let mut state = self.lock();
        while state.waiting.len() < threads {
            state = self
                .waiters_changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Blocks until a thread waits for exactly this point of the monotonic clock.
    pub fn until_waiting_for(&self, deadline: Duration) {
        let mut state = self.lock();
        while !state.waiting.iter().any(|&(_, at)| at == Some(deadline)) {
            state = self
                .waiters_changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.lock().wall
    }

    fn monotonic(&self) -> Duration {
        self.lock().monotonic
    }

    fn wait(&self, alarm: &Alarm, deadline: Option<Duration>) -> Wake {
        self.lock().waiting.push((alarm.clone(), deadline));
        self.waiters_changed.notify_all();
        let wake = alarm.wait_while(|| {
            let deadline = deadline?;
            // Real time does not count: either it is reached or only a nudge can change that.
            Some(if self.monotonic() >= deadline {
                Duration::ZERO
            } else {
                Duration::MAX
            })
        });
        let mut state = self.lock();
        if let Some(at) = state.waiting.iter().position(|(a, _)| a.is(alarm)) {
            state.waiting.swap_remove(at);
        }
        wake
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn waiter(
        clock: &Arc<TestClock>,
        alarm: &Alarm,
        seconds: u64,
    ) -> std::thread::JoinHandle<(Wake, Duration)> {
        let (clock, alarm) = (Arc::clone(clock), alarm.clone());
        std::thread::spawn(move || {
            let wake = clock.wait(&alarm, Some(Duration::from_secs(seconds)));
            (wake, clock.monotonic())
        })
    }

    #[test]
    fn time_passes_only_by_the_test() {
        let clock = Arc::new(TestClock::default());
        let before = clock.now();
        let first = waiter(&clock, &Alarm::default(), 5);
        let second = waiter(&clock, &Alarm::default(), 60);
        clock.until_waiting(2);
        clock.advance(Duration::from_secs(5));
        let (wake, at) = first.join().expect("the first waiter ends");
        assert_eq!(
            (wake, at),
            (Wake::Deadline, Duration::from_secs(5)),
            "its deadline came"
        );
        assert!(!second.is_finished(), "the other's did not");
        clock.until_waiting_for(Duration::from_secs(60));
        clock.advance(Duration::from_secs(55));
        assert_eq!(
            second.join().expect("the second waiter ends").0,
            Wake::Deadline
        );
        assert_eq!(
            clock.now().since(before),
            Duration::from_secs(60),
            "the wall clock went along"
        );
    }

    #[test]
    fn an_alarm_wakes_before_the_deadline() {
        let clock = Arc::new(TestClock::default());
        let alarm = Alarm::default();
        let thread = waiter(&clock, &alarm, 60);
        clock.until_waiting(1);
        alarm.ring();
        assert_eq!(thread.join().expect("the waiter ends").0, Wake::Alarm);
    }
}

//! A clock that runs, and jumps when told.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mainstay_protocol::Timestamp;
use mainstay_seams::{Alarm, Clock, SystemClock, Wake};

/// The machine's clock with what a test added to it. A manager with a clock that stands would never see its hosts go.
#[derive(Debug, Default)]
pub struct JumpingClock {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Milliseconds.
    wall: i64,
    monotonic: Duration,
    waiting: BTreeMap<u64, Alarm>,
    waited: u64,
}

impl JumpingClock {
    /// The wall clock jumps by so many milliseconds, as an administrator or a time server sets it.
    pub fn jump_wall(&self, by_ms: i64) {
        self.lock().wall += by_ms;
    }

    /// Time passes that nobody has to wait for.
    pub fn pass(&self, time: Duration) {
        let waiting = {
            let mut state = self.lock();
            state.wall += i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            state.monotonic += time;
            state.waiting.values().cloned().collect::<Vec<_>>()
        };
        // A ring says no more than: look again.
        for alarm in waiting {
            alarm.ring();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for JumpingClock {
    fn now(&self) -> Timestamp {
        let wall = self.lock().wall;
        Timestamp(SystemClock.now().millis().saturating_add_signed(wall))
    }

    fn monotonic(&self) -> Duration {
        let added = self.lock().monotonic;
        SystemClock.monotonic() + added
    }

    fn wait(&self, alarm: &Alarm, deadline: Option<Duration>) -> Wake {
        let (number, added) = {
            let mut state = self.lock();
            state.waited += 1;
            let number = state.waited;
            state.waiting.insert(number, alarm.clone());
            (number, state.monotonic)
        };
        let real = deadline.map(|deadline| deadline.saturating_sub(added));
        let wake = SystemClock.wait(alarm, real);
        self.lock().waiting.remove(&number);
        wake
    }
}

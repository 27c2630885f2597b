//! The bell by which a waiting thread is woken before its deadline.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Wake;

/// Wakes the thread that waits for it ([`super::Clock::wait`]). Clones are the same alarm.
///
/// Rings are not counted: whoever is woken looks at everything that may have changed.
#[derive(Debug, Clone, Default)]
pub struct Alarm {
    bell: Arc<Bell>,
}

#[derive(Debug, Default)]
struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl Alarm {
    /// Wakes the waiting thread, or the next one that waits.
    pub fn ring(&self) {
        *self.lock() = true;
        self.bell.changed.notify_all();
    }

    /// Lets the waiting thread look at its clock again without ringing.
    pub(super) fn nudge(&self) {
        // The lock orders the nudge after a waiter's look at the clock: without it, a waiter between that
        // look and its sleep would miss the nudge.
        let held = self.lock();
        self.bell.changed.notify_all();
        drop(held);
    }

    /// Whether both are the same alarm.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.bell, &other.bell)
    }

    /// Waits until rung, or until `left` says that no time is left. `left` is asked again after every wake;
    /// its `None` means there is no deadline, [`Duration::MAX`] to sleep until nudged.
    pub(super) fn wait_while(&self, left: impl Fn() -> Option<Duration>) -> Wake {
        let mut rung = self.lock();
        loop {
            if std::mem::take(&mut *rung) {
                return Wake::Alarm;
            }
            let changed = &self.bell.changed;
            rung = match left() {
                Some(Duration::ZERO) => return Wake::Deadline,
                None | Some(Duration::MAX) => {
                    changed.wait(rung).unwrap_or_else(PoisonError::into_inner)
                }
                Some(left) => {
                    let waited = changed.wait_timeout(rung, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        // A flag can't be left half changed by a panic.
        self.bell
            .rung
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

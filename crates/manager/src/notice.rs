//! Waiting until something is true, by the clock that everything else follows.

use std::time::Duration;

use mainstay_seams::{Alarm, Clock, Wake};
use parking_lot::Mutex;

/// Wakes those who wait for a change. Whoever makes one calls [`Notice::tell`] afterwards.
#[derive(Debug, Default)]
pub(crate) struct Notice {
    waiting: Mutex<Vec<(u64, Alarm)>>,
}

impl Notice {
    /// Something changed.
    pub(crate) fn tell(&self) {
        for (_, alarm) in self.waiting.lock().iter() {
            alarm.ring();
        }
    }

    /// Waits until `look` finds something; nothing if the deadline, of the monotonic clock, comes first.
    pub(crate) fn wait<T>(
        &self,
        clock: &dyn Clock,
        deadline: Option<Duration>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let waiter = self.join();
        loop {
            if let Some(found) = look() {
                return Some(found);
            }
            if clock.wait(&waiter.alarm, deadline) == Wake::Deadline {
                return look();
            }
        }
    }

    fn join(&self) -> Waiter<'_> {
        let alarm = Alarm::default();
        let mut waiting = self.waiting.lock();
        let id = waiting.last().map_or(0, |(id, _)| id + 1);
        waiting.push((id, alarm.clone()));
        Waiter {
            notice: self,
            id,
            alarm,
        }
    }
}

/// Somebody who waits, until dropped.
struct Waiter<'a> {
    notice: &'a Notice,
    id: u64,
    alarm: Alarm,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.notice.waiting.lock().retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use mainstay_seams::TestClock;

    use super::*;

    #[test]
    fn a_change_or_the_deadline_ends_the_wait() {
        let clock = Arc::new(TestClock::default());
        let notice = Arc::new(Notice::default());
        let done = Arc::new(AtomicBool::new(false));
        let waits = |deadline| {
            let (clock, notice, done) =
                (Arc::clone(&clock), Arc::clone(&notice), Arc::clone(&done));
            std::thread::spawn(move || {
                notice.wait(clock.as_ref(), deadline, || {
                    done.load(Ordering::SeqCst).then_some(())
                })
            })
        };
        let early = waits(Some(Duration::from_secs(5)));
        let late = waits(None);
        clock.until_waiting(2);
        clock.advance(Duration::from_secs(5));
        assert_eq!(early.join().expect("it ends"), None, "the deadline came");
        done.store(true, Ordering::SeqCst);
        notice.tell();
        assert_eq!(late.join().expect("it ends"), Some(()), "it was told");
        assert!(notice.waiting.lock().is_empty(), "nobody is left");
    }
}

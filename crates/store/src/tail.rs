//! The newest events in memory: a thousand subscribers that are woken by the same event don't ask the database a thousand times.

use std::collections::VecDeque;
use std::sync::Arc;

use mainstay_protocol::SessionEvent;
use parking_lot::RwLock;

/// Most events that are held. Who is further behind reads the database.
const MOST: usize = 4096;

/// All events after a certain number.
#[derive(Debug)]
pub(crate) struct Tail {
    held: RwLock<Held>,
}

#[derive(Debug)]
struct Held {
    /// Every event after this number is held.
    after: u64,
    events: VecDeque<Arc<SessionEvent>>,
}

impl Tail {
    /// Holds what comes after `newest`.
    pub(crate) fn new(newest: u64) -> Self {
        Self {
            held: RwLock::new(Held {
                after: newest,
                events: VecDeque::new(),
            }),
        }
    }

    /// Forgets everything; goes on after `newest`.
    pub(crate) fn restart(&self, newest: u64) {
        let mut held = self.held.write();
        held.events.clear();
        held.after = newest;
    }

    /// Adds events in the order of their numbers.
    pub(crate) fn push(&self, events: &[Arc<SessionEvent>]) {
        let mut held = self.held.write();
        for event in events {
            if held.events.len() == MOST
                && let Some(oldest) = held.events.pop_front()
            {
                held.after = oldest.seq;
            }
            held.events.push_back(Arc::clone(event));
        }
    }

    /// The first `limit` events after `since`; nothing if not all of them are held.
    pub(crate) fn since(&self, since: u64, limit: usize) -> Option<Vec<Arc<SessionEvent>>> {
        let held = self.held.read();
        if since < held.after {
            return None;
        }
        let first = held.events.partition_point(|event| event.seq <= since);
        Some(held.events.range(first..).take(limit).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::{EventKind, Timestamp};

    use super::*;

    fn event(seq: u64) -> Arc<SessionEvent> {
        Arc::new(SessionEvent {
            seq,
            time: Timestamp(seq),
            session_id: "a".parse().expect("an id"),
            run_id: None,
            origin: None,
            kind: EventKind::Created,
            metadata: None,
        })
    }

    fn numbers(events: Option<Vec<Arc<SessionEvent>>>) -> Option<Vec<u64>> {
        events.map(|events| events.iter().map(|event| event.seq).collect())
    }

    #[test]
    fn it_says_when_it_does_not_hold_enough() {
        let tail = Tail::new(10);
        assert_eq!(numbers(tail.since(10, 9)), Some(vec![]), "nothing is new");
        assert_eq!(numbers(tail.since(9, 9)), None, "10 came before");
        tail.push(&[event(11), event(14), event(15)]);
        assert_eq!(numbers(tail.since(10, 2)), Some(vec![11, 14]));
        assert_eq!(
            numbers(tail.since(12, 9)),
            Some(vec![14, 15]),
            "not without gaps"
        );
        assert_eq!(numbers(tail.since(99, 9)), Some(vec![]), "beyond the end");
    }

    #[test]
    fn it_is_bounded() {
        let tail = Tail::new(0);
        for seq in 1..=5000 {
            tail.push(&[event(seq)]);
        }
        assert_eq!(numbers(tail.since(903, 1)), None, "904 was let go");
        assert_eq!(numbers(tail.since(904, 1)), Some(vec![905]));
        assert_eq!(tail.since(904, 9999).map(|all| all.len()), Some(MOST));
        tail.restart(7);
        assert_eq!(numbers(tail.since(7, 9)), Some(vec![]), "begun anew");
    }
}

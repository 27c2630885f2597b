//! Somebody who follows the event log.

use std::sync::Arc;

use mainstay_manager::{Manager, Subscription};
use mainstay_protocol::{EventKind, SessionEvent, SessionId};

use super::ground::LIMIT;

/// Follows the event log from its beginning.
pub(crate) struct Watch {
    subscription: Subscription,
    runtime: tokio::runtime::Runtime,
    pub(crate) seen: Vec<Arc<SessionEvent>>,
}

impl Watch {
    pub(crate) fn new(manager: &Manager) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        Self {
            subscription: manager.subscribe(0),
            runtime: runtime.expect("a runtime"),
            seen: Vec::new(),
        }
    }

    /// Waits for an event; those that came before count.
    pub(crate) fn until(&mut self, wanted: impl Fn(&SessionEvent) -> bool) -> Arc<SessionEvent> {
        self.until_nth(1, wanted)
    }

    /// Waits for the n-th event of a kind, from 1.
    pub(crate) fn until_nth(
        &mut self,
        n: usize,
        wanted: impl Fn(&SessionEvent) -> bool,
    ) -> Arc<SessionEvent> {
        loop {
            let found = self.seen.iter().filter(|event| wanted(event)).nth(n - 1);
            if let Some(found) = found {
                return Arc::clone(found);
            }
            self.more();
        }
    }

    /// Waits until something is true; it is looked at after each batch of events.
    pub(crate) fn until_true(&mut self, look: impl Fn() -> bool) {
        while !look() {
            self.more();
        }
    }

    fn more(&mut self) {
        let subscription = &mut self.subscription;
        // The limit needs the runtime around it from the beginning.
        let next = async { tokio::time::timeout(LIMIT, subscription.next_batch()).await };
        let batch = self.runtime.block_on(next);
        assert!(batch.is_ok(), "it did not come; there was {:#?}", self.seen);
        let batch = batch.expect("it came in time");
        self.seen.extend(batch.expect("the log can be read"));
    }

    /// Waits for the n-th event of this name of a session.
    pub(crate) fn named(&mut self, id: &SessionId, name: &str, n: usize) -> Arc<SessionEvent> {
        self.until_nth(n, |event| {
            event.session_id == *id && event.kind.name() == name
        })
    }
}

/// What happened to a session, by the names of its events without what changes all the time.
pub(crate) fn names(events: &[SessionEvent], id: &SessionId) -> Vec<&'static str> {
    let of_it = events.iter().filter(|event| event.session_id == *id);
    of_it
        .filter(|event| event.kind != EventKind::Updated)
        .map(|event| event.kind.name())
        .map(|name| name.trim_start_matches("session."))
        .collect()
}

//! Subscriptions: events by number, from the log. Whoever is slow holds up nobody and misses nothing.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use mainstay_protocol::{Problem, SessionEvent};
use mainstay_store::Store;
use tokio::sync::watch;

use crate::error::{closing, storage};

/// Most events of one batch.
const BATCH: u32 = 1_000;

/// Somebody's place in the event log. Dropping it unsubscribes.
///
/// A database that was lost and made again has other numbers: [`Self::log_id`] changes then, and the subscription goes on
/// from the beginning of the new log.
#[derive(Debug)]
pub struct Subscription {
    store: Store,
    since: u64,
    log_id: String,
    stored: watch::Receiver<u64>,
    closed: watch::Receiver<bool>,
}

impl Subscription {
    pub(crate) fn new(store: &Store, since: u64, closed: watch::Receiver<bool>) -> Self {
        Self {
            stored: store.watch(),
            log_id: store.log_id(),
            store: store.clone(),
            since,
            closed,
        }
    }

    /// What came after the last read, at most 1,000 events, in order; empty if nothing did. Blocks while it reads the store.
    ///
    /// # Errors
    /// `Closing` once the manager closed, `Storage` if the log can't be read.
    pub fn read(&mut self) -> Result<Vec<Arc<SessionEvent>>, Problem> {
        // From here on a new event wakes us.
        self.stored.borrow_and_update();
        if *self.closed.borrow() {
            return Err(closing());
        }
        let log_id = self.store.log_id();
        if log_id != self.log_id {
            self.log_id = log_id;
            self.since = 0;
        }
        let events = self.store.events_since(self.since, BATCH);
        let events = events.map_err(|error| storage(&error))?;
        if let Some(last) = events.last() {
            self.since = last.seq;
        }
        Ok(events)
    }

    /// Waits until something may have come since the last [`Self::read`]; false once the manager closed.
    pub async fn woken(&mut self) -> bool {
        if *self.closed.borrow() {
            return false;
        }
        let mut stored = pin!(self.stored.changed());
        let mut closed = pin!(self.closed.changed());
        poll_fn(|context| {
            if closed.as_mut().poll(context).is_ready() {
                return Poll::Ready(false);
            }
            stored.as_mut().poll(context).map(|changed| changed.is_ok())
        })
        .await
    }

    /// Waits for events and reads them; never empty. The read blocks the calling thread for a moment: where that matters use
    /// [`Self::woken`] and [`Self::read`].
    ///
    /// # Errors
    /// Those of [`Self::read`].
    pub async fn next_batch(&mut self) -> Result<Vec<Arc<SessionEvent>>, Problem> {
        loop {
            let events = self.read()?;
            if !events.is_empty() {
                return Ok(events);
            }
            if !self.woken().await {
                return Err(closing());
            }
        }
    }

    /// The number of the last event that was read.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.since
    }

    /// Which log the numbers belong to.
    #[must_use]
    pub fn log_id(&self) -> &str {
        &self.log_id
    }
}

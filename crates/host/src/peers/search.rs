//! Searches: each on a thread of its own, streaming, cancellable.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mainstay_history::HistoryError;
use mainstay_keep::KeepError;
use mainstay_protocol::frame::{Answer, ErrorCode, Failure, FromHost, Hit, Query, Reply};

use super::requests::{Cancel, failure, storage};
use crate::hub::PeerId;
use crate::run::Host;

/// Searches of one peer at the same time.
const MAX_SEARCHES: usize = 4;
/// Hits are sent when they have so many bytes together.
const BATCH: usize = 64 * 1024;
/// Stack of a search: the regular expression engine needs more than others here.
const STACK: usize = 2 * 1024 * 1024;

/// The searches of one peer. Those that run are cancelled when it leaves.
#[derive(Debug, Default)]
pub(super) struct Searches {
    running: BTreeMap<u32, Cancel>,
}

impl Searches {
    /// Begins a search.
    pub(super) fn start(
        &mut self,
        host: &Arc<Host>,
        peer: PeerId,
        id: u32,
        query: Query,
    ) -> Result<(), Failure> {
        // A thread that ended has dropped its half.
        self.running
            .retain(|_, cancel| Arc::strong_count(cancel) > 1);
        if self.running.len() >= MAX_SEARCHES {
            return Err(failure(
                ErrorCode::Busy,
                "four searches run already; cancel one or wait for its end",
            ));
        }
        let cancel: Cancel = Arc::new(AtomicBool::new(false));
        self.running.insert(id, Arc::clone(&cancel));
        let host = Arc::clone(host);
        let thread = std::thread::Builder::new()
            .name("search".to_owned())
            .stack_size(STACK)
            .spawn(move || {
                let answer = search(&host, peer, id, &query, &cancel);
                send(&host, peer, id, answer);
            });
        thread.map(drop).map_err(|error| {
            self.running.remove(&id);
            failure(
                ErrorCode::System,
                &format!("no thread for the search: {error}"),
            )
        })
    }

    pub(super) fn cancel(&mut self, id: u32) {
        if let Some(cancel) = self.running.get(&id) {
            cancel.store(true, Ordering::Relaxed);
        }
    }
}

impl Drop for Searches {
    fn drop(&mut self) {
        for cancel in self.running.values() {
            cancel.store(true, Ordering::Relaxed);
        }
    }
}

/// Searches, sends what it finds in batches, and gives the last answer.
fn search(host: &Arc<Host>, peer: PeerId, id: u32, query: &Query, cancel: &Cancel) -> Answer {
    let mut batch = Vec::new();
    let mut size = 0;
    let found = host.past().search(query, cancel, &mut |hit: Hit| {
        size += weight(&hit);
        batch.push(hit);
        if size < BATCH {
            return ControlFlow::Continue(());
        }
        size = 0;
        let hits = std::mem::take(&mut batch);
        send(host, peer, id, Answer::Hits { hits, last: false });
        // A peer that reads slowly gets its hits slowly.
        if host.hub.has_room(peer) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    match found {
        Ok(()) => Answer::Hits {
            hits: batch,
            last: true,
        },
        Err(error) => Answer::Failed(invalid_or_storage(query, &error)),
    }
}

/// A pattern that is no regular expression is the asker's mistake.
fn invalid_or_storage(query: &Query, error: &KeepError) -> Failure {
    match error {
        KeepError::History(HistoryError::Query(_)) if query.regex => {
            failure(ErrorCode::Invalid, &error.to_string())
        }
        _ => storage(error),
    }
}

fn weight(hit: &Hit) -> usize {
    let around = hit.before.iter().chain(&hit.after);
    hit.text.len() + around.map(String::len).sum::<usize>() + 64
}

fn send(host: &Host, peer: PeerId, id: u32, answer: Answer) {
    host.hub
        .send(peer, &FromHost::Reply(Box::new(Reply { id, answer })));
}

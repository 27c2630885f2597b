//! Closing in order: who is being served is served to the end, nobody new is.

use tokio::sync::watch;

use crate::wire::Kind;

/// Why a manager closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Somebody pressed Ctrl-C or the system asked.
    Signal,
    /// Another one takes over.
    Yielded(Kind),
    /// The program that holds it wished so.
    Closed,
}

/// Says that it is time to close, and knows who is still being served.
#[derive(Debug, Clone)]
pub(crate) struct Closing {
    reason: watch::Sender<Option<Ended>>,
    serving: watch::Sender<usize>,
}

impl Closing {
    pub(crate) fn new() -> Self {
        Self {
            reason: watch::Sender::new(None),
            serving: watch::Sender::new(0),
        }
    }

    /// Begins closing; the first reason counts.
    pub(crate) fn begin(&self, why: Ended) {
        self.reason.send_if_modified(|reason| {
            let first = reason.is_none();
            reason.get_or_insert(why);
            first
        });
    }

    /// Whether it has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.reason.borrow().is_some()
    }

    /// Waits until it begins.
    pub(crate) async fn begun(&self) -> Ended {
        let mut reason = self.reason.subscribe();
        let begun = reason.wait_for(Option::is_some).await;
        // This end of the channel is held here, so the wait can't fail.
        begun
            .ok()
            .and_then(|reason| *reason)
            .unwrap_or(Ended::Closed)
    }

    /// Counts a request until the guard is dropped.
    pub(crate) fn serve(&self) -> Serving {
        self.serving.send_modify(|count| *count += 1);
        Serving(self.serving.clone())
    }

    /// Waits until no request is being served.
    pub(crate) async fn idle(&self) {
        let mut serving = self.serving.subscribe();
        // As above.
        serving.wait_for(|count| *count == 0).await.ok();
    }
}

/// A request that is being served, up to the last byte of its answer.
#[derive(Debug)]
pub(crate) struct Serving(watch::Sender<usize>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

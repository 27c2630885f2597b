//! Doing what is due.

use std::sync::Arc;
use std::time::Duration;

use mainstay_protocol::Timestamp;

use crate::Engine;
use crate::reopen::Lost;
use crate::timers::Due;

/// How often what has grown old in the log is forgotten.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Events that are deleted in one transaction.
const AT_ONCE: u32 = 1_000;

impl Engine {
    /// Does what is due until the manager closes.
    pub(crate) fn serve_timers(self: &Arc<Self>) {
        while let Some(due) = self.timers.next() {
            let Ok(busy) = self.work.begin() else { return };
            let engine = Arc::clone(self);
            self.chores.add(busy, move || engine.act(due));
        }
    }

    fn act(self: &Arc<Self>, due: Due) {
        match due {
            Due::Retry(id) => self.retry_is_due(&id),
            Due::CleanUp(id) => self.clean_up_is_due(&id),
            Due::Updated(id) => self.updated_is_due(&id),
            Due::Follow(id) => {
                let run = self.find(&id).ok().and_then(|row| row.session.run);
                if let Some(run) = run {
                    self.follow(&self.sessions.of(&id), &run);
                }
            }
            Due::Reopen => {
                let seen = self.reopened.lock().count();
                self.reopen(seen, Lost::Damaged);
            }
            Due::Forget => {
                self.forget();
                self.timers.set(Due::Forget, DAY);
            }
        }
    }

    /// Deletes the events that are older than the settings say.
    fn forget(self: &Arc<Self>) {
        let Some(days) = self.rulebook().defaults.keep_events_days else {
            return;
        };
        let age = u64::from(days).saturating_mul(24 * 3600 * 1000);
        let before = Timestamp(self.now().millis().saturating_sub(age));
        loop {
            let deleted = self.write(move |write| write.delete_events_before(before, AT_ONCE));
            match deleted {
                Ok(deleted) if deleted >= u64::from(AT_ONCE) && !self.is_closing() => {}
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(%error, "old events can't be deleted");
                    return;
                }
            }
        }
    }
}

//! A database that was deleted, replaced or damaged while it was in use: a new one is made from the session folders.

use std::sync::Arc;
use std::time::Duration;

use mainstay_store::StoreError;

use crate::Engine;

/// A database that is damaged again so soon is left alone: the disk it is on is, and each new one would be.
const AGAIN: Duration = Duration::from_secs(600);

/// How a database was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Lost {
    /// It was deleted, or another one is in its place.
    Replaced,
    /// Its content makes no sense.
    Damaged,
}

impl Lost {
    /// What an error of the store says of it; nothing if it isn't lost.
    pub(crate) fn by(error: &StoreError) -> Option<Self> {
        match error {
            StoreError::Replaced { .. } => Some(Self::Replaced),
            StoreError::Damaged { .. } => Some(Self::Damaged),
            _ => None,
        }
    }
}

/// How often the store was opened again.
#[derive(Debug, Default)]
pub(crate) struct Reopened {
    count: u64,
    /// When it was damaged last, on the monotonic clock.
    damaged: Option<Duration>,
}

impl Reopened {
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    fn was_damaged_before(&mut self, now: Duration) -> bool {
        let recently = |at: Duration| now.saturating_sub(at) < AGAIN;
        if self.damaged.is_some_and(recently) {
            return true;
        }
        self.damaged = Some(now);
        false
    }
}

impl Engine {
    /// Opens the store again and makes the records that it lacks, unless somebody did since `seen`. False if nothing came of
    /// that.
    pub(crate) fn reopen(self: &Arc<Self>, seen: u64, lost: Lost) -> bool {
        let mut reopened = self.reopened.lock();
        if reopened.count != seen {
            return true;
        }
        if lost == Lost::Damaged && reopened.was_damaged_before(self.clock.monotonic()) {
            return false;
        }
        match self.store.reopen() {
            Ok(report) => {
                for note in &report.notes {
                    tracing::warn!("{note}");
                }
                if report.damaged_kept_as.is_some() {
                    // For whoever asks how we are, until the next start.
                    self.note("database", report.notes.join("; "));
                }
                reopened.count += 1;
                drop(reopened);
                tracing::warn!(?lost, "the database is made again from the session folders");
                self.rebuild_missing();
                true
            }
            Err(error) => {
                self.note_store(Some(&error));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_damages_each_new_one_is_left_alone() {
        let mut reopened = Reopened::default();
        let at = Duration::from_secs;
        assert!(!reopened.was_damaged_before(at(5)));
        assert!(reopened.was_damaged_before(at(6)));
        assert!(!reopened.was_damaged_before(at(2_000)));
    }
}

//! A database that was deleted or replaced while it was in use: a new one is made from the session folders.

use std::sync::Arc;

use crate::Engine;

impl Engine {
    /// Opens the store again and makes the records that it lacks, unless somebody did since `seen`.
    pub(crate) fn reopen(self: &Arc<Self>, seen: u64) {
        let mut reopened = self.reopened.lock();
        if *reopened != seen {
            return;
        }
        match self.store.reopen() {
            Ok(report) => {
                for note in report.notes {
                    tracing::warn!("{note}");
                }
                *reopened += 1;
                drop(reopened);
                tracing::warn!(
                    "the database was replaced; it is made again from the session folders"
                );
                self.rebuild_missing();
            }
            Err(error) => self.note_store(Some(&error)),
        }
    }
}

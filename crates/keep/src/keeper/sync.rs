//! Making durable what a keeper wrote.

use crate::error::KeepError;
use crate::journal::JournalSync;

/// Makes durable what the keeper wrote, beside it: nothing here waits for the keeper or holds it up.
#[derive(Debug)]
pub struct Syncer {
    history: mainstay_history::Syncer,
    journal: JournalSync,
}

impl Syncer {
    pub(super) fn new(history: mainstay_history::Syncer, journal: JournalSync) -> Self {
        Self { history, journal }
    }

    /// Makes everything durable that is written by now. Called every 5 s at most, so that a power loss costs no
    /// more than that; costs nothing when nothing was written.
    ///
    /// # Errors
    /// If the disk can't do it; all was tried.
    pub fn sync(&self) -> Result<(), KeepError> {
        let history = self.history.sync();
        self.sync_journal()?;
        Ok(history?)
    }

    /// Makes the journal durable, as it must be before its entries go to a reader that stores them
    /// ([`JournalSync::sync`]).
    ///
    /// # Errors
    /// If the disk can't do it.
    pub fn sync_journal(&self) -> Result<(), KeepError> {
        let path = std::path::Path::new("journal");
        self.journal
            .sync()
            .map_err(|source| KeepError::io(path, "synced", source))
    }

    /// The part for the journal alone, which can be cloned.
    #[must_use]
    pub fn journal(&self) -> JournalSync {
        self.journal.clone()
    }
}

//! The end of a run.

use mainstay_protocol::journal::Event;
use mainstay_protocol::outcome::Outcome;
use mainstay_seams::failpoint;

use super::Keeper;
use crate::effects::Effects;
use crate::error::KeepError;
use crate::failpoints;
use crate::journal::JournalWriter;
use crate::{limits, private};

impl Keeper {
    /// Writes down how the run ended and settles it: [`Self::end`] and [`Self::settle`] in one.
    ///
    /// # Errors
    /// If the disk refused something.
    pub fn finish(&mut self, outcome: Outcome, effects: &mut Effects) -> Result<(), KeepError> {
        self.end(outcome, effects)?;
        self.settle()
    }

    /// Writes down how the run ended: journal, then outcome, both durable. Only then anybody may be told. Of a private run
    /// nothing is left then but its end. After an error it may be called again, with any outcome; the first one counts.
    ///
    /// # Errors
    /// If the disk refused something.
    pub fn end(&mut self, outcome: Outcome, effects: &mut Effects) -> Result<(), KeepError> {
        effects.clear();
        failpoint::hit(failpoints::END);
        self.add_exited(outcome);
        self.write_entries(effects)?;
        self.syncer().sync_journal()?;
        failpoint::hit(failpoints::END_JOURNALLED);
        if let Some(outcome) = &self.ended {
            self.run.write_outcome(outcome)?;
        }
        failpoint::hit(failpoints::END_OUTCOME);
        if self.private {
            self.forget()?;
        }
        Ok(())
    }

    /// Takes the last checkpoint of a run that has ended and makes all of it durable; nobody need wait for it, for until then
    /// the log has everything. What is above the screen stays in the checkpoint, where readers find it: a line that begins
    /// there and ends on the screen stays whole, and every line keeps its number.
    ///
    /// # Errors
    /// If the disk refused something.
    pub fn settle(&mut self) -> Result<(), KeepError> {
        if !self.private {
            self.checkpoint()?;
            self.syncer().sync()?;
        }
        failpoint::hit(failpoints::END_DONE);
        Ok(())
    }

    /// How the run ended, once [`Self::finish`] was called.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.ended.as_ref()
    }

    fn forget(&mut self) -> Result<(), KeepError> {
        private::forget_history(&mut self.writer, Some(&self.terminal))?;
        private::forget_texts(&self.run)?;
        // The file is another one now.
        let (journal, _, _) = JournalWriter::open(&self.run.journal_path())?;
        self.journal = journal;
        Ok(())
    }

    /// Whether it was private and has ended: there is nothing to be read of it any more.
    pub(super) fn is_forgotten(&self) -> bool {
        self.private && self.ended.is_some()
    }

    fn add_exited(&mut self, outcome: Outcome) {
        if self.ended.is_some() {
            return;
        }
        let now = self.clock.now();
        for (kind, dropped) in self.limits.dropped() {
            let flood = limits::flood_entry(kind, dropped);
            self.journal.add(None, now, flood);
        }
        self.journal.add(None, now, Event::Exited(outcome.clone()));
        self.ended = Some(outcome);
    }
}

//! The end of a run.

use mainstay_protocol::journal::Event;
use mainstay_protocol::outcome::Outcome;
use mainstay_seams::failpoint;

use super::Keeper;
use crate::effects::Effects;
use crate::error::KeepError;
use crate::failpoints;
use crate::limits;

impl Keeper {
    /// Writes down how the run ended: journal, then outcome, then the last checkpoint, all durable. Only then anybody
    /// may be told. What is above the screen stays in the checkpoint, where readers find it: a line that begins there
    /// and ends on the screen stays whole, and every line keeps its number. After an error it may be called again, with any outcome; the first one counts.
    ///
    /// # Errors
    /// If the disk refused something.
    pub fn finish(&mut self, outcome: Outcome, effects: &mut Effects) -> Result<(), KeepError> {
        effects.clear();
        failpoint::hit(failpoints::END);
        self.add_exited(outcome);
        self.write_entries(effects)?;
        let syncer = self.syncer();
        syncer.sync_journal()?;
        failpoint::hit(failpoints::END_JOURNALLED);
        if let Some(outcome) = &self.ended {
            self.run.write_outcome(outcome)?;
        }
        failpoint::hit(failpoints::END_OUTCOME);
        self.checkpoint()?;
        syncer.sync()?;
        failpoint::hit(failpoints::END_DONE);
        Ok(())
    }

    /// How the run ended, once [`Self::finish`] was called.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.ended.as_ref()
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

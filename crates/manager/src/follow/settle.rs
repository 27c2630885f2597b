//! The end of a run whose host is gone.

use mainstay_keep::{KeepError, SessionFolder, recover};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::{RunId, SessionId};
use mainstay_seams::failpoint;
use mainstay_store::{StoreError, Write};

use super::{Follower, Trouble};
use crate::Engine;
use crate::failpoints;
use crate::lifecycle::Input;
use crate::record::{Moment, Rows};
use crate::rulebook::Rulebook;
use std::sync::Arc;

/// Why a run ended that nobody has a word of.
const NEVER_BEGAN: &str =
    "Mainstay or the machine ended before the run's host had begun; resume or run it again";

impl Follower {
    /// Brings the run to its end from what is in its folder; false if somebody holds the session.
    pub(super) fn settle(&self) -> Result<bool, Trouble> {
        self.engine.settle(&self.present.id, &self.run)
    }
}

impl Engine {
    /// Brings a run to its end from what is in its folder. False if somebody holds the session.
    pub(crate) fn settle(self: &Arc<Self>, id: &SessionId, run: &RunId) -> Result<bool, Trouble> {
        let folder = match self.folder(id) {
            Ok(folder) => folder,
            Err(KeepError::NoSession { .. }) => {
                self.host_is_lost(id, run, "its folder is gone")?;
                return Ok(true);
            }
            Err(error) => return Err(error.into()),
        };
        if folder.is_live()? {
            return Ok(false);
        }
        let row = self.read(|read| read.run(run))?;
        if row.is_some_and(|row| row.run.outcome.is_some()) {
            // A recovery would write again what was removed of a private run since.
            self.remove_socket(&folder, run);
            return Ok(true);
        }
        match self.recover(&folder) {
            Err(KeepError::Busy { .. }) => return Ok(false),
            Err(error @ (KeepError::Full { .. } | KeepError::Denied { .. })) => {
                return Err(error.into());
            }
            // What can't be read stays so; what can be read of the journal counts.
            Err(error) => self.note(&format!("session {id}"), error),
            Ok(()) => {}
        }
        // A host may have begun this very moment. That of a run that is over can't: its socket leads nowhere.
        if matches!(folder.run(run).outcome(), Ok(Some(_))) {
            self.remove_socket(&folder, run);
        }
        failpoint::hit(failpoints::SETTLED);
        if self.take_file(id, run)?.over {
            return Ok(true);
        }
        let outcome = self.never_began();
        match folder.refuse(run, &outcome) {
            Err(KeepError::Busy { .. }) => return Ok(false),
            refused => refused?,
        };
        failpoint::hit(failpoints::REFUSED);
        // What the folder says counts: it was refused just now, or before somebody died.
        let written = folder.run(run).outcome()?;
        let outcome = written.filter(|written| written.reason == EndReason::HostDied);
        let outcome = outcome.unwrap_or_else(|| self.never_began());
        self.conclude(id, run, &Input::HostLost(NEVER_BEGAN.to_owned()), outcome)?;
        Ok(true)
    }

    fn recover(&self, folder: &SessionFolder) -> Result<(), KeepError> {
        let recovery = recover(folder, &self.clock)?;
        for note in recovery.notes {
            tracing::warn!(session = %folder.session(), "{note}");
        }
        Ok(())
    }

    fn never_began(&self) -> Outcome {
        Outcome {
            exit: Exit::NotStarted {
                error: NEVER_BEGAN.to_owned(),
            },
            reason: EndReason::HostDied,
            ended: self.now(),
            ran_ms: 0,
        }
    }

    /// Ends a run of which no journal tells the end.
    pub(crate) fn host_is_lost(
        self: &Arc<Self>,
        id: &SessionId,
        run: &RunId,
        why: &str,
    ) -> Result<(), StoreError> {
        let outcome = Outcome {
            exit: Exit::Unknown,
            ..self.never_began()
        };
        self.conclude(id, run, &Input::HostLost(why.to_owned()), outcome)
    }

    /// Ends a run by a step that no journal tells.
    pub(crate) fn conclude(
        self: &Arc<Self>,
        id: &SessionId,
        run: &RunId,
        input: &Input,
        outcome: Outcome,
    ) -> Result<(), StoreError> {
        let effects = {
            let (id, run, input, book) = (id.clone(), run.clone(), input.clone(), self.rulebook());
            self.write(move |write| conclude(write, &id, &run, &input, &outcome, &book))?
        };
        self.after(id, &effects);
        Ok(())
    }
}

/// The job.
pub(crate) fn conclude(
    write: &mut Write<'_>,
    id: &SessionId,
    run: &RunId,
    input: &Input,
    outcome: &Outcome,
    book: &Rulebook,
) -> Result<Vec<crate::lifecycle::Effect>, StoreError> {
    let mut rows = Rows::load(write, id, Some(run), book)?;
    let Some(row) = &mut rows.run else {
        return Err(StoreError::UnknownRun(run.clone()));
    };
    if row.run.outcome.is_some() {
        return Ok(Vec::new());
    }
    row.run.outcome = Some(outcome.clone());
    if rows.session.session.run.as_ref() == Some(run) {
        rows.session.session.outcome = Some(outcome.clone());
        rows.session.session.ended = Some(outcome.ended);
        rows.step(write, input, Moment::at(outcome.ended))?;
        rows.save(write)?;
    } else if let Some(row) = &rows.run {
        write.update_run(row)?;
    }
    Ok(rows.effects)
}

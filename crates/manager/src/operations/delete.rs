//! Deleting a session: its run is ended, its folder removed; its record and events stay as history (S7, P2).

use std::sync::Arc;
use std::time::Duration;

use mainstay_protocol::session::{Delete, Session};
use mainstay_protocol::{Code, Problem, RunId, SessionId};
use mainstay_seams::failpoint;
use mainstay_store::StoreError;

use crate::Engine;
use crate::error::closing;
use crate::failpoints;
use crate::lifecycle::Input;
use crate::present::Present;
use crate::record::{Moment, Rows};
use crate::timers::Due;

/// Beyond the grace of a run: for the kill, the last output, the journal and the host's own end.
const MARGIN: Duration = Duration::from_secs(15);
/// Pause before a deletion by itself that failed is tried again.
const LATER: Duration = Duration::from_secs(60);

impl Engine {
    /// Deletes a session and waits for the end of its run. One that isn't there, or was deleted before, is a quiet no-op. What
    /// fails on the way is told as an error of the clean-up and doesn't keep the rest from being done.
    pub(crate) fn delete(self: &Arc<Self>, id: &SessionId, delete: Delete) -> Result<(), Problem> {
        let is_there = |found: Result<_, Problem>| match found {
            Ok(row) => Ok(Some(row)),
            Err(problem) if matches!(problem.code, Code::UnknownSession | Code::Deleted) => {
                Ok(None)
            }
            Err(problem) => Err(problem),
        };
        if is_there(self.find(id))?.is_none() {
            return Ok(());
        }
        let present = self.sessions.of(id);
        // Before the session's lock: whoever holds it may be waiting for this very end.
        self.send_stop(&present, grace(delete));
        let _operation = present.operation.lock();
        let Some(row) = is_there(self.find(id))? else {
            return Ok(());
        };
        self.intend(id);
        failpoint::hit(failpoints::DELETE_STORED);
        self.end_for_good(&present, &row.session, delete)?;
        failpoint::hit(failpoints::DELETE_ENDED);
        match self.folder(id).and_then(|folder| folder.is_live()) {
            // Told already; the next start of the manager goes on with it.
            Ok(true) => {}
            _ => {
                if let Err(error) = self.remove_folder(id) {
                    self.clean_up_failed(id, &format!("its folder can't be removed: {error}"));
                }
            }
        }
        failpoint::hit(failpoints::DELETE_REMOVED);
        self.store_delete(id).map_err(|error| error.problem())
    }

    /// The time for a session to be deleted by itself has come.
    pub(crate) fn clean_up_is_due(self: &Arc<Self>, id: &SessionId) {
        if let Err(problem) = self.delete(id, Delete::default())
            && problem.code != Code::Closing
        {
            tracing::warn!(session = %id, %problem, "a deletion is put off");
            self.timers.set(Due::CleanUp(id.clone()), LATER);
        }
    }

    /// Writes down that the session is to be deleted: should we die on the way, the next start goes on with it.
    fn intend(self: &Arc<Self>, id: &SessionId) {
        let (id, book, now) = (id.clone(), self.rulebook(), self.now());
        let stored = self.write(move |write| {
            let mut rows = Rows::load(write, &id, None, &book)?;
            rows.session.delete_at = Some(now);
            rows.save(write)
        });
        if let Err(error) = stored {
            tracing::warn!(%error, "a deletion can't be announced");
        }
    }

    fn store_delete(self: &Arc<Self>, id: &SessionId) -> Result<(), StoreError> {
        let effects = {
            let (id, book, now) = (id.clone(), self.rulebook(), self.now());
            self.write(move |write| {
                let mut rows = Rows::load(write, &id, None, &book)?;
                if rows.life().is_live() {
                    // Nothing of its end can be known any more.
                    let lost = Input::HostLost("it was deleted".to_owned());
                    rows.step(write, &lost, Moment::at(now))?;
                }
                rows.step(write, &Input::Delete, Moment::at(now))?;
                Ok(rows.effects)
            })?
        };
        self.timers.clear(&Due::Retry(id.clone()));
        self.timers.clear(&Due::CleanUp(id.clone()));
        self.after(id, &effects);
        Ok(())
    }

    /// Ends the run, by force where it must be, and waits until its host is gone.
    fn end_for_good(
        self: &Arc<Self>,
        present: &Arc<Present>,
        session: &Session,
        delete: Delete,
    ) -> Result<(), Problem> {
        let id = &session.id;
        let Some(run) = &session.run else {
            return Ok(());
        };
        let is_held = |engine: &Self| {
            let held = engine.folder(id).and_then(|folder| folder.is_live());
            held.unwrap_or(false)
        };
        if present.followed().is_none() {
            if !session.status.is_live() && !is_held(self) {
                return Ok(());
            }
            self.follow(present, run);
        }
        let grace_ms = grace(delete).unwrap_or_else(|| self.grace_of(id, run));
        self.send_stop(present, grace(delete));
        if self.until_gone(present, Duration::from_millis(grace_ms) + MARGIN)? {
            return Ok(());
        }
        tracing::warn!(session = %id, "its run did not end; it is killed");
        self.send_stop(present, Some(0));
        if self.until_gone(present, MARGIN)? {
            return Ok(());
        }
        let killed = self.kill_host(id, run);
        if killed && self.until_gone(present, MARGIN)? {
            return Ok(());
        }
        self.clean_up_failed(
            id,
            "its run could not be ended; its folder is left for the next start",
        );
        Ok(())
    }

    fn until_gone(&self, present: &Present, within: Duration) -> Result<bool, Problem> {
        let deadline = self.clock.monotonic().saturating_add(within);
        let waited = present
            .notice
            .wait(self.clock.as_ref(), Some(deadline), || {
                if self.is_closing() {
                    return Some(Err(closing()));
                }
                present.followed().is_none().then_some(Ok(()))
            });
        waited.map_or(Ok(false), |ended| ended.map(|()| true))
    }

    /// The grace that the run was started with.
    fn grace_of(&self, id: &SessionId, run: &RunId) -> u64 {
        let spec = self.folder(id).and_then(|folder| folder.run(run).spec());
        let limits = spec.ok().flatten().map(|spec| spec.limits);
        limits.unwrap_or_default().grace_ms
    }
}

fn grace(delete: Delete) -> Option<u64> {
    delete.force.then_some(0)
}

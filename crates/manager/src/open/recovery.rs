//! Every session there is: what the store knows, what the folders tell, and bringing the two together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mainstay_protocol::SessionId;
use mainstay_protocol::session::Status;
use mainstay_store::{KnownSession, StoreError};
use parking_lot::Mutex;

use super::OpenReport;
use crate::Engine;
use crate::error::OpenError;
use crate::follow::Trouble;
use crate::timers::Due;

/// Sessions looked after at once. Most of the time goes into waiting for the disk.
const AT_ONCE: usize = 16;

/// What was found of one session.
#[derive(Debug, Default)]
struct Found {
    rebuilt: bool,
    interrupted: bool,
}

/// Brings every session to its true state, or has a thread that goes on doing so.
pub(super) fn recover_all(engine: &Arc<Engine>, report: &mut OpenReport) -> Result<(), OpenError> {
    engine.sweep();
    let known = engine.read(|read| read.known_sessions())?;
    let known: BTreeMap<SessionId, KnownSession> = known
        .into_iter()
        .map(|known| (known.id.clone(), known))
        .collect();
    let folders: BTreeSet<SessionId> = engine.places.sessions()?.into_iter().collect();
    let with_folder = folders.iter().map(|id| (id, known.get(id), true));
    let without = known
        .iter()
        .filter(|(id, known)| !folders.contains(*id) && !known.deleted && known.status.is_live())
        .map(|(id, known)| (id, Some(known), false));
    let all: Vec<_> = with_folder.chain(without).collect();

    let found: Mutex<Vec<(SessionId, Result<Found, Trouble>)>> = Mutex::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(all.len()) {
            scope.spawn(|| {
                while let Some((id, known, has_folder)) =
                    all.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let result = engine.recover_one(id, *known, *has_folder);
                    found.lock().push(((*id).clone(), result));
                }
            });
        }
    });
    let mut found = found.into_inner();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (id, result) in found {
        match result {
            Ok(found) => {
                report.rebuilt.extend(found.rebuilt.then(|| id.clone()));
                report.interrupted.extend(found.interrupted.then_some(id));
            }
            Err(trouble) => {
                report.notes.push(format!("session {id}: {trouble}"));
                engine.note(&format!("session {id}"), trouble);
            }
        }
    }
    Ok(())
}

impl Engine {
    fn recover_one(
        self: &Arc<Self>,
        id: &SessionId,
        known: Option<&KnownSession>,
        has_folder: bool,
    ) -> Result<Found, Trouble> {
        let mut found = Found::default();
        match known {
            None => found.rebuilt = self.rebuild(id)?,
            Some(known) if known.deleted => {
                self.remove_deleted(id);
                return Ok(found);
            }
            Some(_) if has_folder => {
                self.rebuild_runs(id)?;
            }
            Some(_) => {}
        }
        let Some(row) = self.read(|read| read.session(id))? else {
            return Ok(found);
        };
        let session = row.session;
        if has_folder && let Err(error) = self.renew_record(&self.folder(id)?, &session) {
            self.note(&format!("session {id}"), error);
        }
        let Some(run) = &session.run else {
            return Ok(found);
        };
        if session.status.is_live() {
            let settled = self.settle(id, run);
            if !matches!(settled, Ok(true)) {
                // A host has it; or a thread tries on until the disk says yes.
                self.follow(&self.sessions.of(id), run);
            }
            if found.rebuilt && matches!(settled, Ok(false)) {
                // Whoever follows it already won't hear again what the host has told before.
                self.take_file(id, run)?;
            }
            if session.stopping && matches!(settled, Ok(false)) {
                self.stop_again(id, run)?;
            }
            if settled? {
                if found.rebuilt {
                    self.forget_retry(id)?;
                }
                self.clean_up_after_run(id);
                let status = self.find(id).map(|row| row.session.status);
                found.interrupted = status == Ok(Status::Interrupted);
            }
        } else if self.folder(id)?.is_live()? {
            // The host of a run that is over waits for somebody to say that all of it is stored.
            self.follow(&self.sessions.of(id), run);
        } else {
            if let Ok(folder) = self.folder(id) {
                // Its host may have been killed after the run's end and before its own.
                self.remove_socket(&folder, run);
            }
            self.clean_up_if_owed(id, run, &session);
        }
        Ok(found)
    }

    /// Makes the records that the store lacks from the folders there are.
    pub(crate) fn rebuild_missing(self: &Arc<Self>) {
        let ids = self.places.sessions().unwrap_or_default();
        for id in ids {
            if self.is_closing() {
                return;
            }
            self.restore(&id);
        }
    }

    /// Makes a session's record again, or that of its newest run, if the store lacks it.
    pub(crate) fn restore(self: &Arc<Self>, id: &SessionId) {
        let known = self.read(|read| read.session(id));
        let restored = match known {
            Ok(Some(row)) if row.session.deleted.is_some() => return,
            Ok(Some(_)) => self.rebuild_runs(id),
            Ok(None) => self.recover_one(id, None, true).map(drop),
            Err(error) => Err(error.into()),
        };
        if let Err(trouble) = restored {
            self.note(&format!("session {id}"), trouble);
        }
    }

    /// Plans what the store says is to happen by itself.
    pub(super) fn restore_timers(&self) -> Result<(), StoreError> {
        for row in self.read(|read| read.with_timers())? {
            if row.session.deleted.is_none() {
                self.plan_of(&row);
            }
        }
        Ok(())
    }

    /// The same for one session.
    pub(crate) fn plan(&self, id: &SessionId) {
        match self.read(|read| read.session(id)) {
            Ok(Some(row)) => self.plan_of(&row),
            Ok(None) => {}
            Err(error) => self.note_store(Some(&error)),
        }
    }

    fn plan_of(&self, row: &mainstay_store::SessionRow) {
        let session = &row.session;
        let rules = self.rulebook().rules(&session.settings);
        let now = self.now();
        let left =
            |at, delay_ms| crate::timers::left(at, now, std::time::Duration::from_millis(delay_ms));
        if let Some(retrying) = session.retrying {
            let delay = rules.retry.map_or(0, |retry| retry.delay(retrying.attempt));
            let due = Due::Retry(session.id.clone());
            self.timers.set(due, left(retrying.at, delay));
        }
        if let Some(at) = row.delete_at {
            let delay = rules.clean_up.map_or(0, |clean_up| clean_up.after_ms);
            let due = Due::CleanUp(session.id.clone());
            self.timers.set(due, left(at, delay));
        }
    }
}

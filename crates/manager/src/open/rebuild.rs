//! Making records again from session folders: of sessions that the store doesn't know, of runs that it has missed.

use std::sync::Arc;

use mainstay_keep::journal::Reader;
use mainstay_keep::{KeepError, RunFolder, SessionFolder};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::session::{Session, Settings};
use mainstay_protocol::spec::{Origin, RunSpec};
use mainstay_protocol::{RunId, SessionId, Timestamp};
use mainstay_seams::failpoint;
use mainstay_store::StoreError;

use crate::Engine;
use crate::failpoints;
use crate::follow::Trouble;
use crate::lifecycle::{Ask, Input};
use crate::operations::{SETTINGS, add, fresh, fresh_run, insert};
use crate::record::{Moment, Rows};

/// A run as its folder tells it.
#[derive(Debug)]
struct Past {
    id: RunId,
    spec: Option<RunSpec>,
    began: Timestamp,
    outcome: Option<Outcome>,
}

impl Past {
    fn read(folder: &RunFolder) -> Self {
        let first = Reader::open(&folder.journal_path(), 0)
            .ok()
            .and_then(|mut entries| entries.next()?.ok());
        let host = folder.host().ok().flatten();
        let outcome = folder.outcome().ok().flatten();
        let began = host
            .map(|host| host.started)
            .or(first.map(|entry| entry.time))
            .or(outcome.as_ref().map(|outcome| outcome.ended));
        Self {
            id: folder.run().clone(),
            spec: folder.spec().ok().flatten(),
            began: began.unwrap_or_default(),
            outcome,
        }
    }

    fn origin(&self) -> Origin {
        self.spec
            .as_ref()
            .map_or(Origin::Unknown, |spec| spec.origin)
    }
}

/// The runs of a folder in the order in which they began; the newest is last.
fn runs(folder: &SessionFolder) -> Result<Vec<Past>, KeepError> {
    let current = folder.current()?;
    let mut runs: Vec<Past> = folder
        .runs()?
        .iter()
        .map(|run| Past::read(&folder.run(run)))
        .collect();
    runs.sort_by_key(|run| (current.as_ref() == Some(&run.id), run.began));
    Ok(runs)
}

impl Engine {
    /// Makes the record of a folder again; false if there is nothing in it to make one from. The newest run is left to whoever
    /// looks after live ones.
    pub(super) fn rebuild(self: &Arc<Self>, id: &SessionId) -> Result<bool, Trouble> {
        let folder = self.folder(id)?;
        let mut runs = runs(&folder)?;
        if runs.is_empty() && self.sessions.get(id).is_none() {
            runs.extend(self.never_begun(&folder)?);
        }
        let Some((first, rest)) = runs.split_first() else {
            return Ok(false);
        };
        failpoint::hit(failpoints::REBUILD_READ);
        let newest = runs.last().and_then(|run| run.spec.as_ref());
        let session = remembered(&folder, first, newest);
        let created = session.created;
        let (row, run) = fresh_run(session, first.id.clone(), first.origin(), created);
        let book = self.rulebook();
        let made = self.write(move |write| insert(write, row.clone(), run.clone(), &book));
        match made {
            Ok(_) => {}
            // Somebody was faster.
            Err(StoreError::DuplicateId(_)) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        failpoint::hit(failpoints::REBUILD_MADE);
        if !rest.is_empty() {
            self.conclude_past(id, first)?;
        }
        self.add_runs(id, rest)?;
        Ok(true)
    }

    /// A run for a session whose first one was about to be started: nothing but its record is there. Without that there is
    /// nothing, and the folder goes.
    fn never_begun(&self, folder: &SessionFolder) -> Result<Option<Past>, Trouble> {
        let Some(record) = folder.record()? else {
            if let Err(error) = self.remove_folder(folder.session()) {
                self.note(
                    "clean-up",
                    format!("the folder of {}: {error}", folder.session()),
                );
            }
            return Ok(None);
        };
        let id = self.random_run().map_err(StoreError::from)?;
        Ok(Some(Past {
            id,
            spec: None,
            began: record.created,
            outcome: None,
        }))
    }

    /// Adds the runs that the store has missed: it was restored from a backup, or lost while they were being made.
    pub(super) fn rebuild_runs(self: &Arc<Self>, id: &SessionId) -> Result<(), Trouble> {
        let folder = self.folder(id)?;
        let Some(current) = folder.current()? else {
            return Ok(());
        };
        if self.read(|read| read.run(&current))?.is_some() {
            return Ok(());
        }
        let known = self.read(|read| read.runs(id))?;
        let is_known = |run: &Past| known.iter().any(|row| row.run.id == run.id);
        let missed: Vec<Past> = runs(&folder)?
            .into_iter()
            .filter(|run| !is_known(run))
            .collect();
        if let Some(last) = known.last() {
            let past = Past::read(&folder.run(&last.run.id));
            self.conclude_past(id, &past)?;
        }
        self.add_runs(id, &missed)
    }

    fn add_runs(self: &Arc<Self>, id: &SessionId, runs: &[Past]) -> Result<(), Trouble> {
        for (at, run) in runs.iter().enumerate() {
            self.add_run(id, run)?;
            if at + 1 < runs.len() {
                self.conclude_past(id, run)?;
            }
        }
        Ok(())
    }

    fn add_run(self: &Arc<Self>, id: &SessionId, run: &Past) -> Result<(), StoreError> {
        let (id, book) = (id.clone(), self.rulebook());
        let (new, origin, began) = (run.id.clone(), run.origin(), run.began);
        let resumed = run.spec.as_ref().is_some_and(|spec| spec.resumed);
        let rows = self.write(move |write| {
            let before = write
                .session(&id)?
                .ok_or_else(|| StoreError::UnknownSession(id.clone()))?;
            let (session, row) = fresh_run(before.session.clone(), new.clone(), origin, began);
            let ask = match origin {
                Origin::Retry if before.session.retrying.is_some() => Ask::Retry,
                _ if resumed => Ask::Resume,
                _ => Ask::Again,
            };
            let moment = Moment::at(began);
            add(write, (before, session), row, ask, moment, &book)
        })?;
        drop(rows);
        Ok(())
    }

    /// Takes what the journal of a run says that isn't the newest, and ends it where it doesn't say how it ended.
    fn conclude_past(self: &Arc<Self>, id: &SessionId, run: &Past) -> Result<(), Trouble> {
        if self.take_file(id, &run.id)?.over {
            return Ok(());
        }
        let outcome = run.outcome.clone().unwrap_or(Outcome {
            exit: Exit::Unknown,
            reason: EndReason::HostDied,
            ended: run.began,
            ran_ms: 0,
        });
        let input = match &outcome.exit {
            Exit::NotStarted { error } => Input::StartFailed(error.clone()),
            _ => Input::HostLost("its journal doesn't say how it ended".to_owned()),
        };
        Ok(self.conclude(id, &run.id, &input, outcome)?)
    }

    /// Takes back the retry of a session whose record was just made again: what failed some time ago isn't started by
    /// surprise.
    pub(super) fn forget_retry(self: &Arc<Self>, id: &SessionId) -> Result<(), StoreError> {
        let (id, book, now) = (id.clone(), self.rulebook(), self.now());
        self.write(move |write| {
            let mut rows = Rows::load(write, &id, None, &book)?;
            if rows.session.session.retrying.is_some() {
                rows.step(write, &Input::Stop, Moment::at(now))?;
            }
            Ok(())
        })
    }
}

/// The session as its record in the folder has it, or else as its runs tell.
fn remembered(folder: &SessionFolder, first: &Past, newest: Option<&RunSpec>) -> Session {
    let record = folder.record().ok().flatten();
    let settings = record
        .as_ref()
        .and_then(|record| record.more.get(SETTINGS))
        .and_then(|settings| serde_json::from_value::<Settings>(settings.clone()).ok());
    let mut settings = settings
        .or_else(|| newest.map(settings_of))
        .unwrap_or_default();
    let created = match &record {
        Some(record) if record.created != Timestamp::default() => record.created,
        _ => first.began,
    };
    if let Some(record) = record {
        settings.name = record.name;
    }
    fresh(folder.session(), settings, created)
}

/// What a run's specification tells of the settings it was made from.
fn settings_of(spec: &RunSpec) -> Settings {
    let mut command = vec![spec.program.clone()];
    command.extend(spec.args.iter().cloned());
    Settings {
        name: spec.name.clone(),
        profile: "command".to_owned(),
        command,
        cwd: spec.cwd.clone(),
        env: spec.env.clone(),
        size: spec.size,
        ready: Some(spec.ready.clone()),
        retention: Some(spec.retention),
        ..Settings::default()
    }
}

//! From stored rows to a life and back: the one place where a step of the lifecycle becomes rows and events.

use mainstay_protocol::event::EventKind;
use mainstay_protocol::session::{Retrying, Status};
use mainstay_protocol::{RunId, SessionId, Timestamp};
use mainstay_store::{NewEvent, RunRow, SessionRow, StoreError, Write};

use crate::lifecycle::{self, Effect, Input, Life, Record, Rules};
use crate::rulebook::Rulebook;
use crate::summary;

/// A session and its newest run inside a job of the store.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) session: SessionRow,
    pub(crate) run: Option<RunRow>,
    /// Told to the lifecycle with each step.
    pub(crate) rules: Rules,
    /// What has to be done once the job is committed.
    pub(crate) effects: Vec<Effect>,
    /// Name of its profile, for the summary of a session that has nothing else.
    pub(crate) fallback: String,
}

/// When something happened, and by which entry of the host's journal it became known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) time: Timestamp,
    pub(crate) host_seq: Option<u64>,
}

impl Moment {
    /// Something that no journal tells.
    pub(crate) fn at(time: Timestamp) -> Self {
        Self {
            time,
            host_seq: None,
        }
    }
}

impl Rows {
    /// Reads a session and a run of it: the newest, where none is named.
    pub(crate) fn load(
        write: &Write<'_>,
        id: &SessionId,
        run: Option<&RunId>,
        book: &Rulebook,
    ) -> Result<Self, StoreError> {
        let session = write
            .session(id)?
            .ok_or_else(|| StoreError::UnknownSession(id.clone()))?;
        let run = match run.or(session.session.run.as_ref()) {
            Some(run) => write.run(run)?,
            None => None,
        };
        Ok(Self::of(session, run, book))
    }

    /// Rows that were made or read elsewhere.
    pub(crate) fn of(session: SessionRow, run: Option<RunRow>, book: &Rulebook) -> Self {
        let settings = &session.session.settings;
        Self {
            rules: book.rules(settings),
            fallback: book.fallback(settings),
            session,
            run,
            effects: Vec::new(),
        }
    }

    /// The life that the rows tell.
    pub(crate) fn life(&self) -> Life {
        let session = &self.session.session;
        let run = self.run.as_ref();
        Life {
            record: if session.deleted.is_some() {
                Record::Deleted
            } else {
                Record::Kept
            },
            status: session.status,
            reason: session.reason.clone(),
            pid: run.and_then(|row| row.run.pid),
            ready: run.is_some_and(|row| row.run.ready.is_some()),
            resumed: run.is_some_and(|row| row.run.resumed),
            stopping: session.stopping,
            stop_told: run.is_some_and(|row| row.stopping),
            timed_out: run.and_then(|row| row.timed_out),
            attempts: self.session.attempt,
            retry_due: session.retrying.is_some(),
            clean_up_due: self.session.delete_at.is_some(),
        }
    }

    /// Takes a step: rows and events are written. False if nothing came of it.
    pub(crate) fn step(
        &mut self,
        write: &mut Write<'_>,
        input: &Input,
        moment: Moment,
    ) -> Result<bool, StoreError> {
        let before = self.life();
        let step = lifecycle::step(&before, input, &self.rules);
        if step.is_nothing(&before) {
            return Ok(false);
        }
        self.put(&step.life, moment);
        for effect in &step.effects {
            self.plan(*effect, moment.time);
        }
        self.effects.extend(step.effects);
        self.save(write)?;
        for kind in step.events {
            self.tell(write, kind, moment)?;
        }
        Ok(true)
    }

    /// Writes the rows as they are.
    pub(crate) fn save(&mut self, write: &mut Write<'_>) -> Result<(), StoreError> {
        self.sum_up();
        if let Some(run) = &self.run {
            write.update_run(run)?;
        }
        write.update_session(&self.session)
    }

    /// Appends an event about the newest run.
    pub(crate) fn tell(
        &self,
        write: &mut Write<'_>,
        kind: EventKind,
        moment: Moment,
    ) -> Result<(), StoreError> {
        let run = self.run.as_ref().map(|row| &row.run);
        write.append_event(NewEvent {
            time: moment.time,
            session: self.session.session.id.clone(),
            run: run.map(|run| run.id.clone()),
            host_seq: moment.host_seq,
            origin: run.map(|run| run.origin),
            kind,
        })?;
        Ok(())
    }

    /// Makes the text that stands for the session anew. What a private session's program calls itself stays in memory.
    pub(crate) fn sum_up(&mut self) {
        let session = &mut self.session.session;
        let settings = &session.settings;
        session.summary = summary::of(
            session.name.as_deref(),
            &session.title,
            &settings.command,
            &self.fallback,
        );
    }

    fn put(&mut self, life: &Life, moment: Moment) {
        let session = &mut self.session.session;
        if let Some(row) = &mut self.run {
            row.run.pid = life.pid;
            row.run.resumed = life.resumed;
            row.stopping = life.stop_told;
            row.timed_out = life.timed_out;
            row.paused = life.status == Status::Paused;
            if life.ready && row.run.ready.is_none() {
                row.run.ready = Some(moment.time);
                session.started = Some(moment.time);
            }
        }
        if life.record == Record::Deleted && session.deleted.is_none() {
            session.deleted = Some(moment.time);
        }
        session.status = life.status;
        session.reason.clone_from(&life.reason);
        session.pid = life.pid.filter(|_| life.is_live());
        session.stopping = life.stopping;
        self.session.attempt = life.attempts;
        if !life.retry_due {
            session.retrying = None;
        }
        if !life.clean_up_due {
            self.session.delete_at = None;
        }
        if !life.is_live() {
            session.viewers = 0;
        }
    }

    fn plan(&mut self, effect: Effect, from: Timestamp) {
        let after = |ms: u64| Timestamp(from.millis().saturating_add(ms));
        match effect {
            Effect::ScheduleRetry { attempt, delay_ms } => {
                self.session.session.retrying = Some(Retrying {
                    attempt,
                    of: self.rules.retry.map_or(attempt, |retry| retry.count),
                    at: after(delay_ms),
                });
            }
            Effect::ScheduleCleanUp { after_ms } => self.session.delete_at = Some(after(after_ms)),
            // What is taken back is in the life.
            Effect::CancelRetry | Effect::CancelCleanUp | Effect::Purge => {}
        }
    }
}

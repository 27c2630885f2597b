//! Runs of sessions.

use mainstay_protocol::journal::TimeoutKind;
use mainstay_protocol::session::Run;
use mainstay_protocol::{RunId, SessionId};
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use crate::columns::{Columns, content, integer, json, optional, optional_time, time, word};
use crate::{Read, StoreError, Write};

pub(crate) const SCHEMA: &str = "
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id),
    number INTEGER NOT NULL,
    origin TEXT NOT NULL,
    resumed INTEGER NOT NULL,
    created INTEGER NOT NULL,
    spawned INTEGER,
    ready INTEGER,
    pid INTEGER,
    outcome TEXT,
    -- Number of the last journal entry that was taken.
    host_seq INTEGER NOT NULL,
    stopping INTEGER NOT NULL,
    timed_out TEXT,
    paused INTEGER NOT NULL,
    UNIQUE (session, number)
) STRICT;
";

macro_rules! columns {
    () => {
        "id, session, number, origin, resumed, created, spawned, ready, pid, outcome, host_seq, stopping, timed_out, paused"
    };
}

/// A run and what the manager has to know of it beside what clients see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// The run as clients see it.
    pub run: Run,
    /// Its session.
    pub session: SessionId,
    /// Number of the last entry of the host's journal that was taken; 0 before the first.
    pub host_seq: u64,
    /// A stop was asked for.
    pub stopping: bool,
    /// The clock that ran out.
    pub timed_out: Option<TimeoutKind>,
    /// Its process tree is stopped.
    pub paused: bool,
}

impl RunRow {
    /// A run that has just been asked for.
    #[must_use]
    pub fn new(session: SessionId, run: Run) -> Self {
        Self {
            run,
            session,
            host_seq: 0,
            stopping: false,
            timed_out: None,
            paused: false,
        }
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let mut columns = Columns::of(row);
        let id: String = columns.next()?;
        let id = id
            .parse()
            .map_err(|error| content("the id of a run", &error))?;
        let session = columns.session()?;
        let run = Run {
            id,
            number: columns.next()?,
            origin: columns.word("who started a run")?,
            resumed: columns.next()?,
            created: columns.time()?,
            spawned: columns.optional_time()?,
            ready: columns.optional_time()?,
            pid: columns.next()?,
            outcome: columns.optional_json("the outcome of a run")?,
        };
        Ok(Self {
            run,
            session,
            host_seq: columns.number()?,
            stopping: columns.next()?,
            timed_out: columns.optional_word("the timeout of a run")?,
            paused: columns.next()?,
        })
    }

    fn values(&self) -> Result<[Value; 14], StoreError> {
        let run = &self.run;
        let outcome = run
            .outcome
            .as_ref()
            .map(|outcome| json("the outcome of a run", outcome));
        let timed_out = self
            .timed_out
            .map(|which| word("the timeout of a run", &which));
        Ok([
            run.id.as_str().to_owned().into(),
            self.session.as_str().to_owned().into(),
            run.number.into(),
            word("who started a run", &run.origin)?.into(),
            run.resumed.into(),
            time(run.created).into(),
            optional_time(run.spawned),
            optional_time(run.ready),
            optional(run.pid),
            optional(outcome.transpose()?),
            integer(self.host_seq).into(),
            self.stopping.into(),
            optional(timed_out.transpose()?),
            self.paused.into(),
        ])
    }
}

impl Read<'_> {
    /// A run.
    ///
    /// # Errors
    /// Those of the database.
    pub fn run(&self, id: &RunId) -> Result<Option<RunRow>, StoreError> {
        self.one(
            concat!("SELECT ", columns!(), " FROM runs WHERE id = ?1"),
            [id.as_str()],
            RunRow::read,
        )
    }

    /// The runs of a session, the first one first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn runs(&self, session: &SessionId) -> Result<Vec<RunRow>, StoreError> {
        self.all(
            concat!(
                "SELECT ",
                columns!(),
                " FROM runs WHERE session = ?1 ORDER BY number"
            ),
            [session.as_str()],
            RunRow::read,
        )
    }
}

impl Write<'_> {
    /// Adds a run.
    ///
    /// # Errors
    /// [`StoreError::DuplicateRun`] if its id, or its number in the session, is there; [`StoreError::UnknownSession`] if its
    /// session isn't; those of the database.
    pub fn insert_run(&mut self, run: &RunRow) -> Result<(), StoreError> {
        if !self.has_session(&run.session)? {
            return Err(StoreError::UnknownSession(run.session.clone()));
        }
        let added = self.add(
            concat!(
                "INSERT INTO runs (",
                columns!(),
                ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            ),
            params_from_iter(run.values()?),
        )?;
        if added {
            Ok(())
        } else {
            Err(StoreError::DuplicateRun(run.run.id.clone()))
        }
    }

    /// Writes all of a run anew.
    ///
    /// # Errors
    /// [`StoreError::UnknownRun`]; those of the database.
    pub fn update_run(&mut self, run: &RunRow) -> Result<(), StoreError> {
        let changed = self.change(
            concat!(
                "UPDATE runs SET (",
                columns!(),
                ") = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) WHERE id = ?1"
            ),
            params_from_iter(run.values()?),
        )?;
        if changed == 1 {
            Ok(())
        } else {
            Err(StoreError::UnknownRun(run.run.id.clone()))
        }
    }
}

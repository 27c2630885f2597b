//! The event log.

use std::sync::Arc;

use mainstay_protocol::event::{EventCount, Metadata};
use mainstay_protocol::session::EventQuery;
use mainstay_protocol::spec::Origin;
use mainstay_protocol::{EventKind, RunId, SessionEvent, SessionId, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use crate::columns::{Columns, integer, json, optional, optional_time, time, word};
use crate::{Read, StoreError, Write};

/// `AUTOINCREMENT`: a number is never given twice, also after the newest events were deleted.
pub(crate) const SCHEMA: &str = "
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    session TEXT NOT NULL REFERENCES sessions (id),
    run TEXT,
    host_seq INTEGER,
    origin TEXT,
    type TEXT NOT NULL,
    kind TEXT NOT NULL,
    start_time INTEGER,
    summary TEXT
) STRICT;
CREATE INDEX events_session ON events (session);
CREATE UNIQUE INDEX events_host ON events (run, host_seq, type);
CREATE INDEX events_time ON events (time, type);
";

macro_rules! columns {
    () => {
        "seq, time, session, run, origin, kind, start_time, summary"
    };
}

/// Events of a query that gives no limit.
const USUAL: u32 = 1_000;
/// Most events of one query.
const MOST: u32 = 10_000;
/// What events are counted by, in milliseconds.
const HOUR: u64 = 3_600_000;

/// An event that is to be stored; the store adds its number and what it tells of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// When it happened.
    pub time: Timestamp,
    /// The session.
    pub session: SessionId,
    /// The run, where it is about one.
    pub run: Option<RunId>,
    /// The entry of the run's journal that it comes from, where it does.
    pub host_seq: Option<u64>,
    /// Who started that run, or asked for this.
    pub origin: Option<Origin>,
    /// What happened.
    pub kind: EventKind,
}

impl Read<'_> {
    /// The events that fit, in the order of their numbers. Without a limit at most 1,000, never more than 10,000.
    ///
    /// # Errors
    /// Those of the database.
    pub fn events(&self, query: &EventQuery) -> Result<Vec<SessionEvent>, StoreError> {
        let mut sql = concat!("SELECT ", columns!(), " FROM events WHERE seq > ?").to_owned();
        let mut values: Vec<Value> = vec![integer(query.since).into()];
        if let Some(session) = &query.session {
            sql.push_str(" AND session = ?");
            values.push(session.as_str().to_owned().into());
        }
        if let Some(run) = &query.run {
            sql.push_str(" AND run = ?");
            values.push(run.as_str().to_owned().into());
        }
        if !query.types.is_empty() {
            let places = vec!["?"; query.types.len()].join(", ");
            sql.push_str(&format!(" AND type IN ({places})"));
            values.extend(query.types.iter().map(|name| name.clone().into()));
        }
        sql.push_str(" ORDER BY seq LIMIT ?");
        values.push(query.limit.unwrap_or(USUAL).min(MOST).into());
        self.all(&sql, params_from_iter(values), event)
    }

    /// How many events of each type there were in each hour from `from` up to, not including, `to`; hours and types without any
    /// are left out. Ordered by hour, then type.
    ///
    /// # Errors
    /// Those of the database.
    pub fn event_counts(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<EventCount>, StoreError> {
        let sql = "SELECT time / ?3 * ?3 AS hour, type, count(*) FROM events
            WHERE time >= ?1 AND time < ?2 GROUP BY hour, type ORDER BY hour, type";
        self.all(sql, (time(from), time(to), integer(HOUR)), |row| {
            let mut columns = Columns::of(row);
            Ok(EventCount {
                hour: columns.time()?,
                kind: columns.next()?,
                count: columns.number()?,
            })
        })
    }

    /// The number of the newest event ever stored, also if it was deleted since; 0 before the first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_seq(&self) -> Result<u64, StoreError> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'events'";
        Ok(self
            .one(sql, [], |row| Columns::of(row).number())?
            .unwrap_or(0))
    }

    fn event_of_host(&self, new: &NewEvent) -> Result<Option<SessionEvent>, StoreError> {
        let (Some(run), Some(host_seq)) = (&new.run, new.host_seq) else {
            return Ok(None);
        };
        self.one(
            concat!(
                "SELECT ",
                columns!(),
                " FROM events WHERE run = ?1 AND host_seq = ?2 AND type = ?3"
            ),
            (run.as_str(), integer(host_seq), new.kind.name()),
            event,
        )
    }

    /// What events tell of the session; nothing for a deleted one.
    fn metadata(&self, new: &NewEvent) -> Result<Option<Metadata>, StoreError> {
        let known = self.one(
            "SELECT created, summary, deleted FROM sessions WHERE id = ?1",
            [new.session.as_str()],
            |row| {
                let mut columns = Columns::of(row);
                let metadata = Metadata {
                    start_time: columns.time()?,
                    modified_time: new.time,
                    summary: columns.next()?,
                };
                let deleted = columns.optional_time()?;
                Ok(deleted.is_none().then_some(metadata))
            },
        )?;
        known.ok_or_else(|| StoreError::UnknownSession(new.session.clone()))
    }
}

impl Write<'_> {
    /// Adds an event to the log, with what it tells of the session as the session is stored now: change that first. Subscribers
    /// are told after the commit. The same entry of a run's journal gives each type of event once: if this one is there, it
    /// is given back and nobody is told again.
    ///
    /// # Errors
    /// [`StoreError::UnknownSession`]; those of the database.
    pub fn append_event(&mut self, new: NewEvent) -> Result<SessionEvent, StoreError> {
        if let Some(known) = self.event_of_host(&new)? {
            return Ok(known);
        }
        let metadata = self.metadata(&new)?;
        let origin = new
            .origin
            .map(|origin| word("who caused an event", &origin));
        self.change(
            "INSERT INTO events (time, session, run, host_seq, origin, type, kind, start_time, summary)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                time(new.time),
                new.session.as_str(),
                new.run.as_ref().map(RunId::as_str),
                optional(new.host_seq.map(integer)),
                origin.transpose()?,
                new.kind.name(),
                json("an event", &new.kind)?,
                optional_time(metadata.as_ref().map(|metadata| metadata.start_time)),
                metadata.as_ref().map(|metadata| metadata.summary.as_str()),
            ),
        )?;
        let seq = u64::try_from(self.last_key()).unwrap_or(0);
        self.touch_session(&new.session, new.time)?;
        let event = SessionEvent {
            seq,
            time: new.time,
            session_id: new.session,
            run_id: new.run,
            origin: new.origin,
            kind: new.kind,
            metadata,
        };
        self.tell(Arc::new(event.clone()));
        Ok(event)
    }

    /// Deletes the events that happened before `time`, at most `most` of them; how many they were. More may be left if it is
    /// `most`: a job of bounded length keeps nobody waiting.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_events_before(
        &mut self,
        before: Timestamp,
        most: u32,
    ) -> Result<u64, StoreError> {
        let deleted = self.change(
            "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE time < ?1 LIMIT ?2)",
            (time(before), most),
        )?;
        Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
    }
}

fn event(row: &Row<'_>) -> Result<SessionEvent, StoreError> {
    let mut columns = Columns::of(row);
    let seq = columns.number()?;
    let time = columns.time()?;
    let session_id = columns.session()?;
    let run_id = columns.optional_run()?;
    let origin = columns.optional_word("who caused an event")?;
    let kind = columns.json("an event")?;
    let start_time = columns.optional_time()?;
    let summary: Option<String> = columns.next()?;
    let metadata = start_time
        .zip(summary)
        .map(|(start_time, summary)| Metadata {
            start_time,
            modified_time: time,
            summary,
        });
    Ok(SessionEvent {
        seq,
        time,
        session_id,
        run_id,
        origin,
        kind,
        metadata,
    })
}

//! A row of the table.

use mainstay_protocol::session::{Retrying, Session};
use mainstay_protocol::{Size, Timestamp};
use rusqlite::Row;
use rusqlite::types::Value;

use crate::StoreError;
use crate::columns::{Columns, content, json, optional, optional_time, time};

/// Stands between the texts that are searched, so that nothing is found across two of them.
const BETWEEN: &str = "\u{1f}";

/// A session and what the manager has to know of it beside what clients see. Whether its host is connected isn't stored.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    /// The session as clients see it.
    pub session: Session,
    /// How many automatic new runs the present chain has used.
    pub attempt: u32,
    /// When it is deleted by itself.
    pub delete_at: Option<Timestamp>,
}

impl SessionRow {
    /// A session without any timer.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self {
            session,
            attempt: 0,
            delete_at: None,
        }
    }

    pub(super) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let mut columns = Columns::of(row);
        let id = columns.session()?;
        let created = columns.time()?;
        let updated = columns.time()?;
        let name = columns.next()?;
        let status: String = columns.next()?;
        let status = status
            .parse()
            .map_err(|error| content("a status", &error))?;
        let summary = columns.next()?;
        let project = columns.next()?;
        let _profile: String = columns.next()?;
        let environment = columns.next()?;
        let pid = columns.next()?;
        let run = columns.optional_run()?;
        let runs = columns.next()?;
        let started = columns.optional_time()?;
        let ended = columns.optional_time()?;
        let last_active = columns.optional_time()?;
        let deleted = columns.optional_time()?;
        let stopping = columns.next()?;
        let retrying = retrying(&mut columns)?;
        let attempt = columns.next()?;
        let delete_at = columns.optional_time()?;
        let size = Size::clamped(columns.next()?, columns.next()?);
        let viewers = columns.next()?;
        let session = Session {
            id,
            name,
            status,
            summary,
            project,
            environment,
            pid,
            run,
            runs,
            created,
            started,
            ended,
            updated,
            last_active,
            stopping,
            retrying,
            size,
            viewers,
            deleted,
            reason: columns.next()?,
            title: columns.next()?,
            current_dir: columns.next()?,
            progress: columns.json("the progress of a session")?,
            outcome: columns.optional_json("the outcome of a session")?,
            settings: columns.json("the settings of a session")?,
            connected: false,
        };
        Ok(Self {
            session,
            attempt,
            delete_at,
        })
    }

    /// Id, what changes, and the two columns made from it.
    pub(super) fn values(&self) -> Result<Vec<Value>, StoreError> {
        let session = &self.session;
        let outcome = session.outcome.as_ref();
        let outcome = outcome.map(|outcome| json("the outcome of a session", outcome));
        let retrying = session.retrying;
        Ok(vec![
            session.id.as_str().to_owned().into(),
            optional(session.name.clone()),
            session.status.as_str().to_owned().into(),
            session.summary.clone().into(),
            session.project.clone().into(),
            session.settings.profile.clone().into(),
            session.environment.clone().into(),
            optional(session.pid),
            optional(session.run.as_ref().map(|run| run.as_str().to_owned())),
            session.runs.into(),
            optional_time(session.started),
            optional_time(session.ended),
            optional_time(session.last_active),
            optional_time(session.deleted),
            session.stopping.into(),
            optional(retrying.map(|retrying| retrying.attempt)),
            optional(retrying.map(|retrying| retrying.of)),
            optional_time(retrying.map(|retrying| retrying.at)),
            self.attempt.into(),
            optional_time(self.delete_at),
            session.size.cols().into(),
            session.size.rows().into(),
            session.viewers.into(),
            optional(session.reason.clone()),
            session.title.clone().into(),
            optional(session.current_dir.clone()),
            json("the progress of a session", &session.progress)?.into(),
            optional(outcome.transpose()?),
            json("the settings of a session", &session.settings)?.into(),
            sort_name(session).into(),
            search(session).into(),
        ])
    }

    pub(super) fn times(&self) -> [Value; 2] {
        [
            time(self.session.created).into(),
            time(self.session.updated).into(),
        ]
    }
}

fn retrying(columns: &mut Columns<'_, '_>) -> Result<Option<Retrying>, StoreError> {
    let attempt: Option<u32> = columns.next()?;
    let of: Option<u32> = columns.next()?;
    let at = columns.optional_time()?;
    Ok(at.map(|at| Retrying {
        attempt: attempt.unwrap_or(0),
        of: of.unwrap_or(0),
        at,
    }))
}

/// What the session is ordered by as a name: its name, else its id.
pub(super) fn sort_name(session: &Session) -> String {
    let name = session.name.as_deref();
    name.unwrap_or(session.id.as_str()).to_lowercase()
}

/// What a text is searched in: id, name, summary, command and folders. SQLite knows upper and lower case of ASCII alone.
fn search(session: &Session) -> String {
    let texts = [
        session.id.as_str(),
        session.name.as_deref().unwrap_or_default(),
        &session.summary,
        &session.settings.command.join(" "),
        &session.settings.cwd,
        session.current_dir.as_deref().unwrap_or_default(),
    ];
    texts.join(BETWEEN).to_lowercase()
}

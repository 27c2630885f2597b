//! Making a session and starting it.

use std::path::Path;
use std::sync::Arc;

use mainstay_protocol::outcome::Outcome;
use mainstay_protocol::session::{NewSession, Run, Session, Settings, Status};
use mainstay_protocol::spec::Origin;
use mainstay_protocol::{Problem, RunId, SessionId, Timestamp};
use mainstay_seams::failpoint;
use mainstay_store::{NewEvent, RunRow, SessionRow, StoreError, Write};

use super::start::Launch;
use crate::Engine;
use crate::failpoints;
use crate::lifecycle::{self, Ask, Input, Life};
use crate::record::Rows;
use crate::rulebook::Rulebook;
use crate::{plan, project};

/// The environment in which sessions run without further ado: this machine.
const HOST: &str = "host";

impl Engine {
    /// Makes a session and starts its first run; returns once the program runs. A session that can't be started stays, as
    /// failed, with the reason; all else of it is removed.
    pub(crate) fn create(self: &Arc<Self>, new: NewSession) -> Result<Session, Problem> {
        let NewSession {
            id,
            mut settings,
            start,
        } = new;
        let book = self.read_rulebook();
        plan::complete(&mut settings, &book.profiles, &book.defaults, &self.person)?;
        let id = match id {
            Some(id) => id,
            None => self.random_session()?,
        };
        let present = self.sessions.of(&id);
        let _operation = present.operation.lock();
        if self.places.session_dir(&id).exists() && self.find(&id).is_err() {
            // A folder that nobody knows, made since the manager began.
            return Err(StoreError::DuplicateId(id).problem());
        }
        let now = self.now();
        let mut session = fresh(&id, settings, now);
        session.size = start.terminal.unwrap_or(session.size);
        let run = self.random_run()?;
        let origin = start.origin.unwrap_or(Origin::Api);
        let (row, run) = fresh_run(session, run, origin, now);
        let stored = {
            let (row, run, book) = (row, run, Arc::clone(&book));
            self.write(move |write| insert(write, row.clone(), run.clone(), &book))
        };
        let rows = stored.map_err(|error| error.problem())?;
        failpoint::hit(failpoints::CREATE_STORED);
        present.keep_base_env(start.base_env.clone());
        self.launch(
            &present,
            &rows,
            &Launch {
                base_env: start.base_env,
                size: start.terminal,
                book,
                is_first: true,
            },
        )
    }
}

/// A session that has just been made.
pub(crate) fn fresh(id: &SessionId, settings: Settings, created: Timestamp) -> Session {
    Session {
        id: id.clone(),
        name: settings.name.clone(),
        status: Status::Pending,
        summary: String::new(),
        project: project::of(Path::new(&settings.cwd))
            .to_string_lossy()
            .into_owned(),
        environment: HOST.to_owned(),
        pid: None,
        run: None,
        runs: 0,
        created,
        started: None,
        ended: None,
        updated: created,
        last_active: None,
        outcome: None::<Outcome>,
        reason: None,
        stopping: false,
        retrying: None,
        title: String::new(),
        current_dir: None,
        progress: mainstay_protocol::state::Progress::None,
        size: settings.size,
        viewers: 0,
        connected: false,
        deleted: None,
        settings,
    }
}

/// The session with another run, and that run.
pub(crate) fn fresh_run(
    mut session: Session,
    id: RunId,
    origin: Origin,
    created: Timestamp,
) -> (SessionRow, RunRow) {
    session.runs = session.runs.saturating_add(1);
    session.run = Some(id.clone());
    session.started = None;
    session.ended = None;
    session.outcome = None;
    session.progress = mainstay_protocol::state::Progress::None;
    let run = Run {
        id,
        number: session.runs,
        origin,
        resumed: false,
        created,
        spawned: None,
        ready: None,
        pid: None,
        outcome: None,
    };
    let run = RunRow::new(session.id.clone(), run);
    (SessionRow::new(session), run)
}

/// The job: the session, its first run and `created`.
pub(crate) fn insert(
    write: &mut Write<'_>,
    session: SessionRow,
    run: RunRow,
    book: &Rulebook,
) -> Result<Rows, StoreError> {
    let mut rows = Rows::of(session, Some(run), book);
    let step = lifecycle::step(&Life::unborn(), &Input::Run(Ask::Create), &rows.rules);
    rows.sum_up();
    write.insert_session(&rows.session)?;
    if let Some(run) = &rows.run {
        write.insert_run(run)?;
        for kind in step.events {
            write.append_event(NewEvent {
                time: rows.session.session.created,
                session: rows.session.session.id.clone(),
                run: Some(run.run.id.clone()),
                host_seq: None,
                origin: Some(run.run.origin),
                kind,
            })?;
        }
    }
    Ok(rows)
}

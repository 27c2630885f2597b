//! Further runs: resumed, run again, retried by themselves; and a session like another one.

use std::sync::Arc;
use std::time::Duration;

use mainstay_protocol::session::{NewSession, Session, Start};
use mainstay_protocol::spec::Origin;
use mainstay_protocol::{Code, Problem, SessionId};
use mainstay_seams::failpoint;
use mainstay_store::{RunRow, SessionRow, StoreError, Write};

use super::start::Launch;
use super::{fresh_run, live};
use crate::Engine;
use crate::error::closing;
use crate::failpoints;
use crate::lifecycle::{Ask, Input};
use crate::present::Present;
use crate::record::{Moment, Rows};
use crate::rulebook::Rulebook;
use crate::timers::Due;

/// Longest wait for the host of the run before to be gone. It stays 10 s for viewers that take nothing.
const PATIENCE: Duration = Duration::from_secs(20);
/// Pause before a retry that the store kept from being done is tried again.
const LATER: Duration = Duration::from_secs(30);

impl Engine {
    /// Starts another run of a session whose last one has ended; returns once the program runs.
    pub(crate) fn run_again(
        self: &Arc<Self>,
        id: &SessionId,
        ask: Ask,
        start: Start,
    ) -> Result<Session, Problem> {
        let present = self.sessions.of(id);
        let _operation = present.operation.lock();
        let session = self.find(id)?.session;
        if session.status.is_live() {
            return Err(live(&session));
        }
        if ask == Ask::Retry && session.retrying.is_none() {
            return Ok(session);
        }
        self.until_host_is_gone(&present, &session)?;
        let base_env = match ask {
            Ask::Retry => present.base_env(),
            _ => start.base_env,
        };
        present.keep_base_env(base_env.clone());
        let origin = match ask {
            Ask::Retry => Origin::Retry,
            _ => start.origin.unwrap_or(Origin::Api),
        };
        let book = self.read_rulebook();
        let stored = {
            let (id, run, now) = (id.clone(), self.random_run()?, self.now());
            let book = Arc::clone(&book);
            self.write(move |write| {
                let row = write
                    .session(&id)?
                    .ok_or_else(|| StoreError::UnknownSession(id.clone()))?;
                let (session, new) = fresh_run(row.session.clone(), run.clone(), origin, now);
                add(write, (row, session), new, ask, Moment::at(now), &book)
            })
        };
        let rows = stored.map_err(|error| error.problem())?;
        self.after(id, &rows.effects);
        failpoint::hit(failpoints::RUN_STORED);
        self.launch(
            &present,
            &rows,
            &Launch {
                base_env,
                size: start.terminal,
                book,
                is_first: false,
            },
        )
    }

    /// Makes a session with the settings of another one and starts it.
    pub(crate) fn duplicate(
        self: &Arc<Self>,
        id: &SessionId,
        start: Start,
    ) -> Result<Session, Problem> {
        let mut settings = self.find(id)?.session.settings;
        if let Some(name) = &mut settings.name {
            name.push_str(" copy");
        }
        self.create(NewSession {
            id: None,
            settings,
            start,
        })
    }

    /// The pause before a retry is over.
    pub(crate) fn retry_is_due(self: &Arc<Self>, id: &SessionId) {
        failpoint::hit(failpoints::RETRY_DUE);
        match self.run_again(id, Ask::Retry, Start::default()) {
            Ok(_) => {}
            Err(problem) if matches!(problem.code, Code::Storage | Code::Busy) => {
                tracing::warn!(session = %id, %problem, "a retry is put off");
                if self
                    .find(id)
                    .is_ok_and(|row| row.session.retrying.is_some())
                {
                    self.timers.set(Due::Retry(id.clone()), LATER);
                }
            }
            // The session says why.
            Err(problem) => tracing::info!(session = %id, %problem, "a retry did not start"),
        }
    }

    /// Waits until the host of the last run is gone: a session has one host at a time.
    pub(super) fn until_host_is_gone(
        self: &Arc<Self>,
        present: &Arc<Present>,
        session: &Session,
    ) -> Result<(), Problem> {
        if present.followed().is_none()
            && let Some(run) = &session.run
            && self
                .folder(&session.id)
                .and_then(|folder| folder.is_live())
                .unwrap_or(false)
        {
            self.follow(present, run);
        }
        let deadline = self.clock.monotonic().saturating_add(PATIENCE);
        let waited = present
            .notice
            .wait(self.clock.as_ref(), Some(deadline), || {
                if self.is_closing() {
                    return Some(Err(closing()));
                }
                present.followed().is_none().then_some(Ok(()))
            });
        waited.unwrap_or_else(|| {
            let words = format!(
                "the host of the last run of session {} is still there; somebody looks at the end of that run: close that, or try again",
                session.id
            );
            Err(Problem::new(Code::Busy, words).of(&session.id))
        })
    }
}

/// The job: another run of a session, with the event that tells of it. `session` is the session's row as it was and with
/// the run.
pub(crate) fn add(
    write: &mut Write<'_>,
    (before, session): (SessionRow, SessionRow),
    mut run: RunRow,
    ask: Ask,
    moment: Moment,
    book: &Rulebook,
) -> Result<Rows, StoreError> {
    if before.session.deleted.is_some() || before.session.status.is_live() {
        return Err(live(&before.session).into());
    }
    if let Some(last) = &before.session.run
        && let Some(last) = write.run(last)?
    {
        // A retry repeats what failed.
        run.run.resumed = last.run.resumed;
    }
    write.insert_run(&run)?;
    let session = SessionRow {
        attempt: before.attempt,
        delete_at: before.delete_at,
        ..session
    };
    let mut rows = Rows::of(session, Some(run), book);
    if !rows.step(write, &Input::Run(ask), moment)? {
        return Err(live(&before.session).into());
    }
    Ok(rows)
}

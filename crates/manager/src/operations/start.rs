//! Starting the host of a run that is stored already.

use std::collections::BTreeMap;
use std::sync::Arc;

use mainstay_keep::{KeepError, SessionFolder};
use mainstay_link::launch::{self, LaunchError, Started};
use mainstay_protocol::frame::ErrorCode;
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::session::Session;
use mainstay_protocol::spec::RunSpec;
use mainstay_protocol::{Code, Problem, RunId, Size};
use mainstay_seams::failpoint;
use mainstay_store::RunRow;

use crate::Engine;
use crate::error;
use crate::failpoints;
use crate::lifecycle::Input;
use crate::plan::{self, Wanted};
use crate::present::Present;
use crate::record::Rows;
use crate::rulebook::Rulebook;

/// How a run is started.
#[derive(Debug)]
pub(crate) struct Launch {
    /// Instead of the environment of the person's login shell.
    pub(crate) base_env: Option<BTreeMap<String, String>>,
    /// Instead of the size the session had last.
    pub(crate) size: Option<Size>,
    pub(crate) book: Arc<Rulebook>,
    /// It is the session's first run: if it can't be started, nothing but the record is left of the session.
    pub(crate) is_first: bool,
}

impl Engine {
    /// Starts the host of a stored run and follows it; returns once the program runs. The caller holds the session's lock.
    pub(crate) fn launch(
        self: &Arc<Self>,
        present: &Arc<Present>,
        rows: &Rows,
        launch: &Launch,
    ) -> Result<Session, Problem> {
        let session = &rows.session.session;
        let Some(run) = &rows.run else {
            return Err(Problem::new(Code::Internal, "the session has no run").of(&session.id));
        };
        match self.start_host(session, run, launch) {
            Ok(started) => {
                failpoint::hit(failpoints::LAUNCHED);
                self.follow(present, &run.run.id);
                // What the host did meanwhile is more than what we stored before.
                let mut now = self
                    .find(&session.id)
                    .map_or_else(|_| session.clone(), |row| row.session);
                if now.status.is_live() && now.pid.is_none() {
                    now.pid = started.map(|started| started.pid);
                }
                present.complete(&mut now);
                Ok(now)
            }
            Err(problem) => {
                failpoint::hit(failpoints::LAUNCH_FAILED);
                self.start_failed(session, &run.run.id, &problem, launch.is_first);
                Err(problem.of(&session.id))
            }
        }
    }

    /// Nothing in place of what the host reported, if it lives and could not say so.
    fn start_host(
        &self,
        session: &Session,
        run: &RunRow,
        launch: &Launch,
    ) -> Result<Option<Started>, Problem> {
        let spec = self.spec(session, run, launch)?;
        let failed = |error: KeepError| error::folder(&error);
        let folder = SessionFolder::create(&self.places, &session.id).map_err(failed)?;
        failpoint::hit(failpoints::FOLDER_MADE);
        self.write_record(&folder, session).map_err(failed)?;
        failpoint::hit(failpoints::RECORD_WRITTEN);
        let started = {
            let _inside = self.launches.enter();
            if self.is_closing() {
                return Err(error::closing());
            }
            launch::start(&self.installed, &spec, self.data_dir.as_deref())
        };
        match started {
            Ok(started) => Ok(Some(started)),
            Err(error @ LaunchError::Failed(_)) => Err(problem(&error)),
            // Whoever should have told us ended; the host itself may be there.
            Err(_) if folder.is_live().unwrap_or(false) => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    }

    fn spec(&self, session: &Session, run: &RunRow, launch: &Launch) -> Result<RunSpec, Problem> {
        let taken;
        let base = match &launch.base_env {
            Some(base) => base,
            None => {
                taken = self.login.get();
                self.note_troubles("environment", taken.note.iter());
                &taken.vars
            }
        };
        plan::spec(&Wanted {
            session: &session.id,
            run: &run.run.id,
            settings: &session.settings,
            profile: launch.book.profiles.of(&session.settings),
            defaults: &launch.book.defaults,
            person: &self.person,
            base,
            last_dir: self.last_dir(session).as_deref(),
            size: Some(launch.size.unwrap_or(session.size)),
            origin: run.run.origin,
            resumed: run.run.resumed,
        })
    }

    /// The folder the session was in last: what its last run left in its own folder is newer than what we stored.
    fn last_dir(&self, session: &Session) -> Option<String> {
        let kept = self.folder(&session.id).and_then(|folder| {
            let last = folder.current()?;
            last.map_or(Ok(None), |run| folder.run(&run).cwd())
        });
        kept.ok().flatten().or_else(|| session.current_dir.clone())
    }

    /// Stores that a run could not be started, by its host's own words where it left some, and removes what was made for it.
    fn start_failed(
        self: &Arc<Self>,
        session: &Session,
        run: &RunId,
        problem: &Problem,
        is_first: bool,
    ) {
        let id = &session.id;
        if let Ok(folder) = self.folder(id)
            && folder.run(run).path().exists()
            && let Err(error) = self.take_file(id, run)
        {
            tracing::warn!(session = %id, %error, "the journal of a failed start can't be taken");
        }
        let outcome = Outcome {
            exit: Exit::NotStarted {
                error: problem.detail.clone(),
            },
            reason: EndReason::StartFailed,
            ended: self.now(),
            ran_ms: 0,
        };
        let input = Input::StartFailed(problem.detail.clone());
        if let Err(error) = self.conclude(id, run, &input, outcome) {
            // The row stays pending; the next start of the manager finds no host and says so.
            self.note(&format!("session {id}"), error);
        }
        failpoint::hit(failpoints::FAILURE_STORED);
        if is_first && let Err(error) = self.remove_folder(id) {
            self.clean_up_failed(id, &format!("its folder can't be removed: {error}"));
        }
    }
}

fn problem(error: &LaunchError) -> Problem {
    let code = match error {
        LaunchError::Failed(failure) if failure.code == ErrorCode::Storage => Code::Storage,
        LaunchError::Failed(failure) if failure.code == ErrorCode::Invalid => Code::BadProgram,
        _ => Code::StartFailed,
    };
    Problem::new(code, error.to_string())
}

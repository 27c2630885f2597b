//! After the end of a run: the host goes, what must not be kept is removed.

use std::fs;
use std::io;
use std::sync::Arc;

use mainstay_keep::{EndedView, KeepError, SessionFolder};
use mainstay_protocol::event::{EventKind, Phase};
use mainstay_protocol::outcome::Exit;
use mainstay_protocol::session::Session;
use mainstay_protocol::{Problem, SessionId};
use mainstay_seams::{Alarm, failpoint};

use super::Follower;
use super::backoff::Backoff;
use crate::Engine;
use crate::error;
use crate::failpoints;
use crate::record::{Moment, Rows};

impl Follower {
    /// The run is over and stored.
    pub(super) fn run_is_over(&self) {
        let engine = &self.engine;
        if let Ok(folder) = engine.folder(&self.present.id) {
            self.until_free(&folder);
        }
        if engine.is_closing() {
            return;
        }
        engine.clean_up_after_run(&self.present.id);
    }

    /// Waits until nobody holds the session: the host removes its socket and is gone a moment after its last connection.
    fn until_free(&self, folder: &SessionFolder) {
        let mut pause = Backoff::for_host();
        while !self.engine.is_closing() && folder.is_live().unwrap_or(false) {
            pause.pause(self.engine.clock.as_ref(), &self.alarm);
        }
    }
}

impl Engine {
    /// Removes what must not be left of a session whose run has ended: everything that a private one printed, the folder of
    /// one that never started. What fails is told and doesn't keep the rest from being done.
    pub(crate) fn clean_up_after_run(self: &Arc<Self>, id: &SessionId) {
        let Ok(Some(row)) = self.read(|read| read.session(id)) else {
            return;
        };
        let session = &row.session;
        if session.status.is_live() || session.deleted.is_some() {
            return;
        }
        if never_started(session)
            && let Err(error) = self.remove_folder(id)
        {
            self.clean_up_failed(id, &format!("its folder can't be removed: {error}"));
        }
        if !session.settings.private {
            self.keep_last_words(id);
        } else {
            failpoint::hit(failpoints::PRIVATE_ENDED);
            if let Err(error) = self.purge_private(id) {
                let words = format!("what it printed can't be removed: {}", error.detail);
                self.clean_up_failed(id, &words);
            }
        }
    }

    /// Stores what the program last said of itself: its host tells that at most every 2 s, and may have been killed before.
    fn keep_last_words(self: &Arc<Self>, id: &SessionId) {
        let Ok(view) = self.folder(id).and_then(|folder| EndedView::open(&folder)) else {
            return;
        };
        if !view.has_screen() {
            return;
        }
        let (screen, size) = (view.state(), view.size());
        let (of, book, now) = (id.clone(), self.rulebook(), self.now());
        let stored = self.write(move |write| {
            let mut rows = Rows::load(write, &of, None, &book)?;
            let session = &mut rows.session.session;
            let before = session.clone();
            session.title.clone_from(&screen.title);
            if screen.cwd.is_some() {
                session.current_dir.clone_from(&screen.cwd);
            }
            session.size = size;
            if session.status.is_live() || *session == before {
                return Ok(());
            }
            rows.save(write)?;
            rows.tell(write, EventKind::Updated, Moment::at(now))
        });
        if let Err(error) = stored {
            tracing::warn!(session = %id, %error, "the last state can't be stored");
        }
    }

    /// Removes everything that a session's ended runs printed, also from their journals.
    fn purge_private(&self, id: &SessionId) -> Result<(), Problem> {
        let folder = match self.folder(id) {
            Err(KeepError::NoSession { .. }) => return Ok(()),
            found => found.map_err(|error| error::folder(&error))?,
        };
        purge_history(&folder)?;
        let failed = |path: &std::path::Path, error: io::Error| {
            Problem::new(
                mainstay_protocol::Code::Storage,
                format!("{} can't be removed: {error}", path.display()),
            )
        };
        for run in folder.runs().map_err(|error| error::folder(&error))? {
            let path = folder.run(&run).journal_path();
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed(&path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Tells that something could not be cleaned up.
    pub(crate) fn clean_up_failed(self: &Arc<Self>, id: &SessionId, words: &str) {
        tracing::warn!(session = %id, "{words}");
        let kind = EventKind::Error {
            phase: Phase::Cleanup,
            error: words.to_owned(),
            pid: None,
        };
        let (id, book, now) = (id.clone(), self.rulebook(), self.now());
        let told = self.write(move |write| {
            let rows = Rows::load(write, &id, None, &book)?;
            rows.tell(write, kind.clone(), Moment::at(now))
        });
        if let Err(error) = told {
            tracing::warn!(%error, "the failed clean-up can't be stored");
        }
    }
}

/// Removes a session's history; nobody holds the session.
pub(crate) fn purge_history(folder: &SessionFolder) -> Result<(), Problem> {
    let history = folder.history_dir();
    if !history.exists() {
        return Ok(());
    }
    mainstay_history::purge(&history).map_err(|error| {
        Problem::new(mainstay_protocol::Code::Storage, error.to_string()).of(folder.session())
    })
}

/// Nothing of it ran, ever: its folder holds nothing.
pub(crate) fn never_started(session: &Session) -> bool {
    let not_started = |outcome: &mainstay_protocol::outcome::Outcome| {
        matches!(outcome.exit, Exit::NotStarted { .. })
    };
    session.runs <= 1
        && session.status == mainstay_protocol::session::Status::Failed
        && session.outcome.as_ref().is_some_and(not_started)
}

/// Waits by the clock until nobody holds a folder, or the deadline comes. True if nobody does.
pub(crate) fn until_free(
    engine: &Engine,
    folder: &SessionFolder,
    deadline: std::time::Duration,
) -> bool {
    let alarm = Alarm::default();
    let mut pause = Backoff::for_host();
    while folder.is_live().unwrap_or(false) {
        if engine.is_closing() || engine.clock.monotonic() >= deadline {
            return false;
        }
        pause.pause(engine.clock.as_ref(), &alarm);
    }
    true
}

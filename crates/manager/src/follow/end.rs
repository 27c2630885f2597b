//! After the end of a run: the host goes, what must not be kept is removed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mainstay_keep::{EndedView, KeepError, SessionFolder};
use mainstay_protocol::event::{EventKind, Phase};
use mainstay_protocol::outcome::Exit;
use mainstay_protocol::session::Session;
use mainstay_protocol::{Problem, SessionId};
use mainstay_seams::failpoint;

use super::Follower;
use super::state::is_in;
use crate::Engine;
use crate::error;
use crate::failpoints;
use crate::present::Present;
use crate::record::{Moment, Rows};

impl Follower {
    /// The run is over and stored.
    pub(super) fn run_is_over(&self) {
        let engine = &self.engine;
        if let Ok(folder) = engine.folder(&self.present.id) {
            engine.until_free(&self.present, &folder, None);
        }
        if engine.is_closing() {
            return;
        }
        engine.clean_up_after_run(&self.present.id);
    }
}

impl Engine {
    /// Waits until nobody holds a session, as its host is gone a moment after its last connection. False if the deadline comes
    /// or the manager closes before.
    pub(crate) fn until_free(
        &self,
        present: &Arc<Present>,
        folder: &SessionFolder,
        deadline: Option<Duration>,
    ) -> bool {
        let is_free = || !folder.is_live().unwrap_or(false);
        if is_free() {
            return true;
        }
        let free = Arc::new(AtomicBool::new(false));
        let then = {
            let (free, present) = (Arc::clone(&free), Arc::clone(present));
            move |ended: Result<(), KeepError>| {
                if let Err(error) = ended {
                    tracing::warn!(session = %present.id, %error, "its end can't be waited for");
                }
                free.store(true, Ordering::SeqCst);
                present.notice.tell();
            }
        };
        if let Err(error) = folder.when_ended(then) {
            tracing::warn!(session = %present.id, %error, "its end can't be waited for");
            return is_free();
        }
        let ended = || match free.load(Ordering::SeqCst) {
            true => Some(true),
            false => self.is_closing().then_some(false),
        };
        let waited = present.notice.wait(self.clock.as_ref(), deadline, ended);
        waited.unwrap_or(false)
    }

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
        let Ok(folder) = self.folder(id) else { return };
        let Ok(view) = EndedView::open(&folder) else {
            return;
        };
        if !view.has_screen() {
            return;
        }
        let (screen, size) = (view.state(), view.size());
        let kept = view.run().and_then(|run| folder.run(run).cwd().ok()?);
        let cwd = kept.or_else(|| screen.cwd.clone());
        let (of, book, now) = (id.clone(), self.rulebook(), self.now());
        let stored = self.write(move |write| {
            let mut rows = Rows::load(write, &of, None, &book)?;
            let session = &mut rows.session.session;
            let before = session.clone();
            session.title.clone_from(&screen.title);
            is_in(session, cwd.as_ref());
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

    /// Removes everything that a session's ended runs printed, also from their journals. Their hosts have done it, unless the
    /// session became private later or the disk refused.
    fn purge_private(&self, id: &SessionId) -> Result<(), Problem> {
        let forgotten = self
            .folder(id)
            .and_then(|folder| mainstay_keep::forget(&folder, &self.clock));
        match forgotten {
            Err(KeepError::NoSession { .. }) => Ok(()),
            done => done.map_err(|error| error::folder(&error)),
        }
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

/// Nothing of it ran, ever: its folder holds nothing.
pub(crate) fn never_started(session: &Session) -> bool {
    let not_started = |outcome: &mainstay_protocol::outcome::Outcome| {
        matches!(outcome.exit, Exit::NotStarted { .. })
    };
    session.runs <= 1
        && session.status == mainstay_protocol::session::Status::Failed
        && session.outcome.as_ref().is_some_and(not_started)
}

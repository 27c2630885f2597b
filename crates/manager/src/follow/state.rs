//! What changes all the time: the latest value counts, and `session.updated` tells of it at most every 2 s.

use std::sync::Arc;
use std::time::Duration;

use mainstay_protocol::event::EventKind;
use mainstay_protocol::session::Session;
use mainstay_protocol::state::RunState;
use mainstay_protocol::{RunId, SessionId, Timestamp};

use super::FOLLOW_MS;
use crate::Engine;
use crate::present::Present;
use crate::record::{Moment, Rows};
use crate::timers::Due;

/// The shortest time between two times that a session's state is told.
const PAUSE: Duration = Duration::from_millis(FOLLOW_MS as u64);

impl Engine {
    /// A host says what is true of its run now.
    pub(crate) fn saw(self: &Arc<Self>, present: &Arc<Present>, run: &RunId, state: &RunState) {
        present.saw(state);
        match present.may_tell(run, state, self.clock.monotonic(), PAUSE) {
            Ok(()) => self.tell_state(present, run, state),
            Err(left) => self
                .timers
                .set_unless_set(Due::Updated(present.id.clone()), left),
        }
    }

    /// What was kept back may be told now.
    pub(crate) fn updated_is_due(self: &Arc<Self>, id: &SessionId) {
        let Some(present) = self.sessions.get(id) else {
            return;
        };
        if let Some((run, state)) = present.postponed() {
            self.tell_state(&present, &run, &state);
        }
    }

    fn tell_state(self: &Arc<Self>, present: &Present, run: &RunId, state: &RunState) {
        let stored = {
            let (id, run, state, book) = (
                present.id.clone(),
                run.clone(),
                state.clone(),
                self.rulebook(),
            );
            let now = self.now();
            self.write(move |write| {
                let mut rows = Rows::load(write, &id, Some(&run), &book)?;
                let session = &mut rows.session.session;
                let is_current = session.run.as_ref() == Some(&run) && session.status.is_live();
                if !is_current || !put(session, &state) {
                    return Ok(false);
                }
                rows.save(write)?;
                rows.tell(write, EventKind::Updated, Moment::at(now))?;
                Ok(true)
            })
        };
        match stored {
            Ok(true) => {
                present.told(self.clock.monotonic());
                present.notice.tell();
            }
            Ok(false) => {}
            // The next state comes soon and says the same.
            Err(error) => tracing::debug!(session = %present.id, %error, "state not stored"),
        }
    }
}

/// Puts what a host says into the record; true if that is worth telling. Of a private session nothing that its program says
/// is stored.
fn put(session: &mut Session, state: &RunState) -> bool {
    let before = session.clone();
    if !session.settings.private {
        session.title.clone_from(&state.screen.title);
        is_in(session, state.cwd.as_ref().or(state.screen.cwd.as_ref()));
        session.progress = state.screen.progress;
    }
    session.viewers = state.viewers;
    session.size = state.size;
    let tells = *session != before;
    session.last_active = later(session.last_active, state.last_active);
    tells
}

/// The session is in this folder, if it is known. One that never left its first folder has no other.
pub(super) fn is_in(session: &mut Session, folder: Option<&String>) {
    let first = session.current_dir.is_none() && folder == Some(&session.settings.cwd);
    if folder.is_some() && !first {
        session.current_dir = folder.cloned();
    }
}

/// Stored along with something else: on its own it changes too often.
fn later(known: Option<Timestamp>, told: Timestamp) -> Option<Timestamp> {
    known.max(Some(told))
}

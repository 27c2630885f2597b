//! What the person looks at (L8): the focused pane of the last focused window; nothing without a window.

use std::fmt;
use std::sync::Arc;

use mainstay_protocol::event::EventKind;
use mainstay_protocol::{Code, Problem, SessionId};
use mainstay_store::{NewEvent, StoreError, Write};
use parking_lot::Mutex;

use crate::Engine;

/// Brings a session to the front of a window.
type Show = Arc<dyn Fn(&SessionId) + Send + Sync>;

/// The windows and what they show.
#[derive(Default)]
pub(crate) struct Foreground {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: u64,
    windows: Vec<(u64, Show)>,
    /// The window that the person was in last, and what it shows.
    shown: Option<(u64, SessionId)>,
}

impl fmt::Debug for Foreground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.lock();
        f.debug_struct("Foreground")
            .field("windows", &state.windows.len())
            .field("shown", &state.shown)
            .finish_non_exhaustive()
    }
}

/// A window of the app, until dropped.
#[derive(Debug)]
pub struct Window {
    engine: Arc<Engine>,
    id: u64,
}

impl Window {
    /// The person looks at this session here now, or at none.
    pub fn shows(&self, session: Option<&SessionId>) {
        self.engine.shows(self.id, session);
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let foreground = &self.engine.foreground;
        foreground
            .state
            .lock()
            .windows
            .retain(|(id, _)| *id != self.id);
        self.engine.shows(self.id, None);
    }
}

impl Engine {
    pub(crate) fn register_window(self: &Arc<Self>, show: Show) -> Window {
        let mut state = self.foreground.state.lock();
        let id = state.next;
        state.next += 1;
        state.windows.push((id, show));
        Window {
            engine: Arc::clone(self),
            id,
        }
    }

    pub(crate) fn foreground(&self) -> Option<SessionId> {
        let state = self.foreground.state.lock();
        state.shown.as_ref().map(|(_, session)| session.clone())
    }

    /// Asks the window that the person was in last to show a session.
    pub(crate) fn set_foreground(&self, id: &SessionId) -> Result<(), Problem> {
        self.find(id)?;
        let show = {
            let state = self.foreground.state.lock();
            let last = state.shown.as_ref().map(|(window, _)| *window);
            let of_last = state.windows.iter().find(|(id, _)| Some(*id) == last);
            of_last
                .or(state.windows.last())
                .map(|(_, show)| Arc::clone(show))
        };
        let Some(show) = show else {
            let words =
                "no window is open that could show the session; open Mainstay's window first";
            return Err(Problem::new(Code::NoWindow, words).of(id));
        };
        show(id);
        Ok(())
    }

    fn shows(self: &Arc<Self>, window: u64, session: Option<&SessionId>) {
        let (before, now) = {
            let mut state = self.foreground.state.lock();
            let before = state.shown.clone();
            match session {
                Some(session) => state.shown = Some((window, session.clone())),
                None if before.as_ref().is_some_and(|(of, _)| *of == window) => state.shown = None,
                None => {}
            }
            let now = state.shown.clone();
            (
                before.map(|(_, session)| session),
                now.map(|(_, session)| session),
            )
        };
        if before == now {
            return;
        }
        let time = self.now();
        let told = self.write(move |write| {
            for (session, comes) in [(&before, false), (&now, true)] {
                if let Some(session) = session {
                    tell(write, session, comes, time)?;
                }
            }
            Ok(())
        });
        if let Err(error) = told {
            tracing::warn!(%error, "what the person looks at can't be stored");
        }
    }
}

fn tell(
    write: &mut Write<'_>,
    id: &SessionId,
    comes: bool,
    time: mainstay_protocol::Timestamp,
) -> Result<(), StoreError> {
    let Some(row) = write.session(id)? else {
        return Ok(());
    };
    let kind = if comes {
        EventKind::Foreground {
            workspace_path: row.session.settings.cwd.clone(),
        }
    } else {
        EventKind::Background
    };
    let event = NewEvent {
        time,
        session: id.clone(),
        run: row.session.run,
        host_seq: None,
        origin: None,
        kind,
    };
    write.append_event(event).map(drop)
}

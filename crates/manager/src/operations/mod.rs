//! What clients ask for, one file per operation. Whoever starts a run of a session, ends it for good or changes it holds the
//! session's own lock meanwhile; a stop goes to the host before it waits for anything.

mod again;
mod change;
mod create;
mod delete;
mod folder;
mod input;
mod pause;
mod purge;
mod start;
mod stop;

use mainstay_protocol::session::Session;
use mainstay_protocol::{Code, Problem, RunId, SessionId};
use mainstay_store::SessionRow;

use crate::Engine;

pub(crate) use again::add;
pub(crate) use create::{fresh, fresh_run, insert};
pub(crate) use folder::{GONE, SETTINGS};

impl Engine {
    /// The record of a session that was not deleted.
    pub(crate) fn find(&self, id: &SessionId) -> Result<SessionRow, Problem> {
        let row = self
            .read(|read| read.session(id))
            .map_err(|error| error.problem())?;
        let row = row.ok_or_else(|| {
            Problem::new(Code::UnknownSession, format!("there is no session {id}")).of(id)
        })?;
        if row.session.deleted.is_some() {
            let words =
                format!("session {id} was deleted; its record and events are all that is left");
            return Err(Problem::new(Code::Deleted, words).of(id));
        }
        Ok(row)
    }

    /// The session and its run, if one is under way.
    pub(crate) fn find_live(&self, id: &SessionId, to: &str) -> Result<(Session, RunId), Problem> {
        let session = self.find(id)?.session;
        match &session.run {
            Some(run) if session.status.is_live() => {
                let run = run.clone();
                Ok((session, run))
            }
            _ => Err(not_live(&session, to)),
        }
    }
}

/// Nothing runs that could be stopped, typed into and so on.
pub(crate) fn not_live(session: &Session, to: &str) -> Problem {
    let words = format!(
        "session {} is {}: there is nothing to {to}; resume it or run it again first",
        session.id, session.status
    );
    Problem::new(Code::WrongState, words).of(&session.id)
}

/// It runs, and so can't be started.
pub(crate) fn live(session: &Session) -> Problem {
    let words = format!(
        "session {} is {} already; stop it first, or duplicate it",
        session.id, session.status
    );
    Problem::new(Code::WrongState, words).of(&session.id)
}

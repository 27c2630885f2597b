//! Ending a run. The host is told first: whatever the store does, the program is asked to end.

use std::sync::Arc;

use mainstay_protocol::frame::Operation;
use mainstay_protocol::session::{Session, Status, Stop};
use mainstay_protocol::{Problem, RunId, SessionId, Timestamp};
use mainstay_seams::failpoint;
use mainstay_store::StoreError;

use super::not_live;
use crate::Engine;
use crate::failpoints;
use crate::follow::Trouble;
use crate::lifecycle::Input;
use crate::present::{Present, Sent};
use crate::record::{Moment, Rows};

/// The grace that a stop asks for; nothing takes the run's own.
fn grace(stop: Stop) -> Option<u64> {
    if stop.force { Some(0) } else { stop.grace_ms }
}

impl Engine {
    /// Asks for the end of a session's run; returns once that is on its way. Where the session waits for a retry, it waits no
    /// more.
    pub(crate) fn stop(self: &Arc<Self>, id: &SessionId, stop: Stop) -> Result<(), Problem> {
        let asked = self.now();
        if let Some(present) = self.sessions.get(id)
            && self.send_stop(&present, grace(stop)) != Sent::Nowhere
        {
            failpoint::hit(failpoints::STOP_SENT);
            return self.note_stop(id, asked);
        }
        let session = self.find(id)?.session;
        if session.status.is_live() {
            return self.stop_unfollowed(id, stop, asked);
        }
        match self.store_stop(id) {
            Ok(None) => Ok(()),
            Ok(Some(session)) => Err(not_live(&session, "stop")),
            Err(error) => Err(error.problem()),
        }
    }

    /// Ends every run there is; gives the sessions that could not be told, and why.
    pub(crate) fn stop_all(
        self: &Arc<Self>,
        stop: Stop,
    ) -> Result<Vec<(SessionId, Problem)>, Problem> {
        let live = self.read(|read| read.live());
        let live = match live {
            Ok(rows) => rows.into_iter().map(|row| row.session.id).collect(),
            // What is followed can be stopped whatever the store says.
            Err(_) => self.followed(),
        };
        let failed = |id: SessionId| self.stop(&id, stop).err().map(|problem| (id, problem));
        Ok(live.into_iter().filter_map(failed).collect())
    }

    fn followed(&self) -> Vec<SessionId> {
        let all = self.sessions.all().into_iter();
        let followed = all.filter(|present| present.followed().is_some());
        followed.map(|present| present.id.clone()).collect()
    }

    /// Tells the host of a followed run to end it: by the connection that there is, else by one of its own, else as soon as
    /// there is one.
    pub(crate) fn send_stop(&self, present: &Present, grace_ms: Option<u64>) -> Sent {
        let sent = present.send_stop(grace_ms);
        if sent == Sent::Later
            && let Some(run) = present.followed()
            && self
                .order(&present.id, &run, Operation::Stop { grace_ms })
                .is_ok()
        {
            return Sent::ToHost;
        }
        sent
    }

    /// A run is stored as live and nobody follows it: its host is being started just now, or a thread was missing.
    fn stop_unfollowed(
        self: &Arc<Self>,
        id: &SessionId,
        stop: Stop,
        asked: Timestamp,
    ) -> Result<(), Problem> {
        let present = self.sessions.of(id);
        let session: Session = {
            let _started = present.operation.lock();
            self.find(id)?.session
        };
        let Some(run) = session.run.as_ref().filter(|_| session.status.is_live()) else {
            return Err(not_live(&session, "stop"));
        };
        self.follow(&present, run);
        self.send_stop(&present, grace(stop));
        self.note_stop(id, asked)
    }

    /// Sends a stop once more that is stored, unless the run's host has written down that it has it: whoever sent it may have been
    /// killed before it got through.
    pub(crate) fn stop_again(self: &Arc<Self>, id: &SessionId, run: &RunId) -> Result<(), Trouble> {
        self.take_file(id, run)?;
        let row = self.read(|read| read.run(run))?;
        if row.is_some_and(|row| !row.stopping && row.run.outcome.is_none()) {
            self.send_stop(&self.sessions.of(id), None);
        }
        Ok(())
    }

    /// Stores that a stop was sent. It is under way whether this works or not; but it may have come too late.
    fn note_stop(self: &Arc<Self>, id: &SessionId, asked: Timestamp) -> Result<(), Problem> {
        match self.store_stop(id) {
            Ok(None) => Ok(()),
            // It did what was asked for before this could be stored.
            Ok(Some(session))
                if session.status == Status::Terminated && session.ended >= Some(asked) =>
            {
                Ok(())
            }
            Ok(Some(session)) => Err(not_live(&session, "stop")),
            Err(error) => {
                tracing::warn!(session = %id, %error, "a stop can't be stored; the host was told");
                Ok(())
            }
        }
    }

    /// Stores that a stop was asked for; gives the session if there was nothing to stop.
    fn store_stop(self: &Arc<Self>, id: &SessionId) -> Result<Option<Session>, StoreError> {
        let (effects, idle) = {
            let (id, book, now) = (id.clone(), self.rulebook(), self.now());
            self.write(move |write| {
                let mut rows = Rows::load(write, &id, None, &book)?;
                let was_live = rows.life().is_live();
                let stepped = rows.step(write, &Input::Stop, Moment::at(now))?;
                let idle = (!was_live && !stepped).then(|| rows.session.session.clone());
                Ok((rows.effects, idle))
            })?
        };
        self.after(id, &effects);
        Ok(idle)
    }
}

//! Stopping and continuing all processes of a run.

use std::sync::Arc;
use std::time::Duration;

use mainstay_protocol::frame::Operation;
use mainstay_protocol::session::Status;
use mainstay_protocol::{Problem, SessionId};

use crate::Engine;

/// Longest wait for what the host did to be stored. It is done either way.
const PATIENCE: Duration = Duration::from_secs(2);

impl Engine {
    /// Stops the whole process tree of a session; returns once it is stopped.
    pub(crate) fn pause(self: &Arc<Self>, id: &SessionId) -> Result<(), Problem> {
        let (_, run) = self.find_live(id, "pause")?;
        self.order(id, &run, Operation::Pause)?;
        self.until(id, |status| status == Status::Paused || !status.is_live());
        Ok(())
    }

    /// Lets it go on.
    pub(crate) fn unpause(self: &Arc<Self>, id: &SessionId) -> Result<(), Problem> {
        let (_, run) = self.find_live(id, "continue")?;
        self.order(id, &run, Operation::Unpause)?;
        self.until(id, |status| status != Status::Paused);
        Ok(())
    }

    fn until(&self, id: &SessionId, wanted: impl Fn(Status) -> bool) {
        let present = self.sessions.of(id);
        let deadline = self.clock.monotonic().saturating_add(PATIENCE);
        let is_there = || match self.find(id) {
            Ok(row) if !self.is_closing() => wanted(row.session.status).then_some(()),
            _ => Some(()),
        };
        present
            .notice
            .wait(self.clock.as_ref(), Some(deadline), is_there);
    }
}

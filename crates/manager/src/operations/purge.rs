//! Removing what a session printed.

use std::sync::Arc;

use mainstay_keep::KeepError;
use mainstay_protocol::frame::Operation;
use mainstay_protocol::{Problem, SessionId};

use crate::Engine;
use crate::error::folder;

impl Engine {
    /// Removes a session's history for good, its last screen included where it has ended.
    pub(crate) fn purge(self: &Arc<Self>, id: &SessionId) -> Result<(), Problem> {
        let present = self.sessions.of(id);
        let _operation = present.operation.lock();
        let session = self.find(id)?.session;
        if let Some(run) = &session.run
            && session.status.is_live()
        {
            return self.order(id, run, Operation::Purge);
        }
        self.until_host_is_gone(&present, &session)?;
        match self.folder(id).and_then(|folder| folder.purge()) {
            Err(KeepError::NoSession { .. }) => Ok(()),
            done => done.map_err(|error| folder(&error).of(id)),
        }
    }
}

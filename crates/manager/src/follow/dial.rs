//! Reaching the host of a run.

use std::path::Path;

use mainstay_keep::KeepError;
use mainstay_link::{Connection, LinkError};
use mainstay_protocol::frame::{Answer, Operation, Welcome};
use mainstay_protocol::{Code, Problem, RunId, SessionId};

use crate::Engine;
use crate::error::{folder, refused, unreachable};

/// What hosts have in their logs about us.
const CLIENT: &str = concat!("mainstay-manager ", env!("CARGO_PKG_VERSION"));

/// Why a host was not reached.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    #[error("the host has not said yet where it listens")]
    NotYet,
    #[error("another host listens where this one should")]
    Stranger,
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    Link(#[from] LinkError),
}

impl DialError {
    fn problem(&self, id: &SessionId) -> Problem {
        match self {
            Self::Keep(error) => folder(error),
            Self::Link(error) => unreachable(error),
            Self::NotYet | Self::Stranger => Problem::new(Code::HostUnreachable, self.to_string()),
        }
        .of(id)
    }
}

impl Engine {
    /// Connects to the host of a run.
    pub(crate) fn dial(
        &self,
        id: &SessionId,
        run: &RunId,
    ) -> Result<(Connection, Welcome), DialError> {
        let host = self.folder(id)?.run(run).host()?.ok_or(DialError::NotYet)?;
        let (connection, welcome) = Connection::dial(Path::new(&host.socket), &host.token, CLIENT)?;
        if welcome.session != *id || welcome.run != *run {
            return Err(DialError::Stranger);
        }
        Ok((connection, welcome))
    }

    /// Connects to the host of a run for one errand, beside the connection that follows it: what waits there holds up
    /// nothing here.
    pub(crate) fn errand(&self, id: &SessionId, run: &RunId) -> Result<Connection, Problem> {
        let dialled = self.dial(id, run);
        let (connection, _) = dialled.map_err(|error| error.problem(id))?;
        Ok(connection)
    }

    /// Has a host do something and waits until it is done.
    pub(crate) fn order(
        &self,
        id: &SessionId,
        run: &RunId,
        operation: Operation,
    ) -> Result<(), Problem> {
        let mut connection = self.errand(id, run)?;
        match connection.ask(operation) {
            Ok(Answer::Failed(failure)) => Err(refused(&failure).of(id)),
            Ok(_) => Ok(()),
            Err(error) => Err(unreachable(&error).of(id)),
        }
    }
}

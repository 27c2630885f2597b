//! What `mainstay-host start` prints: one line of JSON.

use std::path::PathBuf;

use mainstay_protocol::frame::Failure;
use mainstay_protocol::{RunId, SessionId};
use serde::{Deserialize, Serialize};

/// `{"ok":{…}}` or `{"error":{"code":…,"message":…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// The run started and its host listens.
    Ok(Started),
    /// It did not; the run is recorded as failed where its folder could be made.
    Error(Failure),
}

/// A run that started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The session.
    pub session: SessionId,
    /// The run.
    pub run: RunId,
    /// Where its host listens.
    pub socket: PathBuf,
    /// Process id of the host.
    pub host_pid: u32,
    /// Process id of the program.
    pub pid: u32,
}

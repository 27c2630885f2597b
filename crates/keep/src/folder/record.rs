//! The small files of a session: what they say, and reading and writing them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use mainstay_protocol::{SessionId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::atomic;
use crate::error::KeepError;

/// Longest small file that is read; a longer one is no such file.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// `session.json`: what is needed to rebuild a session's record if the database is lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The session.
    pub session: SessionId,
    /// What the person calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was created.
    #[serde(default)]
    pub created: Timestamp,
    /// Whatever else its creator keeps there; carried along unread.
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// `host.json`: how to reach the host of a run. Stays after the host's end; whether there is one is for the lock
/// to say ([`super::SessionFolder::is_live`]).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRecord {
    /// Process id of the host.
    pub pid: u32,
    /// When the system says that this process began, in the system's own units: tells it from a later one with the
    /// same id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<u64>,
    /// Path of its socket.
    pub socket: String,
    /// The token that gives everything.
    pub token: String,
    /// Version of the host program.
    pub version: String,
    /// When it began.
    pub started: Timestamp,
}

impl std::fmt::Debug for HostRecord {
    /// Without the token, which must not get into logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostRecord")
            .field("pid", &self.pid)
            .field("start_time", &self.start_time)
            .field("socket", &self.socket)
            .field("version", &self.version)
            .field("started", &self.started)
            .finish_non_exhaustive()
    }
}

/// The content of a small file; nothing if it isn't there.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, KeepError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Ok(length) if length as u64 > MAX_BYTES => Err(KeepError::Damaged {
            path: path.to_path_buf(),
            reason: format!("it has more than {MAX_BYTES} bytes"),
        }),
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KeepError::io(path, "read", error)),
    }
}

pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, KeepError> {
    let Some(bytes) = read(path)? else {
        return Ok(None);
    };
    match serde_json::from_slice(&bytes) {
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(KeepError::Damaged {
            path: path.to_path_buf(),
            reason: error.to_string(),
        }),
    }
}

pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), KeepError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| KeepError::Damaged {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })?;
    bytes.push(b'\n');
    atomic::write(path, &bytes).map_err(|source| KeepError::io(path, "written", source))
}

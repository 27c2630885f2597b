//! What goes over the socket beside the types of [`mainstay_protocol`]. Everything is a JSON object, so that fields can be
//! added; clients ignore those that they don't know.

use std::fmt;
use std::path::PathBuf;

use mainstay_protocol::event::{EventCount, SessionEvent};
use mainstay_protocol::problem::Problem;
use mainstay_protocol::session::Run;
use mainstay_protocol::time::rfc3339;
use mainstay_protocol::{SessionId, Timestamp};
use serde::{Deserialize, Serialize};

/// The media type of every answer but errors and event streams.
pub(crate) const JSON: &str = "application/json";
/// The media type of errors (RFC 9457).
pub(crate) const PROBLEM: &str = "application/problem+json";
/// The media type of input for a session that isn't wrapped in JSON.
pub(crate) const BYTES: &str = "application/octet-stream";
/// The header of event streams that names the event log. Another one means that numbers begin anew.
pub(crate) const LOG_HEADER: &str = "mainstay-log";
/// The header of event streams with the number of the newest event at its beginning.
pub(crate) const NEWEST_HEADER: &str = "mainstay-newest";

/// Who holds a manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The desktop app.
    App,
    /// `mainstay serve`.
    #[serde(other)]
    Serve,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App => "the Mainstay app",
            Self::Serve => "mainstay serve",
        })
    }
}

/// A manager: the answer to `GET /v1/version`, and what stands in `DATA/manager.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// Its process.
    pub pid: u32,
    /// Who holds it.
    pub kind: Kind,
    /// Its version.
    pub version: String,
    /// When it began to listen.
    #[serde(with = "rfc3339")]
    pub started: Timestamp,
    /// Where it listens.
    pub socket: PathBuf,
    /// Name of its event log.
    pub log_id: String,
}

impl Info {
    /// Why the app doesn't make room: the person looks at its window.
    pub(crate) fn app_stays(&self) -> String {
        format!(
            "the Mainstay app has the manager (process {}, since {}) and keeps it; every command works with it; quit the app if `mainstay serve` is to have it",
            self.pid, self.started
        )
    }
}

/// Input for a session as JSON: text. Other bytes go as `application/octet-stream`.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    /// The text; nothing is added to it.
    pub(crate) text: String,
}

/// The size of a session's terminal.
pub(crate) type Resize = mainstay_protocol::Size;

/// Who deleted a session gets its whole id, or nothing where there was none.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Deleted {
    pub(crate) id: Option<SessionId>,
}

/// The runs of a session.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Runs {
    pub(crate) runs: Vec<Run>,
}

/// Entries of the event log.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Events {
    pub(crate) events: Vec<SessionEvent>,
}

/// How many events there were.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) counts: Vec<EventCount>,
}

/// What the person looks at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Foreground {
    /// An id, in requests also a name or the beginning of an id.
    pub(crate) session: Option<String>,
}

/// Profiles.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Profiles<P> {
    pub(crate) profiles: Vec<P>,
}

/// What is to be said of the environment that was read again.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Notes {
    pub(crate) notes: Vec<String>,
}

/// The sessions that could not be asked to stop.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NotStopped {
    pub(crate) problems: Vec<Problem>,
}

/// A request to make room for another manager.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Yield {
    /// Who comes.
    #[serde(rename = "for")]
    pub(crate) whom: Kind,
}

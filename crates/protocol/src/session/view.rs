//! What is known of a session and its runs, for lists and details.

use serde::{Deserialize, Serialize};

use super::{Settings, Status};
use crate::id::{RunId, SessionId};
use crate::outcome::Outcome;
use crate::size::Size;
use crate::spec::Origin;
use crate::state::Progress;
use crate::time::{Timestamp, rfc3339};

/// A session as clients see it. Times are RFC 3339 with milliseconds in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What the person calls it.
    #[serde(default)]
    pub name: Option<String>,
    /// Where it is in its life.
    pub status: Status,
    /// The text that stands for it: the person's name for it, else the program's title, else its command.
    #[serde(default)]
    pub summary: String,
    /// The root of the repository it was started in, else the folder.
    #[serde(default)]
    pub project: String,
    /// Where its programs run: `host` is this machine.
    pub environment: String,
    /// What it was made with.
    pub settings: Settings,
    /// Process id of its program, while that runs.
    #[serde(default)]
    pub pid: Option<u32>,
    /// The newest run.
    #[serde(default)]
    pub run: Option<RunId>,
    /// How many runs there were.
    #[serde(default)]
    pub runs: u32,
    /// When it was made.
    #[serde(with = "rfc3339")]
    pub created: Timestamp,
    /// When its newest run became ready, or was spawned where it never did.
    #[serde(default, with = "rfc3339::option")]
    pub started: Option<Timestamp>,
    /// When its newest run ended.
    #[serde(default, with = "rfc3339::option")]
    pub ended: Option<Timestamp>,
    /// Its last event.
    #[serde(with = "rfc3339")]
    pub updated: Timestamp,
    /// Last input or output.
    #[serde(default, with = "rfc3339::option")]
    pub last_active: Option<Timestamp>,
    /// How its newest run ended.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// Why it is where it is, in words: the error of a failed start, the reason of an interruption.
    #[serde(default)]
    pub reason: Option<String>,
    /// A stop was asked for and is under way.
    #[serde(default)]
    pub stopping: bool,
    /// An automatic new run is to come.
    #[serde(default)]
    pub retrying: Option<Retrying>,
    /// What the program calls its window, cleaned.
    #[serde(default)]
    pub title: String,
    /// The program's current folder where it tells it (`OSC 7`).
    #[serde(default)]
    pub current_dir: Option<String>,
    /// Progress (`OSC 9;4`).
    #[serde(default)]
    pub progress: Progress,
    /// Size of the terminal.
    #[serde(default)]
    pub size: Size,
    /// Number of viewers attached.
    #[serde(default)]
    pub viewers: u32,
    /// The manager is connected to its host.
    #[serde(default)]
    pub connected: bool,
    /// It was deleted; what is left is its record.
    #[serde(default, with = "rfc3339::option")]
    pub deleted: Option<Timestamp>,
}

/// The new run that is to come by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retrying {
    /// Which one it is, from 1.
    pub attempt: u32,
    /// How many there are at most.
    pub of: u32,
    /// When.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
}

/// A run as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Which run of its session it is, from 1.
    pub number: u32,
    /// Who started it.
    pub origin: Origin,
    /// It went on where an earlier one ended.
    pub resumed: bool,
    /// When it was asked for.
    #[serde(with = "rfc3339")]
    pub created: Timestamp,
    /// When its program ran.
    #[serde(default, with = "rfc3339::option")]
    pub spawned: Option<Timestamp>,
    /// When it was ready.
    #[serde(default, with = "rfc3339::option")]
    pub ready: Option<Timestamp>,
    /// Process id of its program, also after its end.
    #[serde(default)]
    pub pid: Option<u32>,
    /// How it ended; nothing while it goes on.
    #[serde(default)]
    pub outcome: Option<Outcome>,
}

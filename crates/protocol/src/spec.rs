//! What a host needs to know to start a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{RunId, SessionId};
use crate::size::Size;

/// Everything a host needs to start one run. It comes on the host's standard input, as JSON.
///
/// Fields that are not known are ignored and missing ones have defaults, so that an older host understands a newer
/// manager and the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The session the run belongs to.
    pub session: SessionId,
    /// The run.
    pub run: RunId,
    /// What the person calls the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The program: a path, or a name that is looked up in `PATH` of `env`.
    pub program: String,
    /// Its arguments, without its own name.
    #[serde(default)]
    pub args: Vec<String>,
    /// The folder it starts in; absolute.
    pub cwd: String,
    /// Its whole environment; the host adds `TERM`, `COLORTERM` and its own variables where they are missing.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// More of its environment that must not be written down. Wins over `env`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
    /// Size of the terminal until a viewer wishes otherwise.
    #[serde(default)]
    pub size: Size,
    /// When the run counts as ready.
    #[serde(default)]
    pub ready: Readiness,
    /// Its clocks.
    #[serde(default)]
    pub limits: TimeLimits,
    /// Who started it.
    #[serde(default)]
    pub origin: Origin,
    /// It goes on where an earlier run of the session ended.
    #[serde(default)]
    pub resumed: bool,
    /// What is kept of its output.
    #[serde(default)]
    pub retention: Retention,
    /// Nothing that it printed, and nothing that it said of itself, is kept after its end (M1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

impl RunSpec {
    /// The copy for the session folder: secret values are replaced by nothing, their names stay.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let mut copy = self.clone();
        for value in copy.secrets.values_mut() {
            value.clear();
        }
        copy
    }
}

/// When a run counts as ready (L2).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "snake_case")]
pub enum Readiness {
    /// As soon as the program runs.
    #[default]
    Process,
    /// When it has printed something.
    FirstOutput,
    /// When this regular expression matches a line of the screen.
    Pattern {
        /// The expression.
        pattern: String,
    },
    /// When a program inside the session says so.
    Reported,
}

/// The clocks of a run, in milliseconds; nothing means no limit. The host keeps them (L5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeLimits {
    /// From spawn to ready.
    pub start_ms: Option<u64>,
    /// From spawn to the end, whatever happens.
    pub run_ms: Option<u64>,
    /// From asking the program to end to killing it.
    pub grace_ms: u64,
}

impl Default for TimeLimits {
    /// 60 s to get ready (L5), no end, 30 s to end (S7).
    fn default() -> Self {
        Self {
            start_ms: Some(60_000),
            run_ms: None,
            grace_ms: 30_000,
        }
    }
}

/// Who started a run (L11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The desktop window.
    Window,
    /// The command line.
    #[default]
    Cli,
    /// Another program.
    Api,
    /// A queued message.
    Queue,
    /// A webhook.
    Trigger,
    /// The clock.
    Schedule,
    /// An automatic retry.
    Retry,
    /// Somebody outside Mainstay.
    External,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// What is kept of a session's output (P5). Unlimited by default, down to a floor of free disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// Most bytes of history on disk.
    pub max_bytes: Option<u64>,
    /// Oldest line that is kept, in seconds since it was written.
    pub max_age_s: Option<u64>,
    /// Nothing is written while less than this share of the disk is free, in percent …
    pub min_free_percent: u8,
    /// … unless at least this many bytes are free.
    pub min_free_bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            max_bytes: None,
            max_age_s: None,
            min_free_percent: 5,
            min_free_bytes: 2 * 1024 * 1024 * 1024,
        }
    }
}

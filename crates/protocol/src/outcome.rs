//! How a run ended.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How a run ended, as the host writes it down before anyone is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What the operating system said of the program.
    pub exit: Exit,
    /// Why it ended.
    pub reason: EndReason,
    /// When.
    pub ended: Timestamp,
    /// How long it ran, in milliseconds of the monotonic clock.
    pub ran_ms: u64,
}

/// What the operating system said of the program's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "exit", rename_all = "snake_case")]
pub enum Exit {
    /// It ended with this code.
    Code {
        /// The exit code.
        code: i32,
    },
    /// A signal ended it.
    Signal {
        /// Number of the signal on the machine it ran on.
        signal: i32,
        /// Its name, `SIGKILL`.
        name: String,
        /// It left a core dump.
        #[serde(default)]
        core: bool,
    },
    /// It was never started.
    NotStarted {
        /// Why, in words.
        error: String,
    },
    /// Nobody knows: its host was killed, or the machine restarted.
    Unknown,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// By itself.
    Natural,
    /// Somebody asked for it.
    Stopped,
    /// It was not ready in time.
    StartTimeout,
    /// It ran longer than allowed.
    RunTimeout,
    /// The system took its memory back.
    OutOfMemory,
    /// It could not be started.
    StartFailed,
    /// Its host died.
    HostDied,
}

//! The journal of a run: what happened that must reach the manager exactly once.
//!
//! The host numbers the entries from 1 without gaps and has each on disk before it tells anybody. An entry that
//! the program's output caused names the place in the output, so that a replay after a crash finds out which
//! entries were already written.

use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::size::Size;
use crate::time::Timestamp;

/// One entry of a run's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Number of the entry in its run, from 1, without gaps (`host_seq` in the store).
    pub seq: u64,
    /// When it was written.
    pub time: Timestamp,
    /// For what the output caused: how many bytes of output there were when it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What can stand in a journal. Readers skip kinds they do not know ([`Event::Unknown`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The program runs; it is not ready yet.
    Spawned {
        /// Process id of the program.
        pid: u32,
    },
    /// The run is ready as its profile defines it (L2).
    Ready,
    /// The program rang the bell. At most one in a second is told; nothing holds the number of the others.
    Bell,
    /// The program asked for the person's attention (`OSC 9`, `99`, `777`, or `mainstay notify`).
    Notification(Notification),
    /// A border between prompt, command and output (`OSC 133`).
    Mark(Mark),
    /// What an agent says of itself (`OSC 7501`).
    Agent(AgentReport),
    /// A program inside the session reported something by name (`mainstay event`).
    Custom {
        /// Name in the form `namespace.name`.
        name: String,
        /// What it said, at most 16 KiB of JSON.
        data: serde_json::Value,
    },
    /// The size of the terminal changed.
    Resized {
        /// The new size.
        size: Size,
    },
    /// Part of the output is not in the history.
    Gap {
        /// First line that is missing.
        from_line: u64,
        /// First line that is there again; nothing while the gap lasts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_line: Option<u64>,
        /// Why, in words.
        reason: String,
    },
    /// A time limit was reached; the stop that follows is the host's own.
    Timeout {
        /// Which limit.
        which: TimeoutKind,
        /// The limit in milliseconds.
        after_ms: u64,
    },
    /// A stop was asked for (L6).
    StopRequested {
        /// Milliseconds until the kill.
        grace_ms: u64,
    },
    /// The whole process tree was stopped (L7).
    Paused,
    /// It was continued.
    Unpaused,
    /// The run ended. The last entry.
    Exited(Outcome),
    /// An entry of a kind that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Which of a run's clocks ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeoutKind {
    /// Not ready in time.
    Start,
    /// Longer than the total run time allowed.
    Run,
}

/// A wish of the program to be noticed. Texts are cleaned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Notification {
    /// First line; may be empty.
    pub title: String,
    /// The text.
    pub body: String,
    /// Name by which a later notification replaces this one (`OSC 99 i=`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How much it matters (`OSC 99 u=`).
    #[serde(default)]
    pub urgency: Urgency,
}

/// How much a notification matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// May wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Wants the person now.
    Critical,
}

/// A border that shell integration draws (`OSC 133`,
/// <https://gitlab.freedesktop.org/Per_Bothner/specifications/blob/master/proposals/semantic-prompts.md>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Which border.
    pub kind: MarkKind,
    /// Number of the line it stands on.
    pub line: u64,
    /// The cell of that line it stands before.
    pub column: u32,
}

/// The kinds of [`Mark`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mark", rename_all = "snake_case")]
pub enum MarkKind {
    /// `A`: a prompt begins.
    Prompt,
    /// `B`: the prompt is over, the person types.
    Input,
    /// `C`: the command runs, its output begins.
    Output {
        /// The command line where the shell told it (`cmdline_url`, `cmdline`), cleaned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<String>,
    },
    /// `D`: the command ended.
    End {
        /// Its exit code where the shell told it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit_code: Option<i32>,
    },
}

/// What an agent says of itself: `OSC 7501 ; state=… : app=… [: kind=…]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentReport {
    /// Its state.
    pub state: AgentReportState,
    /// Which agent, cleaned, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// What it is blocked on, cleaned, at most 64 characters (`permission`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// The states that `OSC 7501` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentReportState {
    /// Nothing to do.
    Idle,
    /// Busy.
    Working,
    /// Waits for the person.
    Blocked,
    /// Finished what it was asked.
    Done,
    /// Takes back what it said.
    Clear,
}

//! Requests to a host and its answers.

use serde::{Deserialize, Serialize};

use crate::line::Line;
use crate::size::Size;
use crate::state::RunState;

/// Asks for something. Ids are the asker's own and may be used again once answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Stands in every reply to this request.
    pub id: u32,
    /// What is wanted.
    #[serde(flatten)]
    pub operation: Operation,
}

/// What a host can be asked. *Inside* marks what a program in the session may ask with the session's token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Operation {
    /// What is true right now. Inside. Answer: `State`.
    State,
    /// The screen as plain text, after the last `history` lines. Answer: `Text`.
    Screen {
        /// Lines of history before the screen.
        #[serde(default)]
        history: u32,
    },
    /// Lines of history from `from` on, those on their way from the screen to the disk included. Answer: one `Lines`
    /// with at most 256 KiB; ask again from its end.
    Lines {
        /// First line.
        from: u64,
        /// Most lines.
        count: u32,
    },
    /// Searches the history and what is about to become history. Answer: `Hits` as they are found, the last one closes.
    Search(Query),
    /// Ends the run: asks the process tree to end, kills it after the grace. Answer: `Done` at once.
    Stop {
        /// Milliseconds until the kill; nothing takes the run's own grace, 0 kills at once.
        #[serde(default)]
        grace_ms: Option<u64>,
    },
    /// Stops the whole process tree. Answer: `Done`.
    Pause,
    /// Continues it. Answer: `Done`.
    Unpause,
    /// Gives the terminal a size, until a viewer decides otherwise. Answer: `Done`.
    Resize {
        /// The size.
        size: Size,
    },
    /// Views begin after what is there now; disk and search keep it. Answer: `Done`.
    ClearView,
    /// Removes the history for good. Answer: `Done`.
    Purge,
    /// The run is ready. Inside. Answer: `Done`.
    ReportReady,
    /// Wants the person's attention. Inside. Answer: `Done`.
    Notify {
        /// First line.
        #[serde(default)]
        title: String,
        /// The text.
        body: String,
    },
    /// Reports something by name. Inside. Answer: `Done`.
    Event {
        /// `namespace.name`
        name: String,
        /// What happened, at most 16 KiB of JSON.
        #[serde(default)]
        data: serde_json::Value,
    },
    /// An operation that this version does not know. Answer: a failure.
    #[serde(other)]
    Unknown,
}

/// What to search for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The text or regular expression.
    pub pattern: String,
    /// `pattern` is a regular expression.
    pub regex: bool,
    /// Upper and lower case are the same.
    pub ignore_case: bool,
    /// First line to look at.
    pub from: Option<u64>,
    /// Line before which to stop.
    pub to: Option<u64>,
    /// Newest hit first.
    pub backward: bool,
    /// Most hits; nothing means 1,000.
    pub limit: Option<u32>,
    /// Lines before and after each hit, at most 20.
    pub context: u8,
}

/// A place where the pattern stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Number of the line.
    pub line: u64,
    /// First byte of the hit in the line's text.
    pub start: u32,
    /// Byte after the hit.
    pub end: u32,
    /// The line's text.
    pub text: String,
    /// The lines before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// The lines after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// Lines of history, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lines {
    /// Number of the first line. Higher than asked for where lines are gone or are a gap.
    pub first: u64,
    /// The lines.
    pub lines: Vec<Line>,
    /// Number of the line after the last one there is.
    pub end: u64,
}

/// An answer to a request, or a piece of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The request's id.
    pub id: u32,
    /// The answer.
    #[serde(flatten)]
    pub answer: Answer,
}

/// The answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It is done, or begun.
    Done,
    /// What is true right now.
    State(Box<RunState>),
    /// Plain text.
    Text {
        /// The text.
        text: String,
    },
    /// Lines of history.
    Lines(Lines),
    /// Places found.
    Hits {
        /// The places, in the order asked for.
        hits: Vec<Hit>,
        /// Nothing more comes.
        last: bool,
    },
    /// It can't be done.
    Failed(Failure),
    /// An answer that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why something can't be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// For programs.
    pub code: ErrorCode,
    /// For people: what was wrong and what to do.
    pub message: String,
}

/// Errors as programs tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The versions don't fit.
    Version,
    /// The token is wrong or does not allow this.
    Denied,
    /// The request makes no sense.
    Invalid,
    /// The run has ended.
    Ended,
    /// Too much is asked at once.
    Busy,
    /// A file or the disk said no.
    Storage,
    /// The operating system said no.
    System,
    /// This version does not know the operation, or the error.
    #[serde(other)]
    Unsupported,
}

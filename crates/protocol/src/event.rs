//! What happens to sessions: the entries of the event log (L1 to L12).
//!
//! Each is stored first and told afterwards, in the order of `seq`.

use serde::{Deserialize, Serialize};

use crate::id::{RunId, SessionId};
use crate::journal::TimeoutKind;
use crate::spec::Origin;
use crate::time::{Timestamp, rfc3339};

/// An entry of the event log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEvent {
    /// Its number: strictly increasing through the whole log, not without gaps.
    pub seq: u64,
    /// When it happened.
    #[serde(with = "rfc3339")]
    pub time: Timestamp,
    /// The session.
    pub session_id: SessionId,
    /// The run, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// Who started that run, or asked for this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What happened: `type` and its fields.
    #[serde(flatten)]
    pub kind: EventKind,
    /// The session at that time; nothing for a deleted one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
}

/// What every event tells of its session (L1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// When the session was made.
    #[serde(with = "rfc3339")]
    pub start_time: Timestamp,
    /// When it last changed.
    #[serde(with = "rfc3339")]
    pub modified_time: Timestamp,
    /// The text that stands for it.
    pub summary: String,
}

/// What can happen to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum EventKind {
    /// It was made.
    #[serde(rename = "session.created")]
    Created,
    /// Its name, title, folder or another property changed; at most every 2 s for what changes all the time.
    #[serde(rename = "session.updated")]
    Updated,
    /// It was deleted.
    #[serde(rename = "session.deleted")]
    Deleted,
    /// A resume was asked for.
    #[serde(rename = "session.resuming")]
    Resuming,
    /// A run is ready.
    #[serde(rename = "session.started")]
    Started {
        /// Process id of its program.
        pid: u32,
        /// It goes on where an earlier run ended.
        resumed: bool,
    },
    /// It couldn't be started, or cleaned up.
    #[serde(rename = "session.error")]
    Error {
        /// What failed.
        phase: Phase,
        /// Why, in words.
        error: String,
        /// Process id, if there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pid: Option<u32>,
    },
    /// A clock ran out.
    #[serde(rename = "session.timeout")]
    Timeout {
        /// Which.
        which: TimeoutKind,
        /// The limit.
        after_ms: u64,
    },
    /// A stop was asked for.
    #[serde(rename = "session.cancel_initiated")]
    CancelInitiated,
    /// The process tree was stopped.
    #[serde(rename = "session.paused")]
    Paused,
    /// It was continued.
    #[serde(rename = "session.unpaused")]
    Unpaused,
    /// The run's program ended.
    #[serde(rename = "session.exited")]
    Exited {
        /// Its exit code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit_code: Option<i32>,
        /// The signal that ended it, by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<String>,
        /// Why.
        reason: crate::outcome::EndReason,
    },
    /// That was a success.
    #[serde(rename = "session.completed")]
    Completed,
    /// Its host died or the machine restarted.
    #[serde(rename = "session.interrupted")]
    Interrupted {
        /// Why, in words.
        reason: String,
    },
    /// A new run will come by itself.
    #[serde(rename = "session.retrying")]
    Retrying {
        /// Which one, from 1.
        attempt: u32,
        /// How many at most.
        of: u32,
        /// Pause before it.
        delay_ms: u64,
    },
    /// It is what the person looks at now.
    #[serde(rename = "session.foreground")]
    Foreground {
        /// Its folder.
        workspace_path: String,
    },
    /// It is so no more.
    #[serde(rename = "session.background")]
    Background,
    /// An event of a kind that this version doesn't know.
    #[serde(other, rename = "session.unknown")]
    Unknown,
}

impl EventKind {
    /// The names of all types that this version knows, in the order in which a life passes them.
    pub const NAMES: &'static [&'static str] = &[
        "session.created",
        "session.updated",
        "session.deleted",
        "session.resuming",
        "session.started",
        "session.error",
        "session.timeout",
        "session.cancel_initiated",
        "session.paused",
        "session.unpaused",
        "session.exited",
        "session.completed",
        "session.interrupted",
        "session.retrying",
        "session.foreground",
        "session.background",
    ];

    /// Its `type`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Created => "session.created",
            Self::Updated => "session.updated",
            Self::Deleted => "session.deleted",
            Self::Resuming => "session.resuming",
            Self::Started { .. } => "session.started",
            Self::Error { .. } => "session.error",
            Self::Timeout { .. } => "session.timeout",
            Self::CancelInitiated => "session.cancel_initiated",
            Self::Paused => "session.paused",
            Self::Unpaused => "session.unpaused",
            Self::Exited { .. } => "session.exited",
            Self::Completed => "session.completed",
            Self::Interrupted { .. } => "session.interrupted",
            Self::Retrying { .. } => "session.retrying",
            Self::Foreground { .. } => "session.foreground",
            Self::Background => "session.background",
            Self::Unknown => "session.unknown",
        }
    }
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Starting a run.
    Start,
    /// Cleaning up after one.
    Cleanup,
}

/// How many events of one type there were in one hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCount {
    /// When the hour began.
    #[serde(with = "rfc3339")]
    pub hour: Timestamp,
    /// The type (`session.started`).
    #[serde(rename = "type")]
    pub kind: String,
    /// How many.
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_flat_object() {
        let event = SessionEvent {
            seq: 7,
            time: Timestamp(1_795_188_960_001),
            session_id: "a".parse().expect("an id"),
            run_id: None,
            origin: Some(Origin::Cli),
            kind: EventKind::Started {
                pid: 12,
                resumed: false,
            },
            metadata: None,
        };
        let json = serde_json::to_value(&event).expect("plain data");
        let expected = serde_json::json!({
            "seq": 7, "time": "2026-11-20T15:36:00.001Z", "session_id": "a", "origin": "cli",
            "type": "session.started", "pid": 12, "resumed": false,
        });
        assert_eq!(json, expected);
        assert_eq!(event.kind.name(), "session.started", "the name is the type");
        let back: SessionEvent = serde_json::from_value(json).expect("reads back");
        assert_eq!(back, event);
    }

    #[test]
    fn every_name_is_known() {
        for name in EventKind::NAMES {
            let json = serde_json::json!({
                "type": name, "pid": 1, "resumed": false, "phase": "start", "error": "", "which": "run",
                "after_ms": 1, "reason": "natural", "attempt": 1, "of": 1, "delay_ms": 1, "workspace_path": "",
            });
            let kind: EventKind = serde_json::from_value(json).expect("reads");
            assert_eq!(kind.name(), *name, "the name is the type");
        }
    }

    #[test]
    fn a_later_kind_can_be_read() {
        let json = r#"{"seq":1,"time":"2026-11-20T15:36:00.001Z","session_id":"a","type":"session.dreamt","of":"sheep"}"#;
        let event: SessionEvent = serde_json::from_str(json).expect("reads");
        assert_eq!(event.kind, EventKind::Unknown);
    }
}

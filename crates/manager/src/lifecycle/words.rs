//! Why a session is where it is, in words for people.

use std::time::Duration;

use mainstay_protocol::journal::TimeoutKind;
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::session::Status;

pub(super) fn timeout(which: TimeoutKind, after_ms: u64) -> String {
    let limit = Duration::from_millis(after_ms);
    match which {
        TimeoutKind::Start => format!("it was not ready within {limit:?}, its start timeout"),
        TimeoutKind::Run => format!("it ran for {limit:?}, its run timeout"),
    }
}

pub(super) fn start(exit: &Exit) -> String {
    match exit {
        Exit::NotStarted { error } => error.clone(),
        Exit::Code { .. } | Exit::Signal { .. } | Exit::Unknown => {
            "the program could not be started".to_owned()
        }
    }
}

pub(super) fn host(exit: &Exit) -> String {
    match exit {
        Exit::NotStarted { error } => error.clone(),
        Exit::Code { .. } | Exit::Signal { .. } | Exit::Unknown => {
            "its host was killed, or the machine restarted".to_owned()
        }
    }
}

/// Nothing where the status says it all.
pub(super) fn end(outcome: &Outcome, status: Status) -> Option<String> {
    match outcome.reason {
        EndReason::Natural if status == Status::Completed => None,
        EndReason::Stopped => None,
        EndReason::StartTimeout => Some("it was not ready within its start timeout".to_owned()),
        EndReason::RunTimeout => Some("it ran longer than its run timeout".to_owned()),
        EndReason::OutOfMemory => Some("it was out of memory".to_owned()),
        EndReason::Natural | EndReason::StartFailed | EndReason::HostDied => {
            Some(match &outcome.exit {
                Exit::Code { code } => format!("it ended with exit code {code}"),
                Exit::Signal { name, core, .. } => {
                    let dumped = if *core { " (core dumped)" } else { "" };
                    format!("{name} ended it{dumped}, and nobody here sent that")
                }
                Exit::NotStarted { error } => error.clone(),
                Exit::Unknown => "nobody knows how it ended".to_owned(),
            })
        }
    }
}

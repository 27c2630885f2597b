//! Events in words.

use std::time::Duration;

use mainstay_protocol::event::{EventKind, Phase};
use mainstay_protocol::journal::TimeoutKind;
use mainstay_protocol::outcome::EndReason;
use mainstay_protocol::text::cleaned;

use super::duration;

/// Longest text of a reason.
const MAX: usize = 500;

/// What an event tells beside its type; empty where that says all.
#[must_use]
pub(crate) fn event(kind: &EventKind) -> String {
    let length = |ms: u64| duration(Duration::from_millis(ms));
    match kind {
        EventKind::Started { pid, resumed } => {
            let again = if *resumed { ", resumed" } else { "" };
            format!("pid {pid}{again}")
        }
        EventKind::Error { phase, error, .. } => {
            let what = match phase {
                Phase::Start => "not started",
                Phase::Cleanup => "not cleaned up",
            };
            format!("{what}: {}", cleaned(error, MAX))
        }
        EventKind::Timeout { which, after_ms } => {
            let what = match which {
                TimeoutKind::Start => "not ready after",
                TimeoutKind::Run => "ran longer than",
            };
            format!("{what} {}", length(*after_ms))
        }
        EventKind::Exited {
            exit_code,
            signal,
            reason,
        } => exited(*exit_code, signal.as_deref(), *reason),
        EventKind::Interrupted { reason } => cleaned(reason, MAX),
        EventKind::Retrying {
            attempt,
            of,
            delay_ms,
        } => format!("{attempt} of {of} in {}", length(*delay_ms)),
        EventKind::Foreground { workspace_path } => cleaned(workspace_path, MAX),
        _ => String::new(),
    }
}

fn exited(code: Option<i32>, signal: Option<&str>, reason: EndReason) -> String {
    let end = match (code, signal) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => cleaned(signal, 32),
        (None, None) => String::from("exit code unknown"),
    };
    let why = match reason {
        EndReason::Natural => "",
        EndReason::Stopped => ", stopped on request",
        EndReason::StartTimeout => ", not ready in time",
        EndReason::RunTimeout => ", ran longer than allowed",
        EndReason::OutOfMemory => ", out of memory",
        EndReason::StartFailed => ", could not be started",
        EndReason::HostDied => ", its host was killed",
    };
    format!("{end}{why}")
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::event::EventKind;
    use mainstay_protocol::outcome::EndReason;

    #[test]
    fn events_read_well() {
        let stopped = EventKind::Exited {
            exit_code: None,
            signal: Some("SIGTERM".into()),
            reason: EndReason::Stopped,
        };
        let retry = EventKind::Retrying {
            attempt: 1,
            of: 3,
            delay_ms: 2_000,
        };
        let died = EventKind::Interrupted {
            reason: "its host\x1b[2J died".into(),
        };
        for (kind, text) in [
            (EventKind::Completed, ""),
            (stopped, "SIGTERM, stopped on request"),
            (retry, "1 of 3 in 2 s"),
            (died, "its host[2J died"),
        ] {
            assert_eq!(super::event(&kind), text, "{kind:?}");
        }
    }
}

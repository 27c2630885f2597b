//! How a run's end is put into words.

use std::time::Duration;

use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::text::cleaned;

use super::duration;

/// The outcome in a few words: `exit code 3 after 12 s`.
#[must_use]
pub(crate) fn outcome(outcome: &Outcome) -> String {
    let end = match &outcome.exit {
        Exit::Code { code } => format!("exit code {code}"),
        Exit::Signal { signal, name, core } => {
            let dump = if *core { ", core dumped" } else { "" };
            format!("ended by {} ({signal}){dump}", cleaned(name, 32))
        }
        Exit::NotStarted { error } => return format!("never started: {}", cleaned(error, 1000)),
        Exit::Unknown => String::from("exit code unknown"),
    };
    let reason = match outcome.reason {
        EndReason::Natural => "",
        EndReason::Stopped => ", stopped on request",
        EndReason::StartTimeout => ", not ready in time",
        EndReason::RunTimeout => ", ran longer than allowed",
        EndReason::OutOfMemory => ", out of memory",
        EndReason::StartFailed => ", could not be started",
        EndReason::HostDied => ", its host was killed",
    };
    let length = match outcome.exit {
        Exit::Unknown => String::new(),
        _ => format!(" after {}", duration(Duration::from_millis(outcome.ran_ms))),
    };
    format!("{end}{length}{reason}")
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::Timestamp;
    use mainstay_protocol::outcome::{EndReason, Exit, Outcome};

    fn words(exit: Exit, reason: EndReason, ran_ms: u64) -> String {
        super::outcome(&Outcome {
            exit,
            reason,
            ended: Timestamp(0),
            ran_ms,
        })
    }

    #[test]
    fn outcomes_read_well() {
        let code = |code| Exit::Code { code };
        let killed = Exit::Signal {
            signal: 9,
            name: "SIGKILL".into(),
            core: false,
        };
        let missing = Exit::NotStarted {
            error: "no such file: 'x\x1b'".into(),
        };
        for (exit, reason, ms, text) in [
            (
                code(3),
                EndReason::Natural,
                12_345,
                "exit code 3 after 12 s",
            ),
            (
                killed,
                EndReason::Stopped,
                80,
                "ended by SIGKILL (9) after 80 ms, stopped on request",
            ),
            (
                missing,
                EndReason::StartFailed,
                0,
                "never started: no such file: 'x'",
            ),
            (
                Exit::Unknown,
                EndReason::HostDied,
                0,
                "exit code unknown, its host was killed",
            ),
        ] {
            assert_eq!(words(exit, reason, ms), text, "after {ms} ms");
        }
    }
}

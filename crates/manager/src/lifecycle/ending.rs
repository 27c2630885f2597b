//! How runs end, and what comes after.

use mainstay_protocol::event::{EventKind, Phase};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::session::Status;

use super::{Effect, Rules, Step, words};

impl Step {
    pub(super) fn exited(&mut self, outcome: &Outcome, rules: &Rules) {
        let status = match outcome.reason {
            EndReason::StartFailed => {
                return self.failed_start(&words::start(&outcome.exit), rules);
            }
            EndReason::HostDied => return self.interrupted(&words::host(&outcome.exit), rules),
            EndReason::Natural if is_success(&outcome.exit, rules) => Status::Completed,
            EndReason::Natural | EndReason::StartTimeout => Status::Failed,
            EndReason::Stopped | EndReason::RunTimeout | EndReason::OutOfMemory => {
                Status::Terminated
            }
        };
        let (exit_code, signal) = match &outcome.exit {
            Exit::Code { code } => (Some(*code), None),
            Exit::Signal { name, .. } => (None, Some(name.clone())),
            Exit::NotStarted { .. } | Exit::Unknown => (None, None),
        };
        self.events.push(EventKind::Exited {
            exit_code,
            signal,
            reason: outcome.reason,
        });
        if status == Status::Completed {
            self.life.attempts = 0;
            self.events.push(EventKind::Completed);
        }
        // A clock that ran out has said why, with its limit.
        let told = self.life.reason.take();
        let by_clock = matches!(
            outcome.reason,
            EndReason::StartTimeout | EndReason::RunTimeout
        );
        let reason = told
            .filter(|_| by_clock)
            .or_else(|| words::end(outcome, status));
        self.end(status, reason, rules);
    }

    /// What the launcher says counts only while nothing else is known of the run.
    pub(super) fn start_failed(&mut self, error: &str, rules: &Rules) {
        if self.life.status == Status::Pending {
            self.failed_start(error, rules);
        }
    }

    pub(super) fn interrupted(&mut self, reason: &str, rules: &Rules) {
        if !self.life.is_live() {
            return;
        }
        self.events.push(EventKind::Interrupted {
            reason: reason.to_owned(),
        });
        self.end(Status::Interrupted, Some(reason.to_owned()), rules);
    }

    fn failed_start(&mut self, error: &str, rules: &Rules) {
        self.events.push(EventKind::Error {
            phase: Phase::Start,
            error: error.to_owned(),
            pid: self.life.pid,
        });
        self.end(Status::Failed, Some(error.to_owned()), rules);
    }

    fn end(&mut self, status: Status, reason: Option<String>, rules: &Rules) {
        self.life.status = status;
        self.life.reason = reason;
        if rules.private {
            self.effects.push(Effect::Purge);
        }
        if !self.schedule_retry(rules) {
            self.schedule_clean_up(rules);
        }
        // Only what is under way is being stopped.
        self.life.stopping = false;
    }

    fn schedule_retry(&mut self, rules: &Rules) -> bool {
        let life = &mut self.life;
        let Some(retry) = rules.retry else {
            return false;
        };
        if life.status != Status::Failed || life.stopping || life.attempts >= retry.count {
            return false;
        }
        life.attempts += 1;
        life.retry_due = true;
        let (attempt, delay_ms) = (life.attempts, retry.delay(life.attempts));
        self.events.push(EventKind::Retrying {
            attempt,
            of: retry.count,
            delay_ms,
        });
        self.effects
            .push(Effect::ScheduleRetry { attempt, delay_ms });
        true
    }
}

fn is_success(exit: &Exit, rules: &Rules) -> bool {
    matches!(exit, Exit::Code { code } if rules.success.has(*code))
}

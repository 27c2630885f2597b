//! Runs that are asked for, and the end of waiting for one.

use mainstay_protocol::event::EventKind;
use mainstay_protocol::session::Status;

use super::{Ask, Effect, Life, Record, Rules, Step};

impl Step {
    pub(super) fn create(&mut self) {
        self.life = Life {
            record: Record::Kept,
            ..Life::unborn()
        };
        self.events.push(EventKind::Created);
    }

    pub(super) fn run(&mut self, ask: Ask) {
        if self.life.is_live() {
            return;
        }
        let (event, resumed) = match ask {
            Ask::Create => return,
            Ask::Retry if !self.life.retry_due => return,
            // It repeats the run that failed, and nobody asked for a resume.
            Ask::Retry => (EventKind::Updated, self.life.resumed),
            Ask::Resume => (EventKind::Resuming, true),
            Ask::Again => (EventKind::Updated, false),
        };
        let attempts = if ask == Ask::Retry {
            // Its own timer brought it.
            self.life.retry_due = false;
            self.life.attempts
        } else {
            0
        };
        self.cancel_retry();
        self.cancel_clean_up();
        self.life = Life {
            record: Record::Kept,
            resumed,
            attempts,
            ..Life::unborn()
        };
        self.events.push(event);
    }

    pub(super) fn stop(&mut self, rules: &Rules) {
        if self.life.is_live() {
            self.life.stopping = true;
        } else if self.cancel_retry() {
            self.events.push(EventKind::Updated);
            self.schedule_clean_up(rules);
        }
    }

    pub(super) fn delete(&mut self) {
        if self.life.is_live() {
            return;
        }
        self.cancel_retry();
        self.cancel_clean_up();
        self.life.record = Record::Deleted;
        self.events.push(EventKind::Deleted);
    }

    pub(super) fn schedule_clean_up(&mut self, rules: &Rules) {
        let Some(clean_up) = rules.clean_up else {
            return;
        };
        let status = self.life.status;
        // What was interrupted waits for its person, however long.
        let ended = !status.is_live() && status != Status::Interrupted;
        if ended && (status == Status::Completed || !clean_up.only_completed) {
            self.life.clean_up_due = true;
            self.effects.push(Effect::ScheduleCleanUp {
                after_ms: clean_up.after_ms,
            });
        }
    }

    fn cancel_retry(&mut self) -> bool {
        let due = std::mem::take(&mut self.life.retry_due);
        if due {
            self.effects.push(Effect::CancelRetry);
        }
        due
    }

    fn cancel_clean_up(&mut self) {
        if std::mem::take(&mut self.life.clean_up_due) {
            self.effects.push(Effect::CancelCleanUp);
        }
    }
}

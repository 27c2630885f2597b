//! What a host's journal says of the newest run.

use mainstay_protocol::event::EventKind;
use mainstay_protocol::journal::{Event, TimeoutKind};
use mainstay_protocol::session::Status;

use super::{Rules, Step, words};

impl Step {
    pub(super) fn journal(&mut self, event: &Event, rules: &Rules) {
        if !self.life.is_live() {
            return;
        }
        match event {
            Event::Spawned { pid } => {
                self.life.pid.get_or_insert(*pid);
            }
            Event::Ready => self.ready(),
            Event::Timeout { which, after_ms } => self.timeout(*which, *after_ms),
            Event::StopRequested { .. } => self.stop_requested(),
            Event::Paused => self.paused(),
            Event::Unpaused => self.unpaused(),
            Event::Exited(outcome) => self.exited(outcome, rules),
            // What programs say and what is drawn is no matter of life.
            Event::Bell
            | Event::Notification(_)
            | Event::Mark(_)
            | Event::Agent(_)
            | Event::Custom { .. }
            | Event::Resized { .. }
            | Event::Gap { .. }
            | Event::Unknown => {}
        }
    }

    fn ready(&mut self) {
        let life = &mut self.life;
        // What is being ended doesn't become ready any more: nobody may type a prompt there.
        if life.ready || life.stop_told || life.timed_out.is_some() {
            return;
        }
        let Some(pid) = life.pid else { return };
        life.ready = true;
        if life.status == Status::Pending {
            life.status = Status::Running;
        }
        self.events.push(EventKind::Started {
            pid,
            resumed: life.resumed,
        });
    }

    fn timeout(&mut self, which: TimeoutKind, after_ms: u64) {
        if self.life.timed_out.is_some() {
            return;
        }
        self.unpaused();
        self.life.timed_out = Some(which);
        self.life.reason = Some(words::timeout(which, after_ms));
        self.events.push(EventKind::Timeout { which, after_ms });
    }

    fn stop_requested(&mut self) {
        self.life.stopping = true;
        if self.life.stop_told {
            return;
        }
        self.unpaused();
        self.life.stop_told = true;
        self.events.push(EventKind::CancelInitiated);
    }

    fn paused(&mut self) {
        let life = &mut self.life;
        // A host pauses nothing that it is ending.
        if life.status == Status::Paused || life.stop_told || life.timed_out.is_some() {
            return;
        }
        life.status = Status::Paused;
        self.events.push(EventKind::Paused);
    }

    /// Also where a stop begins: the host lets the processes go on, so that they can end.
    fn unpaused(&mut self) {
        let life = &mut self.life;
        if life.status != Status::Paused {
            return;
        }
        life.status = if life.ready {
            Status::Running
        } else {
            Status::Pending
        };
        self.events.push(EventKind::Unpaused);
    }
}

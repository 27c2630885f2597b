//! How a run pauses and ends.
//!
//! An end begins with the program's own exit, a stop, or a time limit. After a natural exit the run is over at once and
//! disowned processes are left alone. A stop and a time limit end the whole tree: every process is asked (SIGTERM, SIGHUP,
//! SIGCONT), and what is left after the grace is killed, again and again until nothing is left.

use std::time::Duration;

use mainstay_protocol::frame::{ErrorCode, Failure};
use mainstay_protocol::journal::{Event, TimeoutKind};
use mainstay_protocol::outcome::{EndReason, Outcome};
use mainstay_seams::failpoint;

use super::core::Core;
use super::host::Host;
use super::timers::Timer;
use crate::failpoints;
use crate::tree::Ending;

/// Time between two kills of what is left.
const BETWEEN_KILLS: Duration = Duration::from_millis(20);
/// Kills after which what is left is given up: a process that the kernel itself waits for can't be killed.
const KILLS: u32 = 250;

impl Host {
    /// Ends the run: asks the tree to end and kills it after the grace; the run's own, if none is given.
    ///
    /// # Errors
    /// [`ErrorCode::Ended`] after the end.
    pub fn stop(&self, reason: EndReason, grace_ms: Option<u64>) -> Result<(), Failure> {
        let grace = grace_ms.unwrap_or(self.spec.limits.grace_ms);
        self.look_for_folder();
        let mut core = self.core.lock();
        self.check_running(&core)?;
        let again = core.stopping.is_some();
        core.stopping.get_or_insert(reason);
        core.paused = false;
        if reason == EndReason::Stopped {
            // What is asked for happens also where it can't be written down.
            if let Err(error) = self.write(&mut core, Event::StopRequested { grace_ms: grace }) {
                tracing::error!(%error, "the stop can't be written down");
            }
        }
        drop(core);
        failpoint::hit(failpoints::STOP_JOURNALLED);
        if grace > 0 && !again {
            self.tree.ask_to_end();
            self.pty.hang_up();
        }
        failpoint::hit(failpoints::STOP_ASKED);
        self.timers.set(Timer::Kill, Duration::from_millis(grace));
        self.look_whether_over();
        self.keep_folder();
        Ok(())
    }

    /// A time limit is reached.
    pub(super) fn time_is_up(&self, which: TimeoutKind, after_ms: u64) {
        let reason = match which {
            TimeoutKind::Start => EndReason::StartTimeout,
            TimeoutKind::Run => EndReason::RunTimeout,
        };
        {
            let mut core = self.core.lock();
            let ready_in_time = which == TimeoutKind::Start && core.ready;
            if ready_in_time || core.stopping.is_some() || core.exit.is_some() {
                return;
            }
            if let Err(error) = self.write(&mut core, Event::Timeout { which, after_ms }) {
                tracing::error!(%error, "the time limit can't be written down");
            }
        }
        if let Err(error) = self.stop(reason, None) {
            tracing::debug!(%error, "the run ended just in time");
        }
    }

    /// Kills what is left of the tree; gives up when it will not go away.
    pub(super) fn kill_rest(&self, kills: &mut u32) {
        failpoint::hit(failpoints::STOP_KILL);
        if self.core.lock().tree_is_gone {
            return;
        }
        self.tree.kill();
        *kills += 1;
        if *kills < KILLS {
            self.timers.set(Timer::Kill, BETWEEN_KILLS);
        } else {
            tracing::error!("some processes of the run can't be killed; they are left alone");
            self.core.lock().gave_up = true;
            self.look_whether_over();
        }
    }

    /// Stops every process of the run until [`Host::unpause`].
    ///
    /// # Errors
    /// [`ErrorCode::Ended`] after the end, [`ErrorCode::Invalid`] while it is being stopped.
    pub fn pause(&self) -> Result<(), Failure> {
        let mut core = self.core.lock();
        self.check_running(&core)?;
        if core.stopping.is_some() {
            return Err(Failure {
                code: ErrorCode::Invalid,
                message: "the run is being stopped; what is stopping can't be paused".to_owned(),
            });
        }
        if core.paused {
            return Ok(());
        }
        self.tree.pause().map_err(|error| Failure {
            code: ErrorCode::System,
            message: format!("the processes can't be stopped: {error}"),
        })?;
        core.paused = true;
        failpoint::hit(failpoints::PAUSED);
        self.write(&mut core, Event::Paused)
    }

    /// Lets the run go on.
    ///
    /// # Errors
    /// [`ErrorCode::Ended`] after the end.
    pub fn unpause(&self) -> Result<(), Failure> {
        let mut core = self.core.lock();
        self.check_running(&core)?;
        if !core.paused {
            return Ok(());
        }
        core.paused = false;
        self.write(&mut core, Event::Unpaused)?;
        self.tree.unpause();
        Ok(())
    }

    /// Reaps the program and its orphans until there are none.
    pub(super) fn reap(&self) {
        self.tree.reap_all(|ending| self.ended(ending));
        self.core.lock().tree_is_gone = true;
        self.timers.clear(Timer::Kill);
        self.look_whether_over();
    }

    fn ended(&self, ending: Ending) {
        let mut core = self.core.lock();
        if ending.pid != core.pid || core.exit.is_some() {
            return;
        }
        core.exit = Some(ending.exit);
        drop(core);
        self.folder.program_ended();
        failpoint::hit(failpoints::REAPED);
        self.look_whether_over();
    }

    /// Wakes the reading thread, which finishes the run once it is over.
    fn look_whether_over(&self) {
        self.over.notify_all();
        self.pty.wake_reader();
    }

    /// Writes down how the run ended, tells everybody, then settles what is on disk.
    pub(super) fn finish(&self) {
        self.timers.clear(Timer::Start);
        self.timers.clear(Timer::Run);
        self.timers.clear(Timer::Pattern);
        self.input.close(&self.pty);
        self.keep_folder();
        let outcome = {
            let mut core = self.core.lock();
            let core: &mut Core = &mut core;
            let Some(exit) = core.exit.clone() else {
                return;
            };
            let ran = self.clock.monotonic().saturating_sub(core.spawned);
            let outcome = Outcome {
                exit,
                reason: core.stopping.unwrap_or(EndReason::Natural),
                ended: self.clock.now(),
                ran_ms: u64::try_from(ran.as_millis()).unwrap_or(u64::MAX),
            };
            core.effects.view_wanted = self.hub.wants_view(0);
            if let Err(error) = core.keeper.end(outcome.clone(), &mut core.effects) {
                tracing::error!(%error, "the end can't be written down");
            }
            failpoint::hit(failpoints::OUTCOME);
            core.outcome = Some(outcome.clone());
            self.deliver(core);
            self.tell_screen(core);
            outcome
        };
        tracing::info!(?outcome, "the run ended");
        self.hub.ended(outcome);
        failpoint::hit(failpoints::TOLD);
        if let Err(error) = self.core.lock().keeper.settle() {
            tracing::error!(%error, "the last checkpoint can't be written; the log has what it would");
        }
        self.begin_linger();
    }
}

//! The reading thread: from the PTY to the keeper, the program and the viewers.
//!
//! It reads as fast as the kernel gives. The run's lock is held while output that is there already is read and kept, and
//! handed over fairly now and then, so that a flood does not keep out those who want a snapshot.

use std::time::Duration;

use mainstay_seams::failpoint;
use parking_lot::MutexGuard;

use super::core::{Awaited, Core};
use super::host::Host;
use super::timers::Timer;
use crate::failpoints;
use crate::pty::{Read, Ready};
use crate::system;

/// Longest wait for the last output after the program's end.
const DRAIN: Duration = Duration::from_millis(200);
/// Silence after which the last output counts as read, within [`DRAIN`]: what the program wrote before its end is in the
/// terminal already when the end is seen.
const SILENCE: Duration = Duration::from_millis(10);
/// Least time between two tellings of what the screen says of itself.
const BETWEEN_SCREENS: Duration = Duration::from_millis(100);
/// Least time between two looks for the readiness pattern.
const BETWEEN_PATTERNS: Duration = Duration::from_millis(50);
/// Time after output until the keeper looks after itself; it wants that every 5 s at most.
pub(super) const TICK: Duration = Duration::from_secs(4);
/// Reads between two fair hand-overs of the lock.
const READS: usize = 8;
/// Reads after which a flood is interrupted for what is due once per burst.
const BURST: usize = 256;

impl Host {
    /// Reads until the run is over and its last output is kept.
    pub(super) fn read_output(&self) {
        self.core.lock().courtesy.reader = system::this_thread();
        loop {
            match self.pty.wait_output(None) {
                Ok(Ready::Output) => {
                    let read = self.take_output();
                    if read.end || read.failed {
                        break self.wait_for_end();
                    }
                }
                Ok(Ready::Woken | Ready::Timeout) => {}
                Err(error) => {
                    tracing::error!(%error, "output can't be waited for");
                    break self.wait_for_end();
                }
            }
            if self.core.lock().is_over() {
                self.pty.release();
                self.drain();
                break;
            }
        }
        failpoint::hit(failpoints::DRAINED);
        self.finish();
    }

    /// Nothing more can be read: only the end is left to wait for.
    fn wait_for_end(&self) {
        let mut core = self.core.lock();
        while !core.is_over() {
            self.over.wait(&mut core);
        }
    }

    /// Reads what the program left behind.
    fn drain(&self) {
        let until = self.clock.monotonic() + DRAIN;
        loop {
            let read = self.take_output();
            let now = self.clock.monotonic();
            if read.end || read.failed || now >= until {
                return;
            }
            match self.pty.wait_output(Some(SILENCE.min(until - now))) {
                Ok(Ready::Output | Ready::Woken) => {}
                Ok(Ready::Timeout) | Err(_) => return,
            }
        }
    }

    /// Reads everything that is there now.
    fn take_output(&self) -> Taken {
        let mut taken = Taken::default();
        let mut core = self.core.lock();
        loop {
            let read = {
                let space = core.keeper.space();
                self.pty.read(space)
            };
            match read {
                Ok(Read::Bytes(length)) => {
                    failpoint::hit(failpoints::READ);
                    taken.bytes += length;
                    if let Err(error) = self.take(&mut core, length) {
                        tracing::error!(%error, "output can't be kept");
                    }
                }
                Ok(Read::Empty) => break,
                Ok(Read::End) => {
                    taken.end = true;
                    break;
                }
                Err(error) => {
                    tracing::error!(%error, "output can't be read");
                    taken.failed = true;
                    break;
                }
            }
            taken.rounds += 1;
            if taken.rounds % READS == 0 {
                MutexGuard::bump(&mut core);
                // The end of the program is looked at even under a flood.
                if core.is_over() || taken.rounds >= BURST {
                    break;
                }
            }
        }
        if taken.rounds > 0 {
            self.after_output(&mut core, taken.bytes);
        }
        taken
    }

    fn take(&self, core: &mut Core, length: usize) -> Result<(), mainstay_keep::KeepError> {
        core.effects.view_wanted = self.hub.wants_view(length);
        let kept = core.keeper.took(length, &mut core.effects);
        failpoint::hit(failpoints::KEPT);
        if !core.effects.replies.is_empty() {
            self.input.reply(&self.pty, &core.effects.replies);
            failpoint::hit(failpoints::REPLIED);
        }
        self.deliver(core);
        kept
    }

    /// Tells the viewers and the journal's readers what the keeper's last call yielded.
    pub(super) fn deliver(&self, core: &mut Core) {
        self.hub.publish(&core.effects.view, &core.effects.notes);
        if !core.effects.entries.is_empty() {
            self.hub.publish_entries(&core.effects.entries);
        }
        if core.effects.screen_changed {
            self.screen_changed(core);
        }
        failpoint::hit(failpoints::PUBLISHED);
    }

    fn screen_changed(&self, core: &mut Core) {
        let now = self.clock.monotonic();
        match core.screen_told.map(|told| told + BETWEEN_SCREENS) {
            Some(earliest) if earliest > now => {
                self.timers.set_unless_set(Timer::Screen, earliest - now);
            }
            _ => self.tell_screen(core),
        }
    }

    /// Tells what the screen says of itself.
    pub(super) fn tell_screen(&self, core: &mut Core) {
        core.screen_told = Some(self.clock.monotonic());
        self.hub.publish_screen(core.keeper.state().clone());
    }

    /// What is due once per burst of output.
    fn after_output(&self, core: &mut Core, bytes: usize) {
        self.note_active();
        if core.courtesy.floods(bytes, self.clock.monotonic()) {
            self.look_after_flood();
        }
        self.sync.ask();
        self.timers.set_unless_set(Timer::Tick, TICK);
        self.look_after_burst(core.keeper.state().cwd.as_deref());
        match core.awaited {
            Awaited::Output => {
                if let Err(error) = self.set_ready(core) {
                    tracing::error!(%error, "readiness can't be written down");
                }
            }
            Awaited::Pattern(_) => {
                self.timers.set_unless_set(Timer::Pattern, BETWEEN_PATTERNS);
            }
            Awaited::Nothing | Awaited::Report => {}
        }
    }

    /// Looks for the readiness pattern on the screen.
    pub(super) fn match_pattern(&self) {
        let mut core = self.core.lock();
        let Awaited::Pattern(pattern) = &core.awaited else {
            return;
        };
        let screen = core.keeper.screen_text(0).unwrap_or_default();
        let matches = screen.lines().any(|line| pattern.is_match(line));
        if matches && let Err(error) = self.set_ready(&mut core) {
            tracing::error!(%error, "readiness can't be written down");
        }
    }
}

/// What a round of reading came to.
#[derive(Debug, Default)]
struct Taken {
    rounds: usize,
    bytes: usize,
    end: bool,
    failed: bool,
}

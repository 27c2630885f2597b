//! The host as its threads share it: what peers can ask of a run.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use mainstay_keep::journal::JournalSync;
use mainstay_keep::{KeepError, Past, RunFolder};
use mainstay_link::Tokens;
use mainstay_protocol::frame::{ErrorCode, Failure};
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::spec::{Readiness, RunSpec};
use mainstay_protocol::state::RunState;
use mainstay_protocol::{Size, Timestamp};
use mainstay_seams::{Clock, failpoint};
use parking_lot::{Condvar, Mutex};

use super::core::{Awaited, Core};
use super::folder::Folder;
use super::sync::Sync;
use super::timers::{Timer, Timers};
use crate::failpoints;
use crate::hub::{Hub, PeerId, Picture};
use crate::input::Input;
use crate::pty::Pty;
use crate::tree::Tree;

/// How long after the end the host stays for peers that are not through.
const LINGER: Duration = Duration::from_secs(10);

/// Everything that lives as long as the run.
#[derive(Debug)]
pub struct Host {
    /// The spec, without secrets.
    pub spec: RunSpec,
    /// What lets peers in.
    pub tokens: Tokens,
    /// Where peers get what they want.
    pub hub: Hub,
    pub(super) core: Mutex<Core>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) pty: Pty,
    pub(super) tree: Tree,
    pub(super) input: Input,
    pub(super) folder: Folder,
    pub(super) run: RunFolder,
    pub(super) timers: Timers,
    pub(super) sync: Sync,
    pub(super) started: Timestamp,
    pub(super) journal: PathBuf,
    pub(super) journal_sync: JournalSync,
    /// Goes with `core`: something that ends the run happened.
    pub(super) over: Condvar,
    /// Last input or output, in milliseconds of the wall clock.
    pub(super) last_active: AtomicU64,
    /// The outcome is there.
    pub(super) has_ended: AtomicBool,
    /// When a peer last sent or took something, in milliseconds of the monotonic clock. Kept after the end only.
    pub(super) peer_activity: AtomicU64,
}

impl Host {
    /// What is true right now.
    #[must_use]
    pub fn state(&self) -> RunState {
        let (_, viewers) = self.hub.count();
        let core = self.core.lock();
        RunState {
            pid: core.exit.is_none().then_some(core.pid),
            ready: core.ready,
            paused: core.paused,
            stopping: core.stopping.is_some() && core.outcome.is_none(),
            ended: core.outcome.is_some(),
            size: core.keeper.size(),
            viewers: u32::try_from(viewers).unwrap_or(u32::MAX),
            started: self.started,
            last_active: Timestamp(self.last_active.load(Ordering::Relaxed)),
            position: core.keeper.position(),
            first_line: core.keeper.view_line(),
            top_line: core.keeper.top_line(),
            cwd: Some(self.folder.told()),
            screen: core.keeper.state().clone(),
        }
    }

    /// Everything printed so far, as it is now.
    #[must_use]
    pub fn past(&self) -> Past {
        self.core.lock().keeper.past()
    }

    /// The screen as plain text after so many lines of history.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`] if the history can't be read.
    pub fn screen_text(&self, history: u32) -> Result<String, Failure> {
        let (past, screen) = {
            let core = self.core.lock();
            let past = (history > 0).then(|| core.keeper.past());
            (past, core.keeper.screen_text(0))
        };
        // The history is read without the lock.
        let mut text = past.map_or(Ok(String::new()), |past| past.text(history));
        if let (Ok(text), Ok(screen)) = (&mut text, &screen) {
            text.push_str(screen);
        }
        screen.and(text).map_err(|error| storage(&error))
    }

    /// Types what a peer sent; waits while too much is waiting already. Nothing the peer says is heard meanwhile, so its
    /// acks are not waited for.
    pub fn type_in(&self, peer: PeerId, bytes: &[u8]) {
        self.note_active();
        self.look_before_line(bytes);
        let waits = |waits| self.hub.goes_unheard(peer, waits);
        self.input.type_in(&self.pty, bytes, waits);
    }

    /// There was input or output.
    pub(super) fn note_active(&self) {
        self.last_active
            .store(self.clock.now().millis(), Ordering::Relaxed);
    }

    /// Gives the terminal the size that it was given last, or that the viewer in control wishes, if it has another.
    pub fn fit_size(&self) {
        if self.hub.wanted_size().is_none() {
            return;
        }
        let mut core = self.core.lock();
        let core = &mut *core;
        // Asked again under the lock: two viewers may have come here at once.
        let Some(size) = self.hub.wanted_size() else {
            return;
        };
        if core.outcome.is_some() {
            return;
        }
        // The model first: output that answers the new size comes after it.
        if let Err(error) = core.keeper.resize(size, &mut core.effects) {
            tracing::error!(%error, "the new size can't be logged");
        }
        if let Err(error) = self.pty.resize(size) {
            tracing::error!(%error, "the terminal can't be resized");
        }
        self.hub.resized(size);
        self.deliver(core);
    }

    /// Gives the terminal a size, until a viewer decides otherwise.
    ///
    /// # Errors
    /// [`ErrorCode::Ended`] after the end.
    pub fn resize(&self, size: Size) -> Result<(), Failure> {
        self.check_running(&self.core.lock())?;
        self.hub.give_size(size);
        self.fit_size();
        Ok(())
    }

    /// A snapshot for a viewer, if it still wants one.
    #[must_use]
    pub fn picture(&self, peer: PeerId) -> Option<Arc<Picture>> {
        let core = self.core.lock();
        let picture = self.hub.picture(peer, |bytes| {
            core.keeper.snapshot(bytes);
            core.keeper.top_line()
        });
        drop(core);
        failpoint::hit(failpoints::SNAPSHOT);
        picture
    }

    /// Makes the journal durable, as it must be before anybody stores its entries.
    ///
    /// # Errors
    /// If the disk can't do it.
    pub fn sync_journal(&self) -> io::Result<()> {
        self.journal_sync.sync()
    }

    /// Journal entries after this one, from the disk. Those that nobody was told of yet are left out: they are written before
    /// what goes with them, as the end before the outcome.
    ///
    /// # Errors
    /// If the journal can't be read.
    pub fn journal_after(&self, after: u64) -> io::Result<Vec<Entry>> {
        let reader = mainstay_keep::journal::Reader::open(&self.journal, after);
        let told = self.hub.last_seq();
        reader
            .map(|reader| {
                reader.take_while(|entry| entry.as_ref().map_or(true, |entry| entry.seq <= told))
            })
            .and_then(|reader| reader.collect::<Result<Vec<_>, KeepError>>())
            .map_err(io::Error::other)
    }

    /// Writes an entry to the journal.
    ///
    /// # Errors
    /// [`ErrorCode::Ended`] after the run's end, [`ErrorCode::Storage`] if it can't be written.
    pub fn journal(&self, event: Event) -> Result<(), Failure> {
        let mut core = self.core.lock();
        self.check_running(&core)?;
        self.write(&mut core, event)
    }

    pub(super) fn write(&self, core: &mut Core, event: Event) -> Result<(), Failure> {
        self.sync.ask();
        core.keeper
            .journal(event, &mut core.effects)
            .map_err(|error| storage(&error))?;
        self.deliver(core);
        Ok(())
    }

    pub(super) fn check_running(&self, core: &Core) -> Result<(), Failure> {
        if core.outcome.is_none() {
            return Ok(());
        }
        Err(Failure {
            code: ErrorCode::Ended,
            message: "the run has ended; resume the session for a new one".to_owned(),
        })
    }

    /// The run is ready.
    ///
    /// # Errors
    /// As with [`Host::journal`].
    pub fn report_ready(&self) -> Result<(), Failure> {
        let mut core = self.core.lock();
        self.check_running(&core)?;
        self.set_ready(&mut core)
    }

    pub(super) fn set_ready(&self, core: &mut Core) -> Result<(), Failure> {
        if core.ready {
            return Ok(());
        }
        core.ready = true;
        core.awaited = Awaited::Nothing;
        self.timers.clear(Timer::Start);
        self.timers.clear(Timer::Pattern);
        self.write(core, Event::Ready)
    }

    /// Views begin after what is there now.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`] if the mark can't be written.
    pub fn clear_view(&self) -> Result<(), Failure> {
        let mut core = self.core.lock();
        core.keeper.clear_view().map_err(|error| storage(&error))
    }

    /// Removes the history for good.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`] if it can't be removed.
    pub fn purge(&self) -> Result<(), Failure> {
        let mut core = self.core.lock();
        let core = &mut *core;
        core.keeper
            .purge(&mut core.effects)
            .map_err(|error| storage(&error))?;
        self.deliver(core);
        Ok(())
    }

    /// A peer has stored the journal up to here.
    pub fn journal_acked(&self, seq: u64) {
        if self.hub.ack_journal(seq) {
            self.timers.nudge();
        }
    }

    /// A peer wants something.
    pub fn peer_is_active(&self) {
        // Every frame comes here: no lock.
        if self.has_ended.load(Ordering::Relaxed) {
            self.note_activity();
            self.timers.nudge();
        }
    }

    /// Something that the host stays for may be done.
    pub fn look_around_after_the_end(&self) {
        if self.has_ended.load(Ordering::Relaxed) {
            self.timers.nudge();
        }
    }

    /// A peer is gone.
    pub fn peer_left(&self) {
        self.peer_is_active();
    }

    fn note_activity(&self) {
        let now = self.clock.monotonic().as_millis();
        let now = u64::try_from(now).unwrap_or(u64::MAX);
        self.peer_activity.store(now, Ordering::Relaxed);
    }

    /// Begins the time after the end.
    pub(super) fn begin_linger(&self) {
        self.note_activity();
        self.has_ended.store(true, Ordering::Relaxed);
        self.timers.set(Timer::Linger, LINGER);
    }

    /// Whether the host may go. It stays until somebody has stored the journal and all peers have what they want, but
    /// never longer than [`LINGER`] after any of them last wanted something: the folder has everything.
    pub(super) fn may_go(&self) -> bool {
        if !self.has_ended.load(Ordering::Relaxed) {
            return false;
        }
        if self.hub.journal_is_acked() && self.hub.is_drained() {
            return true;
        }
        let last = Duration::from_millis(self.peer_activity.load(Ordering::Relaxed));
        let silent = self.clock.monotonic().saturating_sub(last);
        match LINGER.checked_sub(silent) {
            Some(left) if !left.is_zero() => {
                self.timers.set_unless_set(Timer::Linger, left);
                false
            }
            _ => true,
        }
    }

    /// What makes a run with this spec ready.
    pub(super) fn awaited(ready: &Readiness) -> Result<Awaited, Failure> {
        Ok(match ready {
            Readiness::Process => Awaited::Nothing,
            Readiness::FirstOutput => Awaited::Output,
            Readiness::Reported => Awaited::Report,
            Readiness::Pattern { pattern } => {
                let regex = regex::RegexBuilder::new(pattern)
                    .size_limit(1 << 20)
                    .build();
                Awaited::Pattern(regex.map_err(|error| Failure {
                    code: ErrorCode::Invalid,
                    message: format!("the readiness pattern is no regular expression: {error}"),
                })?)
            }
        })
    }
}

pub(super) fn storage(error: &KeepError) -> Failure {
    Failure {
        code: ErrorCode::Storage,
        message: error.to_string(),
    }
}

//! What survives a power failure.
//!
//! Everything is written to the system at once, so the death of the process loses nothing. What the system
//! has, but the disk has not, is lost when the power fails: at most what came since the last [`Syncer::sync`],
//! which a timer calls every few seconds. The disk may get what was written since then in any order, in part
//! or not at all. So a sync makes a *set* durable that belongs together, and the writer leaves that set alone
//! until the next one is durable:
//!
//! 1. the segments, up to what is written now, which is at least what the newest checkpoint covers;
//! 2. that checkpoint;
//! 3. the raw log of its generation, as far as it is now;
//! 4. the folder, so that the names are there;
//! 5. only then is this generation *pinned* in place of the one before.
//!
//! Between two syncs the writer may take any number of checkpoints. It never deletes a pinned checkpoint and
//! never uses a pinned raw log again; segments only grow. (Retention alone deletes segments, pinned or not:
//! it is a promise about room on the disk.) After a power failure recovery finds either a newer checkpoint
//! that is whole, with segments that are intact, or the pinned one. How far the segments were durable is
//! written into each checkpoint, so that recovery need not check gigabytes.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mainstay_seams::failpoint;

use crate::error::HistoryError;
use crate::{failpoints, folder};

/// A checkpoint with its raw log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pin {
    checkpoint: u64,
    /// Newest raw log that was there; those from `checkpoint` on count.
    log: u64,
}

impl Pin {
    fn holds_log(self, generation: u64) -> bool {
        (self.checkpoint..=self.log).contains(&generation)
    }
}

#[derive(Debug)]
struct State {
    checkpoint: Option<(u64, Arc<File>)>,
    logs: Vec<(u64, Arc<File>)>,
    segments: Vec<Arc<File>>,
    written: u64,
    durable: u64,
    pinned: Option<Pin>,
    syncing: Option<Pin>,
}

/// What is written and what is durable: shared by writer and syncer.
#[derive(Debug)]
pub(crate) struct Durability {
    folder: PathBuf,
    dirty: AtomicBool,
    state: Mutex<State>,
}

impl Durability {
    /// After opening: everything found counts as pinned, lines before `durable` need no check.
    pub(crate) fn new(folder: PathBuf, checkpoint: u64, log: u64, durable: u64) -> Self {
        let state = State {
            checkpoint: None,
            logs: Vec::new(),
            segments: Vec::new(),
            written: durable,
            durable,
            pinned: Some(Pin { checkpoint, log }),
            syncing: None,
        };
        Self {
            folder,
            dirty: AtomicBool::new(true),
            state: Mutex::new(state),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something was written to the raw log.
    #[inline]
    pub(crate) fn touch(&self) {
        self.dirty.store(true, Ordering::Relaxed);
    }

    /// Lines before `end` were written, to this segment last.
    pub(crate) fn wrote(&self, segment: &Arc<File>, end: u64) {
        let mut state = self.lock();
        if state
            .segments
            .last()
            .is_none_or(|last| !Arc::ptr_eq(last, segment))
        {
            state.segments.push(Arc::clone(segment));
        }
        state.written = end;
        drop(state);
        self.touch();
    }

    /// What was found at opening, and may not be durable although it counts as pinned.
    pub(crate) fn recovered(
        &self,
        checkpoint: Arc<File>,
        logs: Vec<(u64, Arc<File>)>,
        segments: Vec<Arc<File>>,
    ) {
        let mut state = self.lock();
        state.checkpoint = state.pinned.map(|pin| (pin.checkpoint, checkpoint));
        state.logs = logs;
        state.segments = segments;
    }

    /// A checkpoint counts from now on.
    pub(crate) fn rotated(&self, generation: u64, checkpoint: Arc<File>, log: Arc<File>) {
        let mut state = self.lock();
        state.checkpoint = Some((generation, checkpoint));
        state.logs = vec![(generation, log)];
        drop(state);
        self.touch();
    }

    /// This generation was made durable by the writer, and no other is there.
    pub(crate) fn purged(&self, generation: u64) {
        let mut state = self.lock();
        state.pinned = Some(Pin {
            checkpoint: generation,
            log: generation,
        });
        state.segments.clear();
    }

    pub(crate) fn durable(&self) -> u64 {
        self.lock().durable
    }

    /// True if this checkpoint must stay.
    pub(crate) fn holds_checkpoint(&self, generation: u64) -> bool {
        let state = self.lock();
        let pins = [state.pinned, state.syncing];
        pins.into_iter()
            .flatten()
            .any(|pin| pin.checkpoint == generation)
    }

    /// True if this generation's raw log must stay.
    pub(crate) fn holds_log(&self, generation: u64) -> bool {
        let state = self.lock();
        [state.pinned, state.syncing]
            .into_iter()
            .flatten()
            .any(|pin| pin.holds_log(generation))
    }
}

/// Makes durable what a writer has written. Meant for a thread of its own: the disk takes its time.
#[derive(Debug, Clone)]
pub struct Syncer {
    shared: Arc<Durability>,
}

impl Syncer {
    pub(crate) fn new(shared: Arc<Durability>) -> Self {
        Self { shared }
    }

    /// Something was written since the last sync.
    #[must_use]
    pub fn dirty(&self) -> bool {
        self.shared.dirty.load(Ordering::Relaxed)
    }

    /// Makes durable what was written until now; returns at once if there is nothing. The writer goes on
    /// meanwhile.
    ///
    /// # Errors
    /// If the system reports that something couldn't be written. What was durable before still is; the next
    /// call tries again.
    pub fn sync(&self) -> Result<(), HistoryError> {
        if !self.shared.dirty.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let done = self.sync_all();
        if done.is_err() {
            self.shared.touch();
            self.shared.lock().syncing = None;
        }
        done
    }

    fn sync_all(&self) -> Result<(), HistoryError> {
        let failed = |e| HistoryError::io(&self.shared.folder, "made durable", e);
        let mut state = self.shared.lock();
        let (segments, written) = (state.segments.clone(), state.written);
        let (checkpoint, logs) = (state.checkpoint.clone(), state.logs.clone());
        let newest = logs.iter().map(|(log, _)| *log).max();
        let pin = checkpoint
            .as_ref()
            .zip(newest)
            .map(|((checkpoint, _), log)| Pin {
                checkpoint: *checkpoint,
                log,
            });
        state.syncing = pin;
        drop(state);
        for segment in &segments {
            segment.sync_data().map_err(failed)?;
        }
        failpoint::hit(failpoints::SYNC_SEGMENTS);
        if let Some((_, checkpoint)) = &checkpoint {
            checkpoint.sync_data().map_err(failed)?;
        }
        for (_, log) in &logs {
            log.sync_data().map_err(failed)?;
        }
        folder::sync(&self.shared.folder)?;
        failpoint::hit(failpoints::SYNC_DONE);
        let mut state = self.shared.lock();
        state.durable = written;
        // The last one may have grown since.
        let last = state.segments.last().cloned();
        state
            .segments
            .retain(|segment| !segments.iter().any(|done| Arc::ptr_eq(done, segment)));
        if let Some(last) = last
            && state.segments.is_empty()
        {
            state.segments.push(last);
        }
        if pin.is_some() {
            state.pinned = pin;
        }
        state.syncing = None;
        Ok(())
    }
}

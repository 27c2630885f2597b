//! The one that writes a session's history.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mainstay_protocol::{Line, Size};
use mainstay_seams::{Clock, failpoint};

use crate::checkpoint::{self, Checkpoint, make_durable};
use crate::error::HistoryError;
use crate::lines::Lines;
use crate::note::Gap;
use crate::raw::RawLog;
use crate::raw::record::{Log, LogHeader};
use crate::recovery::{self, Recovered, Survey};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::state::Core;
use crate::sync::{Durability, Syncer};
use crate::{failpoints, folder, opening, purge};

/// Time between two tries to take a checkpoint that failed.
const RETRY: Duration = Duration::from_secs(1);

/// Whether what is read is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logging {
    /// Yes.
    On,
    /// No, and why: what is read now would be lost with the process. It goes on by itself with the next
    /// checkpoint that works, for which [`Writer::wants_checkpoint`] asks once a second.
    Off(String),
}

/// Writes a session's history: raw log, lines, checkpoints. One per folder, owned by one thread.
///
/// Output goes round like this:
///
/// ```text
/// let n = pty.read(writer.raw_space())?;      // into the log
/// writer.raw_commit(n);                       // from here on it survives the process
/// let (bytes, lines) = writer.fed();
/// terminal.feed(bytes, &mut sink(lines));     // the sink calls lines.append and lines.clear_mark
/// if writer.wants_checkpoint() { writer.checkpoint(&state, terminal.position(), terminal.committed())?; }
/// ```
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    core: Arc<Core>,
    durability: Arc<Durability>,
    lines: Lines,
    raw: RawLog,
    /// Generations whose checkpoints are on the disk, oldest first; never empty.
    checkpoints: Vec<u64>,
    /// A failed checkpoint is tried again from here on.
    retry: Option<Duration>,
    /// Locked as long as this lives.
    _lock: folder::Lock,
}

impl Writer {
    /// Opens a session's history, or begins it: the folder is made if only it is missing. What the newest
    /// usable checkpoint doesn't cover is dropped from the segments; giving `records` of the result to a
    /// model restored from it yields those lines again, to be appended as if they came now.
    ///
    /// # Errors
    /// If the folder or a file can't be used, is in use, or was written by a newer program. Damage is no
    /// error, see [`Recovered::notes`].
    pub fn open(
        folder: &Path,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Recovered), HistoryError> {
        folder::create(folder)?;
        let lock = folder::lock(folder)?;
        let mut survey = recovery::survey(folder)?;
        if survey.new {
            checkpoint::write(folder, &survey.base)?;
            checkpoint::publish(folder, survey.base.generation)?;
            survey.checkpoints.push(survey.base.generation);
        }
        let open = opening::apply(folder, &survey)?;
        let recovered = survey.recovered();
        let raw = RawLog::open(folder, &settings, opening::files(&survey))?;
        let base = survey.base.generation;
        let newest = survey
            .logs
            .iter()
            .map(|(_, log)| *log)
            .max()
            .unwrap_or(base)
            .max(base);
        let durable = survey.base.durable.min(survey.base.next_line);
        let durability = Arc::new(Durability::new(folder.to_path_buf(), base, newest, durable));
        let core = Arc::new(Core {
            folder: folder.to_path_buf(),
            clock,
            state: Mutex::new(opening::state(folder, &survey, open.as_ref())),
        });
        let lines = Lines::new(Arc::clone(&core), Arc::clone(&durability), settings, open);
        let mut writer = Self {
            folder: folder.to_path_buf(),
            core,
            durability,
            lines,
            raw,
            checkpoints: survey.checkpoints.clone(),
            retry: None,
            _lock: lock,
        };
        writer.resume_log(survey.log.as_ref(), survey.base.position, base)?;
        writer.catch_up(&survey)?;
        Ok((writer, recovered))
    }

    fn resume_log(
        &mut self,
        log: Option<&(u32, Log)>,
        position: u64,
        generation: u64,
    ) -> Result<(), HistoryError> {
        if let Some((slot, log)) = log {
            self.raw.resume(*slot, log)?;
        } else {
            let header = LogHeader {
                generation,
                position,
                linked: true,
                time: self.now(),
            };
            let keep = self
                .checkpoints
                .iter()
                .rev()
                .nth(1)
                .copied()
                .unwrap_or(generation);
            match self.raw.prepare(header, &|generation| generation >= keep) {
                Ok(prepared) => self.raw.switch(&prepared),
                // The child is worth more than its log.
                Err(e) if e.is_full() => self.raw.stop(generation, position, e.to_string()),
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// The process before may have died before it synced: the first sync makes durable whatever may not be.
    fn catch_up(&self, survey: &Survey) -> Result<(), HistoryError> {
        let path = folder::checkpoint_path(&self.folder, survey.base.generation);
        let doubtful = survey
            .segments
            .iter()
            .filter(|segment| segment.end > survey.base.durable);
        let mut segments = Vec::new();
        for segment in doubtful {
            segments.push(Arc::new(folder::open(&segment.path)?));
        }
        segments.extend(self.lines.file());
        let logs = self.raw.files(survey.base.generation);
        self.durability
            .recovered(Arc::new(folder::open(&path)?), logs, segments);
        Ok(())
    }

    fn now(&self) -> u64 {
        self.core.clock.now().millis()
    }

    /// Where to read the next output into: usually 64 KiB, never less than 8 KiB.
    pub fn raw_space(&mut self) -> &mut [u8] {
        self.raw.space()
    }

    /// The first `n` bytes of the space are output. From here on they survive the death of the process, unless
    /// [`Self::logging`] is off.
    pub fn raw_commit(&mut self, n: usize) {
        self.raw.commit(n);
        self.durability.touch();
    }

    /// The bytes of the last commit; gone with the next [`Self::raw_space`], resize or checkpoint.
    #[must_use]
    pub fn raw_last(&self) -> &[u8] {
        self.raw.last()
    }

    /// The bytes of the last commit, and where the lines go that come of them.
    pub fn fed(&mut self) -> (&[u8], &mut Lines) {
        (self.raw.last(), &mut self.lines)
    }

    /// Logs that the terminal gets another size, in order with the output.
    pub fn raw_resize(&mut self, size: Size) {
        self.raw.resize(size);
        self.durability.touch();
    }

    /// Where lines go when there are no bytes: at a replay, at the end of a run.
    pub fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }

    /// Same as [`Lines::append`].
    ///
    /// # Errors
    /// See there.
    pub fn append(&mut self, number: u64, line: &Line) -> Result<(), HistoryError> {
        self.lines.append(number, line)
    }

    /// Same as [`Lines::clear_mark`].
    pub fn clear_mark(&mut self, line: u64) {
        self.lines.clear_mark(line);
    }

    /// Same as [`Lines::gap`].
    #[must_use]
    pub fn gap(&self) -> Option<Gap> {
        self.lines.gap()
    }

    /// Whether what is read is logged.
    #[must_use]
    pub fn logging(&self) -> Logging {
        self.raw
            .off()
            .map_or(Logging::On, |reason| Logging::Off(reason.to_owned()))
    }

    /// A checkpoint is due: the raw log is full, or is off and may work again. To be asked after every read,
    /// and now and then without one.
    #[must_use]
    pub fn wants_checkpoint(&self) -> bool {
        (self.raw.is_full() || self.raw.off().is_some())
            && self
                .retry
                .is_none_or(|retry| self.core.clock.monotonic() >= retry)
    }

    /// Stores the state of the model after all output committed so far: `position` bytes of it, which made
    /// all lines before `next_line`. From here on the log begins anew. Survives the death of the process at
    /// once and a power failure after the next sync.
    ///
    /// # Errors
    /// If it can't be written. Nothing is lost by that: the log goes on in what room it has, and
    /// [`Self::wants_checkpoint`] asks again after a second.
    pub fn checkpoint(
        &mut self,
        blob: &[u8],
        position: u64,
        next_line: u64,
    ) -> Result<(), HistoryError> {
        let linked = self.raw.off().is_none() && self.raw.position() == position;
        self.store(blob, position, next_line, linked, false)
    }

    /// A checkpoint of a state that doesn't follow from the one before: a new run in the same folder.
    ///
    /// # Errors
    /// As [`Self::checkpoint`].
    pub fn begin(
        &mut self,
        blob: &[u8],
        position: u64,
        next_line: u64,
    ) -> Result<(), HistoryError> {
        self.store(blob, position, next_line, false, false)?;
        // Once more, so that this run has a second base from its start: should the first be damaged, the end
        // of the run before must not be all there is.
        self.store(blob, position, next_line, true, false)
    }

    /// Deletes all lines for good, and whatever else may hold some: raw logs and older checkpoints. The session goes
    /// on with `blob`, the numbers with `next_line`. Durable when this returns.
    ///
    /// # Errors
    /// If the checkpoint can't be written (nothing was deleted), or a file can't be deleted (the next open or
    /// purge goes on with it).
    pub fn purge(
        &mut self,
        blob: &[u8],
        position: u64,
        next_line: u64,
    ) -> Result<(), HistoryError> {
        // The next log must not be in a file that still has old output behind its end.
        let keep = self.checkpoints.last().copied().unwrap_or(0);
        let durability = Arc::clone(&self.durability);
        self.raw
            .delete(&|log| log < keep && !durability.holds_log(log))?;
        self.store(blob, position, next_line, false, true)?;
        let generation = self.raw.generation();
        self.lines.purge();
        let path = folder::checkpoint_path(&self.folder, generation);
        make_durable(&self.folder, &path)?;
        self.durability.purged(generation);
        failpoint::hit(failpoints::PURGE_RECORDED);
        purge::delete_history(&self.folder, generation)?;
        self.checkpoints = vec![generation];
        self.raw.delete(&|log| log != generation)?;
        folder::sync(&self.folder)
    }

    /// Gives memory back that isn't needed while the session is idle; what was committed last can't be read
    /// any more.
    pub fn rest(&mut self) {
        self.raw.rest();
        self.lines.rest();
    }

    /// A handle for reading while this goes on.
    #[must_use]
    pub fn shared(&self) -> Shared {
        Shared::new(Arc::clone(&self.core))
    }

    /// A handle for the thread that makes durable what is written.
    #[must_use]
    pub fn syncer(&self) -> Syncer {
        Syncer::new(Arc::clone(&self.durability))
    }

    fn store(
        &mut self,
        blob: &[u8],
        position: u64,
        next_line: u64,
        linked: bool,
        purge: bool,
    ) -> Result<(), HistoryError> {
        self.retry = Some(self.core.clock.monotonic() + RETRY);
        self.lines.jump(next_line)?;
        self.lines.flush();
        failpoint::hit(failpoints::CHECKPOINT_BEGIN);
        let generation = self.raw.generation().saturating_add(1);
        let mut checkpoint = Checkpoint {
            generation,
            position,
            ..Checkpoint::default()
        };
        checkpoint.blob = Some(blob.to_vec());
        let deleted = self.lines.too_old();
        self.lines.describe(&mut checkpoint, deleted);
        if purge {
            let purged = checkpoint.next_line;
            checkpoint = Checkpoint {
                purged,
                first_line: purged,
                segment: None,
                gaps: Vec::new(),
                marks: Vec::new(),
                ..checkpoint
            };
        }
        let file = checkpoint::write(&self.folder, &checkpoint)?;
        failpoint::hit(failpoints::CHECKPOINT_WRITTEN);
        let header = LogHeader {
            generation,
            position,
            linked,
            time: self.now(),
        };
        let keep = self.checkpoints.last().copied().unwrap_or(0);
        let needed = |log: u64| log >= keep || self.durability.holds_log(log);
        let prepared = match self.raw.prepare(header, &needed) {
            Ok(prepared) => prepared,
            Err(e) => {
                drop(folder::delete(&folder::temporary_path(
                    &self.folder,
                    generation,
                )));
                return Err(e);
            }
        };
        failpoint::hit(failpoints::RAW_ROTATED);
        if let Err(e) = checkpoint::publish(&self.folder, generation) {
            self.raw.abandon(&prepared);
            drop(folder::delete(&folder::temporary_path(
                &self.folder,
                generation,
            )));
            return Err(e);
        }
        failpoint::hit(failpoints::CHECKPOINT_RENAMED);
        self.raw.switch(&prepared);
        if let Some(log) = self.raw.file() {
            self.durability.rotated(generation, Arc::new(file), log);
        }
        self.retry = None;
        self.checkpoints.push(generation);
        self.delete_old_checkpoints();
        self.lines.delete_oldest(deleted);
        Ok(())
    }

    /// Leaves the newest two and what is pinned.
    fn delete_old_checkpoints(&mut self) {
        let keep = self.checkpoints.iter().rev().nth(1).copied().unwrap_or(0);
        let (folder, durability) = (&self.folder, &self.durability);
        self.checkpoints.retain(|generation| {
            let stays = *generation >= keep
                || durability.holds_checkpoint(*generation)
                || folder::delete(&folder::checkpoint_path(folder, *generation)).is_err();
            if !stays {
                failpoint::hit(failpoints::CHECKPOINT_DELETED);
            }
            stays
        });
    }
}

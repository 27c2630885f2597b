//! The part of a writer that takes lines.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mainstay_protocol::Line;
use mainstay_seams::failpoint;

use crate::block::{Header, gap_block};
use crate::checkpoint::Checkpoint;
use crate::error::HistoryError;
use crate::note::{Gap, GapReason};
use crate::recovery::Segment;
use crate::segment::Index;
use crate::settings::Settings;
use crate::state::Core;
use crate::sync::Durability;
use crate::{failpoints, folder};

/// Takes the lines that come of the output, see [`crate::Writer::fed`].
#[derive(Debug)]
pub struct Lines {
    core: Arc<Core>,
    durability: Arc<Durability>,
    settings: Settings,
    /// The segment that is written on: its first line, its file, its blocks.
    open: Option<(u64, Arc<File>, Index)>,
    /// A buffer to use again.
    spare: Vec<u8>,
    failing: Option<GapReason>,
}

impl Lines {
    pub(crate) fn new(
        core: Arc<Core>,
        durability: Arc<Durability>,
        settings: Settings,
        open: Option<(u64, Arc<File>, Index)>,
    ) -> Self {
        Self {
            core,
            durability,
            settings,
            open,
            spare: Vec::new(),
            failing: None,
        }
    }

    /// Appends a line. A disk that is full or fails is no error: the lines that can't be kept become a gap,
    /// see [`Self::gap`]; a number that leaves lines out makes one too.
    ///
    /// # Errors
    /// [`HistoryError::OutOfOrder`] if the line was there already.
    #[inline]
    pub fn append(&mut self, number: u64, line: &Line) -> Result<(), HistoryError> {
        let mut state = self.core.lock();
        if state.builder.end() != number {
            drop(state);
            self.jump(number)?;
            state = self.core.lock();
        }
        state.builder.push(line);
        if state.builder.is_full() {
            drop(state);
            self.flush();
        }
        Ok(())
    }

    /// Makes `number` the next line.
    #[cold]
    pub(crate) fn jump(&mut self, number: u64) -> Result<(), HistoryError> {
        let next = self.next_line();
        if number < next {
            return Err(HistoryError::OutOfOrder { number, next });
        }
        if number > next {
            self.flush();
            let mut state = self.core.lock();
            state.add_gap(next..number, GapReason::Damaged);
            state.builder.skip_to(number);
        }
        Ok(())
    }

    /// Views begin at this line from now on (`CSI 3 J`); what is before stays on disk.
    pub fn clear_mark(&mut self, line: u64) {
        self.core.lock().mark(line);
    }

    /// Number of the line that is due next.
    #[must_use]
    pub fn next_line(&self) -> u64 {
        self.core.lock().builder.end()
    }

    /// The gap that is going on: lines aren't kept just now. It ends by itself with the first block that
    /// can be written again.
    #[must_use]
    pub fn gap(&self) -> Option<Gap> {
        self.failing?;
        self.core.lock().gaps.last().cloned()
    }

    /// Writes the open block, full or not; or makes it a gap.
    pub(crate) fn flush(&mut self) {
        let time = self.core.clock.now().millis();
        let mut state = self.core.lock();
        if state.builder.is_empty() {
            return;
        }
        let lines = state.builder.first()..state.builder.end();
        let block = Arc::new(state.builder.finish(time, std::mem::take(&mut self.spare)));
        state.pending = Some((lines.start, Arc::clone(&block)));
        drop(state);
        let written = self.write(&block, time);
        let mut state = self.core.lock();
        state.pending = None;
        match written {
            Ok(()) => {
                state.gaps.clear();
                state.open = self.open.as_ref().map(|(first, _, index)| Segment {
                    first: *first,
                    end: lines.end,
                    path: folder::segment_path(&self.core.folder, *first),
                    size: index.len,
                    time,
                });
                self.failing = None;
            }
            Err(reason) => {
                state.add_gap(lines, reason);
                self.failing = Some(reason);
            }
        }
        drop(state);
        self.spare = Arc::try_unwrap(block).unwrap_or_default();
        if self
            .open
            .as_ref()
            .is_some_and(|(_, _, i)| i.len >= self.settings.segment_bytes)
        {
            self.seal();
        }
    }

    /// Writes a block, after the gaps that come before it.
    fn write(&mut self, block: &[u8], time: u64) -> Result<(), GapReason> {
        self.check_room(block.len() as u64)?;
        let header = Header::parse(block).map_err(|_| GapReason::WriteFailed)?;
        let gaps = self.core.lock().gaps.clone();
        let first = gaps.first().map_or(header.first, |gap| gap.lines.start);
        if failpoint::fails(failpoints::BLOCK_WRITE) {
            return Err(GapReason::DiskFull);
        }
        let (_, file, index) = match &mut self.open {
            Some(open) => open,
            none => {
                let file = self.core.create_segment(first).map_err(|e| reason(&e))?;
                none.insert((first, file, Index::default()))
            }
        };
        let mut before = Vec::new();
        for gap in &gaps {
            before.extend(gap_block(&gap.lines, gap.reason, time));
        }
        let written = if before.is_empty() {
            folder::write_at(file, block, index.len)
        } else {
            folder::write_at(file, &[&before, block].concat(), index.len)
        };
        if let Err(e) = written {
            // Whatever was written of it must not stay: the next block goes to the same place. A file that
            // can't even be cut is overwritten there.
            drop(file.set_len(index.len));
            return Err(reason_of(e.kind()));
        }
        failpoint::hit(failpoints::BLOCK_WRITTEN);
        for gap in before.chunks(crate::block::HEADER) {
            if let Ok(gap) = Header::parse(gap) {
                index.push(&gap);
            }
        }
        index.push(&header);
        self.durability.wrote(file, header.end);
        Ok(())
    }

    fn check_room(&self, len: u64) -> Result<(), GapReason> {
        let Ok(space) = self.settings.disk.space(&self.core.folder) else {
            return Ok(());
        };
        let floor = self.settings.retention.min_free.of(space.total);
        if floor > 0 && space.free < floor.saturating_add(len) {
            return Err(GapReason::LowDisk);
        }
        Ok(())
    }

    /// Ends the open segment; the next block begins another.
    pub(crate) fn seal(&mut self) {
        let Some((first, file, index)) = self.open.take() else {
            return;
        };
        failpoint::hit(failpoints::SEGMENT_SEAL);
        let trailer = index.encode();
        let mut size = index.len;
        match folder::write_at(&file, &trailer, index.len) {
            Ok(()) => size += trailer.len() as u64,
            // A segment without an index is as good, only slower.
            Err(_) => drop(file.set_len(index.len)),
        }
        failpoint::hit(failpoints::SEGMENT_SEALED);
        let path = folder::segment_path(&self.core.folder, first);
        let end = index.end_line().unwrap_or(first);
        let mut state = self.core.lock();
        Arc::make_mut(&mut state.sealed).push(Segment {
            first,
            end,
            path,
            size,
            time: index.time,
        });
        state.open = None;
    }

    /// How many of the oldest segments are too many or too old. They are deleted only after a checkpoint that
    /// says so: recovery must be able to tell what retention deleted from what was lost.
    pub(crate) fn too_old(&self) -> usize {
        let now = self.core.clock.now().millis();
        let retention = self.settings.retention;
        let oldest = retention
            .max_age
            .map_or(0, |age| now.saturating_sub(millis(age)));
        let state = self.core.lock();
        let open = state.open.as_ref().map_or(0, |open| open.size);
        let mut total = open + state.sealed.iter().map(|segment| segment.size).sum::<u64>();
        let doomed = state.sealed.iter().take_while(|segment| {
            let too_many = retention.max_bytes.is_some_and(|max| total > max);
            total -= segment.size;
            too_many || segment.time < oldest
        });
        doomed.count()
    }

    /// Deletes this many of the oldest segments.
    pub(crate) fn delete_oldest(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        // Readers don't begin there any more; one that is at it keeps its file.
        let mut state = self.core.lock();
        let count = count.min(state.sealed.len());
        state.first_line = state.first_without(count);
        let doomed: Vec<Segment> = Arc::make_mut(&mut state.sealed).drain(..count).collect();
        drop(state);
        for segment in &doomed {
            failpoint::hit(failpoints::RETENTION_DELETE);
            // One that can't be deleted now is at the next open: the checkpoint says that it isn't kept.
            drop(folder::delete(&segment.path));
            failpoint::hit(failpoints::RETENTION_DELETED);
        }
    }

    /// What a checkpoint says about the lines once this many of the oldest segments are deleted.
    pub(crate) fn describe(&self, checkpoint: &mut Checkpoint, deleted: usize) {
        let state = self.core.lock();
        checkpoint.first_line = state.first_without(deleted);
        checkpoint.next_line = state.builder.end();
        checkpoint.purged = state.purged;
        checkpoint.gaps.clone_from(&state.gaps);
        checkpoint.marks.clone_from(&state.marks);
        checkpoint.segment = self
            .open
            .as_ref()
            .map(|(first, _, index)| (*first, index.len));
        checkpoint.durable = self.durability.durable();
    }

    /// Forgets every line; the next one keeps its number.
    pub(crate) fn purge(&mut self) {
        self.open = None;
        self.failing = None;
        let mut state = self.core.lock();
        state.builder.drop_lines();
        state.sealed = Arc::default();
        state.open = None;
        state.gaps.clear();
        state.marks.clear();
        state.purged = state.builder.first();
        state.first_line = state.purged;
    }

    /// The segment that is written on.
    pub(crate) fn file(&self) -> Option<Arc<File>> {
        self.open.as_ref().map(|(_, file, _)| Arc::clone(file))
    }

    /// Gives memory back.
    pub(crate) fn rest(&mut self) {
        self.spare = Vec::new();
        self.core.lock().builder.shrink();
    }
}

impl Core {
    fn create_segment(&self, first: u64) -> Result<Arc<File>, HistoryError> {
        let path: PathBuf = folder::segment_path(&self.folder, first);
        let file = folder::open_or_create(&path)?;
        file.set_len(0)
            .map_err(|e| HistoryError::io(&path, "emptied", e))?;
        Ok(Arc::new(file))
    }
}

fn reason(error: &HistoryError) -> GapReason {
    if error.is_full() {
        GapReason::DiskFull
    } else {
        GapReason::WriteFailed
    }
}

fn reason_of(kind: io::ErrorKind) -> GapReason {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => GapReason::DiskFull,
        _ => GapReason::WriteFailed,
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

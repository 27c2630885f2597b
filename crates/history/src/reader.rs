//! Reads lines, of a session that lives or has ended.

use std::fs::File;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mainstay_protocol::Line;

use crate::block::read::Block;
use crate::checkpoint::Checkpoint;
use crate::error::HistoryError;
use crate::folder;
use crate::note::{Gap, GapReason, Note};
use crate::recovery::{self, Recovered};
use crate::segment::{Entry, Index};

/// Segments that are kept open.
const OPENED: usize = 4;

/// Some lines, in a file or in memory.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) first: u64,
    pub(crate) source: Source,
}

/// Where lines are.
#[derive(Debug)]
pub(crate) enum Source {
    /// In a segment, in its first `len` bytes if that is known.
    File { path: PathBuf, len: Option<u64> },
    /// In a block that isn't in a segment yet.
    Memory(Arc<Vec<u8>>),
}

/// A segment that was opened.
#[derive(Debug)]
struct Opened {
    path: PathBuf,
    file: File,
    index: Index,
}

#[derive(Debug, Default)]
struct Found {
    opened: Vec<Arc<Opened>>,
    notes: Vec<Note>,
    damaged: Vec<Range<u64>>,
}

/// Reads a session's history: a view of the moment in which it was made. Lines that retention or a purge deletes
/// afterwards may be missing from it.
#[derive(Debug)]
pub struct Reader {
    folder: PathBuf,
    pieces: Vec<Piece>,
    lines: Range<u64>,
    marks: Vec<u64>,
    purged: u64,
    gaps: Vec<Gap>,
    found: Mutex<Found>,
}

impl Reader {
    pub(crate) fn new(
        folder: PathBuf,
        pieces: Vec<Piece>,
        lines: Range<u64>,
        marks: Vec<u64>,
        purged: u64,
    ) -> Self {
        let found = Mutex::default();
        Self {
            folder,
            pieces,
            lines,
            marks,
            purged,
            gaps: Vec::new(),
            found,
        }
    }

    /// Opens a folder without changing anything in it, whether a host writes it or not. Of a session that
    /// lives this has what its host has written; the newest lines are in the host ([`crate::Shared`]). Of one
    /// that died it has lines after the newest checkpoint too, which a replay yields again: who replays takes
    /// lines before [`Recovered::next_line`] from here.
    ///
    /// # Errors
    /// If the folder or a file can't be read, or was written by a newer program.
    pub fn open(folder: &Path) -> Result<Self, HistoryError> {
        folder::check(folder)?;
        let listing = folder::list(folder)?;
        let known = newest_checkpoint(&listing)?;
        let checkpoint = known.clone().unwrap_or_default();
        let segments = listing
            .segments
            .into_iter()
            .filter(|(first, _)| *first >= checkpoint.first_line);
        let pieces = segments
            .map(|(first, path)| Piece {
                first,
                source: Source::File { path, len: None },
            })
            .collect();
        let purged = checkpoint.purged;
        let mut reader = Self::new(
            folder.to_path_buf(),
            pieces,
            purged..purged,
            checkpoint.marks,
            purged,
        );
        let mut end = reader.drop_torn_end()?;
        for gap in checkpoint.gaps {
            // Written with the first block after it, if there is one already.
            if gap.lines.start >= end {
                end = gap.lines.end;
                reader.gaps.push(gap);
            }
        }
        end = end.max(purged);
        // Without a checkpoint nobody knows what was there before the first segment.
        let first = match (&known, reader.pieces.first()) {
            (None, Some(piece)) => piece.first,
            _ => checkpoint.first_line,
        };
        reader.lines = first..end.max(first);
        Ok(reader)
    }

    /// Number after the last line on disk. The last block may be half written just now.
    fn drop_torn_end(&mut self) -> Result<u64, HistoryError> {
        while let Some(piece) = self.pieces.last() {
            if let Some(opened) = self.opened(piece)? {
                let mut index = opened.index.clone();
                let mut buffer = Vec::new();
                while let Some(entry) = index.entries.last().copied() {
                    if entry.gap.is_some()
                        || read_block(&opened.file, &entry, &mut buffer).is_some()
                    {
                        if index.entries.len() < opened.index.entries.len() {
                            let len = entry.offset + u64::from(entry.len);
                            self.limit_last(len);
                        }
                        return Ok(entry.end);
                    }
                    index.entries.pop();
                }
            }
            self.found().opened.clear();
            self.pieces.pop();
        }
        Ok(0)
    }

    fn limit_last(&mut self, to: u64) {
        if let Some(Piece {
            source: Source::File { len, .. },
            ..
        }) = self.pieces.last_mut()
        {
            *len = Some(to);
        }
        self.found().opened.clear();
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Number of the first line there is.
    #[must_use]
    pub fn first_line(&self) -> u64 {
        self.lines.start
    }

    /// Number after the last line there is.
    #[must_use]
    pub fn end_line(&self) -> u64 {
        self.lines.end
    }

    /// The line that views begin at: what is before was cleared by the program (`CSI 3 J`) or is gone.
    #[must_use]
    pub fn cleared(&self) -> u64 {
        self.marks
            .last()
            .copied()
            .unwrap_or(0)
            .max(self.lines.start)
    }

    /// The lines at which the program cleared its scrollback, as far as they are remembered. Of a session
    /// that lives in another process: up to its newest checkpoint.
    #[must_use]
    pub fn clear_marks(&self) -> &[u64] {
        &self.marks
    }

    /// What was found damaged up to now; reading finds more.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        self.found().notes.clone()
    }

    /// Lines that are missing, in order; damage inside a block shows only once it was read.
    ///
    /// # Errors
    /// If a file can't be read.
    pub fn gaps(&self) -> Result<Vec<Gap>, HistoryError> {
        let mut gaps = Vec::new();
        if self.purged > 0 {
            gaps.push(Gap {
                lines: 0..self.purged,
                reason: GapReason::Purged,
            });
        }
        let mut expected = self.lines.start;
        let mut next = |first: u64, end: u64, gap: Option<GapReason>, gaps: &mut Vec<Gap>| {
            if first > expected {
                gaps.push(Gap {
                    lines: expected..first,
                    reason: GapReason::Damaged,
                });
            }
            if let Some(reason) = gap {
                gaps.push(Gap {
                    lines: first..end,
                    reason,
                });
            }
            expected = expected.max(end);
        };
        let mut vanished = false;
        for piece in &self.pieces {
            match &piece.source {
                Source::Memory(block) => {
                    if let Some(block) = Block::check(block) {
                        let header = block.header;
                        next(header.first, header.end, header.gap, &mut gaps);
                    }
                }
                Source::File { .. } => {
                    let Some(opened) = self.opened(piece)? else {
                        // Retention was faster.
                        vanished = true;
                        continue;
                    };
                    if let Some(entry) = opened.index.entries.first().filter(|_| vanished) {
                        next(entry.first, entry.first, None, &mut Vec::new());
                        vanished = false;
                    }
                    for entry in &opened.index.entries {
                        next(entry.first, entry.end, entry.gap, &mut gaps);
                    }
                }
            }
        }
        for gap in &self.gaps {
            next(gap.lines.start, gap.lines.end, Some(gap.reason), &mut gaps);
        }
        next(self.lines.end, self.lines.end, None, &mut gaps);
        let damaged = self.found().damaged.clone();
        gaps.extend(damaged.into_iter().map(|lines| Gap {
            lines,
            reason: GapReason::Damaged,
        }));
        gaps.sort_by_key(|gap| gap.lines.start);
        Ok(gaps)
    }

    /// The newest usable checkpoint and what was logged after it, without changing anything: the screen of
    /// a session that has ended or died. Of one that lives it means nothing.
    ///
    /// # Errors
    /// If a file can't be read, or was written by a newer program.
    pub fn recovered(&self) -> Result<Recovered, HistoryError> {
        Ok(recovery::survey(&self.folder)?.recovered())
    }

    /// Hands out the lines of `range` that there are, in order, each once; the line is only lent. What is
    /// missing is left out, see [`Self::gaps`]. The result says whether `f` broke off.
    ///
    /// # Errors
    /// If a file can't be read; damage is no error, see [`Self::notes`].
    pub fn lines(
        &self,
        range: Range<u64>,
        f: &mut dyn FnMut(u64, &Line) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, HistoryError> {
        let mut line = Line::default();
        self.blocks(&range, false, &mut |block| {
            let (flow, sound) = block.lines(&range, &mut line, f);
            if !sound {
                let text = format!(
                    "lines {} to {} have a right check but make no sense; they were read as far as possible",
                    block.header.first, block.header.end
                );
                self.note(&self.folder, text);
            }
            flow
        })
    }

    /// Hands out every block that has lines of `range`.
    pub(crate) fn blocks(
        &self,
        range: &Range<u64>,
        reverse: bool,
        f: &mut dyn FnMut(&Block<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, HistoryError> {
        let range = range.start.max(self.lines.start)..range.end.min(self.lines.end);
        let end = self.pieces.partition_point(|piece| piece.first < range.end);
        let start = self
            .pieces
            .partition_point(|piece| piece.first <= range.start);
        let pieces = self
            .pieces
            .get(start.saturating_sub(1)..end)
            .unwrap_or_default();
        let mut buffer = Vec::new();
        let mut visit = |piece: &Piece| self.piece(piece, &range, reverse, &mut buffer, f);
        if reverse {
            for piece in pieces.iter().rev() {
                if visit(piece)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        } else {
            for piece in pieces {
                if visit(piece)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn piece(
        &self,
        piece: &Piece,
        range: &Range<u64>,
        reverse: bool,
        buffer: &mut Vec<u8>,
        f: &mut dyn FnMut(&Block<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, HistoryError> {
        if let Source::Memory(bytes) = &piece.source {
            let block = Block::check(bytes).filter(|b| {
                b.header.gap.is_none() && b.header.first < range.end && b.header.end > range.start
            });
            return Ok(block.map_or(ControlFlow::Continue(()), |block| f(&block)));
        }
        let Some(opened) = self.opened(piece)? else {
            return Ok(ControlFlow::Continue(()));
        };
        let entries = &opened.index.entries;
        let start = entries.partition_point(|entry| entry.end <= range.start);
        let end = entries.partition_point(|entry| entry.first < range.end);
        let entries = entries.get(start..end).unwrap_or_default();
        for place in 0..entries.len() {
            let place = if reverse {
                entries.len() - 1 - place
            } else {
                place
            };
            let Some(entry) = entries.get(place).filter(|entry| entry.gap.is_none()) else {
                continue;
            };
            match read_block(&opened.file, entry, buffer) {
                Some(block) => {
                    if f(&block).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                None => self.damaged(&opened.path, entry),
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn damaged(&self, path: &Path, entry: &Entry) {
        let lines = entry.first..entry.end;
        if !self.found().damaged.contains(&lines) {
            self.note(
                path,
                format!(
                    "lines {} to {} are damaged and lost",
                    lines.start, lines.end
                ),
            );
            self.found().damaged.push(lines);
        }
    }

    fn note(&self, path: &Path, text: String) {
        let note = Note {
            path: path.to_path_buf(),
            text,
        };
        let mut found = self.found();
        if !found.notes.contains(&note) {
            found.notes.push(note);
        }
    }

    /// The opened segment; nothing if it was deleted meanwhile.
    fn opened(&self, piece: &Piece) -> Result<Option<Arc<Opened>>, HistoryError> {
        let Source::File { path, len } = &piece.source else {
            return Ok(None);
        };
        let known = self
            .found()
            .opened
            .iter()
            .find(|opened| opened.path == *path)
            .cloned();
        if known.is_some() {
            return Ok(known);
        }
        let failed = |e| HistoryError::io(path, "read", e);
        let file = match folder::open(path) {
            Err(HistoryError::Io { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                return Ok(None);
            }
            file => file?,
        };
        let size = file.metadata().map_err(failed)?.len();
        let limit = len.map_or(size, |len| len.min(size));
        let index = match Index::sealed(&file, limit) {
            Some(index) => index,
            None => Index::scan(&file, limit, u64::MAX).map_err(failed)?,
        };
        if let Some(version) = index.newer {
            let known = crate::block::VERSION;
            return Err(HistoryError::Newer {
                path: path.clone(),
                version,
                known,
            });
        }
        for range in &index.damaged {
            // What follows the last block is being written, or a torn end that nobody counted on.
            if range.end < size {
                self.note(
                    path,
                    format!("bytes {} to {} are damaged", range.start, range.end),
                );
            }
        }
        let opened = Arc::new(Opened {
            path: path.clone(),
            file,
            index,
        });
        let mut found = self.found();
        if found.opened.len() >= OPENED {
            found.opened.remove(0);
        }
        found.opened.push(Arc::clone(&opened));
        Ok(Some(opened))
    }
}

/// Reads and checks a block; nothing if it is damaged.
fn read_block<'a>(file: &File, entry: &Entry, buffer: &'a mut Vec<u8>) -> Option<Block<'a>> {
    let len = entry.len as usize;
    if buffer.len() < len {
        buffer.resize(len, 0);
    }
    let bytes = buffer.get_mut(..len)?;
    folder::read_at(file, bytes, entry.offset).ok()?;
    let block = Block::check(bytes)?;
    (block.header.first == entry.first && block.header.end == entry.end).then_some(block)
}

fn newest_checkpoint(listing: &folder::Listing) -> Result<Option<Checkpoint>, HistoryError> {
    for (_, path) in &listing.checkpoints {
        match Checkpoint::read(path) {
            // A writer put a newer one in its place since the folder was listed.
            Err(HistoryError::Io { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound => {}
            Ok(None) => {}
            other => return other,
        }
    }
    Ok(None)
}

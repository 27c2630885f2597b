//! What writer and readers of one process share: where the lines are right now.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mainstay_seams::Clock;

use crate::block::build::Builder;
use crate::note::{Gap, GapReason};
use crate::recovery::Segment;

/// Clear marks that are remembered; a program that clears in a loop must not grow the checkpoints.
const MAX_MARKS: usize = 1024;
/// Gaps that wait for a segment; more are joined.
const MAX_GAPS: usize = 16;

/// Where the lines are: in sealed segments, the open one, a block being written, the open block; in this order.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) sealed: Arc<Vec<Segment>>,
    pub(crate) open: Option<Segment>,
    /// Gaps that no segment has yet.
    pub(crate) gaps: Vec<Gap>,
    /// Its first line, and the block.
    pub(crate) pending: Option<(u64, Arc<Vec<u8>>)>,
    pub(crate) builder: Builder,
    pub(crate) marks: Vec<u64>,
    pub(crate) purged: u64,
    /// The first line there is.
    pub(crate) first_line: u64,
}

impl State {
    /// The first line there will be when the `count` oldest segments are deleted.
    pub(crate) fn first_without(&self, count: usize) -> u64 {
        if count == 0 {
            return self.first_line;
        }
        let next = self
            .sealed
            .get(count)
            .or(self.open.as_ref())
            .map(|segment| segment.first);
        let gap = self.gaps.first().map(|gap| gap.lines.start);
        next.or(gap).unwrap_or_else(|| self.builder.first())
    }

    /// Records that these lines, the newest so far, are missing.
    pub(crate) fn add_gap(&mut self, lines: Range<u64>, reason: GapReason) {
        if lines.is_empty() {
            return;
        }
        let full = self.gaps.len() >= MAX_GAPS;
        match self.gaps.last_mut() {
            Some(last) if full || (last.reason == reason && last.lines.end == lines.start) => {
                last.lines.end = lines.end;
            }
            _ => self.gaps.push(Gap { lines, reason }),
        }
    }

    /// Views begin at this line from now on.
    pub(crate) fn mark(&mut self, line: u64) {
        if self.marks.last().is_none_or(|last| *last < line) {
            if self.marks.len() >= MAX_MARKS {
                self.marks.drain(..MAX_MARKS / 2);
            }
            self.marks.push(line);
        }
    }
}

/// The shared state with what is needed to use it.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) folder: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) state: Mutex<State>,
}

impl Core {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Reading in the process that writes, while it goes on.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use mainstay_protocol::Line;

use crate::block::gap_block;
use crate::error::HistoryError;
use crate::reader::{Piece, Reader, Source};
use crate::state::Core;

/// Makes readers of what a writer has. Cheap to clone, for any thread; keeps a writer waiting no longer than
/// it takes to copy the open block (64 KiB).
#[derive(Debug, Clone)]
pub struct Shared {
    core: Arc<Core>,
}

impl Shared {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// A reader of everything appended until now, also of what isn't written yet.
    #[must_use]
    pub fn reader(&self) -> Reader {
        let state = self.core.lock();
        let time = self.core.clock.now().millis();
        let sealed = Arc::clone(&state.sealed);
        let open = state.open.clone();
        let mut memory = Vec::new();
        for gap in &state.gaps {
            let block = gap_block(&gap.lines, gap.reason, time).to_vec();
            memory.push((gap.lines.start, Arc::new(block)));
        }
        let pending = state.pending.clone();
        let copy = (!state.builder.is_empty()).then(|| Arc::new(state.builder.copy(time)));
        let (first, end) = (state.first_line, state.builder.end());
        let (begin, marks, purged) = (state.builder.first(), state.marks.clone(), state.purged);
        drop(state);
        memory.extend(pending);
        memory.extend(copy.map(|copy| (begin, copy)));
        let files = sealed.iter().chain(&open).map(|segment| Piece {
            first: segment.first,
            source: Source::File {
                path: segment.path.clone(),
                len: Some(segment.size),
            },
        });
        let pieces = files
            .chain(memory.into_iter().map(|(first, block)| Piece {
                first,
                source: Source::Memory(block),
            }))
            .collect();
        Reader::new(self.core.folder.clone(), pieces, first..end, marks, purged)
    }

    /// Number of the first line there is.
    #[must_use]
    pub fn first_line(&self) -> u64 {
        self.core.lock().first_line
    }

    /// Number after the last line there is.
    #[must_use]
    pub fn end_line(&self) -> u64 {
        self.core.lock().builder.end()
    }

    /// The line that views begin at: what is before was cleared by the program or is gone.
    #[must_use]
    pub fn cleared(&self) -> u64 {
        let state = self.core.lock();
        state
            .marks
            .last()
            .copied()
            .unwrap_or(0)
            .max(state.first_line)
    }

    /// Hands out the lines of `range` that there are, see [`Reader::lines`].
    ///
    /// # Errors
    /// See there.
    pub fn lines(
        &self,
        range: Range<u64>,
        f: &mut dyn FnMut(u64, &Line) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, HistoryError> {
        self.reader().lines(range, f)
    }
}

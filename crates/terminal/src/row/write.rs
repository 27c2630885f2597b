//! Writing characters into a row.
#![expect(
    clippy::indexing_slicing,
    reason = "columns are below the row's length, as each function says or clamps"
)]

use crate::cell::Cell;
use crate::parser::utf8;
use crate::row::Row;
use crate::style::StyleId;
use crate::width::{Joining, Props, properties};

/// What of a text went into a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) columns: usize,
    pub(crate) bytes: usize,
    /// The last character, or what had been there before.
    pub(crate) last: Option<Props>,
}

impl Row {
    /// Writes a run of printable ASCII; it must fit. `fill` is what half a wide character becomes.
    pub(crate) fn write_ascii(&mut self, x: usize, run: &[u8], style: StyleId, fill: StyleId) {
        self.split_before(x, fill);
        let end = x + run.len();
        let cells = &mut self.cells[x..end];
        if !put_chunks::<8>(cells, run, style) && !put_chunks::<4>(cells, run, style) {
            put_all(cells, run, style);
        }
        self.used = self.used.max(end);
        self.is_fancy |= style != StyleId::DEFAULT;
        self.split_after(end, fill);
    }

    /// Writes a character, and the right half of a wide one; it must fit.
    pub(crate) fn write(&mut self, x: usize, cell: Cell, fill: StyleId) {
        self.split_before(x, fill);
        self.put(x, cell, fill);
    }

    /// Writes a cell where the left neighbour is known to be no left half.
    pub(crate) fn put(&mut self, x: usize, cell: Cell, fill: StyleId) {
        let mut end = x + 1;
        self.cells[x] = cell;
        if cell.is_wide() && end < self.cells.len() {
            self.cells[end] = Cell::spacer(cell.style);
            end += 1;
        }
        self.used = self.used.max(end);
        self.is_fancy = true;
        self.split_after(end, fill);
    }

    /// Writes characters from `x` on until one is a control, is broken, joins the one before or has no room.
    ///
    /// Not inlined: what surrounds it would take the registers that its loop needs.
    #[inline(never)]
    pub(crate) fn write_text(
        &mut self,
        x: usize,
        text: &[u8],
        (style, fill): (StyleId, StyleId),
        mut last: Option<Props>,
    ) -> Written {
        let mut joining = last.map_or(Joining::NONE, Joining::after);
        let (mut at, mut rest) = (x, text);
        let splits = x > 0 && self.cells.get(x).is_some_and(|cell| cell.is_spacer());
        loop {
            // What is true of all ASCII need not be looked up.
            if let Some((&byte @ ..0x80, after)) = rest.split_first() {
                if at >= self.cells.len() || joining.takes(Props::PLAIN) {
                    break;
                }
                self.cells[at] = Cell::ascii(byte, style);
                (at, rest) = (at + 1, after);
                (joining, last) = (Joining::AFTER_PLAIN, Some(Props::PLAIN));
                continue;
            }
            let Some((c, len)) = utf8::first(rest) else {
                break;
            };
            let props = properties(c);
            let end = at + usize::from(props.width());
            let is_control = matches!(c, '\u{80}'..='\u{9F}');
            if end > self.cells.len() || joining.takes(props) || is_control {
                break;
            }
            // Of a narrow character this is overwritten at once.
            self.cells[end - 1] = Cell::spacer(style);
            self.cells[at] = Cell::char(c, props.width() == 2, style);
            (at, rest) = (end, &rest[len..]);
            (joining, last) = (Joining::after(props), Some(props));
        }
        if at > x {
            if splits {
                self.blank(x - 1, fill);
            }
            self.used = self.used.max(at);
            self.is_fancy = true;
            self.split_after(at, fill);
        }
        Written {
            columns: at - x,
            bytes: text.len() - rest.len(),
            last,
        }
    }

    /// Puts another character into a cell that keeps its width.
    pub(crate) fn replace(&mut self, x: usize, cell: Cell) {
        self.cells[x] = cell;
        self.is_fancy = true;
    }
}

/// Fills cells in chunks, the last of which may overlap the one before, so that there is no rest to count: where
/// words end cannot be foretold. Gives false if there is less than a chunk.
#[inline]
fn put_chunks<const N: usize>(cells: &mut [Cell], run: &[u8], style: StyleId) -> bool {
    for (cells, run) in cells
        .as_chunks_mut::<N>()
        .0
        .iter_mut()
        .zip(run.as_chunks::<N>().0)
    {
        put_all(cells, run, style);
    }
    match (cells.last_chunk_mut::<N>(), run.last_chunk::<N>()) {
        (Some(cells), Some(run)) => {
            put_all(cells, run, style);
            true
        }
        _ => false,
    }
}

#[inline]
fn put_all(cells: &mut [Cell], run: &[u8], style: StyleId) {
    for (cell, &byte) in cells.iter_mut().zip(run) {
        *cell = Cell::ascii(byte, style);
    }
}

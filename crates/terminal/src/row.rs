//! One row of cells.
//!
//! Wide characters stay whole: whatever writes over one half makes the other null. The rules of what
//! happens at which edge are those of xterm.js (`BufferLine`).
#![expect(
    clippy::indexing_slicing,
    reason = "columns are below the row's length, as each function says or clamps"
)]

mod write;

use crate::cell::Cell;
use crate::style::{StyleId, Styles};

/// A row; all cells from `used` on are default.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    cells: Vec<Cell>,
    used: usize,
    /// Continues the row above: the break between them is only the screen's width.
    pub(crate) is_wrapped: bool,
    /// Continues the row above, but as a line of its own: the line was cut for its length.
    pub(crate) is_cut: bool,
    /// May hold something that is not ASCII in the default look.
    is_fancy: bool,
}

impl Row {
    pub(crate) fn new(cols: usize) -> Self {
        Self {
            cells: vec![Cell::default(); cols],
            ..Self::default()
        }
    }

    /// A row of exactly these cells, filled up to the width.
    pub(crate) fn from_cells(cells: &[Cell], cols: usize) -> Self {
        let mut row = Self::new(cols);
        for (to, from) in row.cells.iter_mut().zip(cells) {
            *to = *from;
        }
        row.used = cells.len().min(cols);
        row.is_fancy = true;
        row
    }

    pub(crate) fn cols(&self) -> usize {
        self.cells.len()
    }

    /// The cells up to the last that is not default, and maybe a few more.
    pub(crate) fn used(&self) -> &[Cell] {
        &self.cells[..self.used]
    }

    /// The cells up to the last that is not default.
    pub(crate) fn trimmed(&self) -> &[Cell] {
        let last = self
            .used()
            .iter()
            .rposition(|cell| *cell != Cell::default());
        &self.cells[..last.map_or(0, |last| last + 1)]
    }

    /// The column after the last cell that is not default: exactly as much as shows.
    pub(crate) fn shown_end(&self) -> usize {
        let last = self
            .used()
            .iter()
            .rposition(|cell| *cell != Cell::default());
        last.map_or(0, |last| last + 1)
    }

    pub(crate) fn cell(&self, x: usize) -> Cell {
        self.cells.get(x).copied().unwrap_or_default()
    }

    pub(crate) fn is_fancy(&self) -> bool {
        self.is_fancy
    }

    /// The first row of a line.
    pub(crate) fn starts_line(&self) -> bool {
        !self.is_wrapped || self.is_cut
    }

    pub(crate) fn unwrap_from_above(&mut self) {
        self.is_wrapped = false;
        self.is_cut = false;
    }

    /// The column after the last cell that is not null.
    pub(crate) fn content_end(&self) -> usize {
        self.used()
            .iter()
            .rposition(|cell| !cell.is_null())
            .map_or(0, |last| last + 1)
    }

    /// Empties the whole row.
    pub(crate) fn clear(&mut self, fill: StyleId) {
        self.unwrap_from_above();
        if fill == StyleId::DEFAULT {
            self.cells[..self.used].fill(Cell::default());
            self.used = 0;
            self.is_fancy = false;
        } else {
            self.cells.fill(Cell::null(fill));
            self.used = self.cells.len();
            self.is_fancy = true;
        }
    }

    /// Makes one cell null.
    pub(crate) fn blank(&mut self, x: usize, fill: StyleId) {
        self.cells[x] = Cell::null(fill);
        if fill != StyleId::DEFAULT {
            self.used = self.used.max(x + 1);
            self.is_fancy = true;
        }
    }

    /// Something is written from `x` on: a wide character that reaches into it loses its left half.
    fn split_before(&mut self, x: usize, fill: StyleId) {
        if x > 0 && self.cells[x].is_spacer() {
            self.blank(x - 1, fill);
        }
    }

    /// Something was written up to `x`: the right half of what it covered is nothing now.
    fn split_after(&mut self, x: usize, fill: StyleId) {
        if self.cells.get(x).is_some_and(|cell| cell.is_spacer()) {
            self.blank(x, fill);
        }
    }

    /// Makes cells null (`EL`, `ECH`); `selective` leaves protected ones alone (`DECSEL`).
    pub(crate) fn erase(
        &mut self,
        start: usize,
        end: usize,
        fill: StyleId,
        selective: Option<&Styles>,
    ) {
        let end = end.min(self.cells.len());
        if start >= end {
            return;
        }
        if let Some(styles) = selective {
            self.erase_unprotected(start, end, fill, styles);
            return;
        }
        if self.cells[start].is_spacer() {
            self.blank(start - 1, fill);
        }
        if end < self.cells.len() && self.cells[end].is_spacer() {
            self.blank(end, fill);
        }
        self.fill(start, end, fill);
    }

    fn erase_unprotected(&mut self, start: usize, end: usize, fill: StyleId, styles: &Styles) {
        for x in start..end {
            if styles.is_protected(self.cells[x].style) {
                continue;
            }
            if x == start && self.cells[x].is_spacer() {
                self.blank(x - 1, fill);
            }
            if x + 1 == end && self.cells[x].is_wide() {
                self.blank(end, fill);
            }
            self.blank(x, fill);
        }
    }

    fn fill(&mut self, start: usize, end: usize, fill: StyleId) {
        if fill == StyleId::DEFAULT {
            let reach = end.min(self.used);
            if start < reach {
                self.cells[start..reach].fill(Cell::default());
            }
            if end >= self.used {
                self.used = self.used.min(start);
            }
        } else {
            self.cells[start..end].fill(Cell::null(fill));
            self.used = self.used.max(end);
            self.is_fancy = true;
        }
    }

    /// Moves the cells from `x` on to the right (`ICH`); what leaves the row is gone.
    pub(crate) fn insert(&mut self, x: usize, n: usize, fill: StyleId) {
        let len = self.cells.len();
        if x >= len {
            return;
        }
        if self.cells[x].is_spacer() {
            // The right half moves away from its left one.
            self.blank(x - 1, fill);
            self.cells[x] = Cell::null(fill);
        }
        let n = n.min(len - x);
        self.cells.copy_within(x..len - n, x + n);
        self.used = if self.used > x {
            (self.used + n).min(len)
        } else {
            self.used
        };
        self.fill(x, x + n, fill);
        if self.cells[len - 1].is_wide() {
            self.blank(len - 1, fill);
        }
    }

    /// Takes cells out at `x`; what is to the right moves in (`DCH`).
    pub(crate) fn delete(&mut self, x: usize, n: usize, fill: StyleId) {
        let len = self.cells.len();
        if x >= len {
            return;
        }
        let n = n.min(len - x);
        let splits = self.cells[x].is_spacer();
        self.cells.copy_within(x + n..len, x);
        if self.used > x {
            self.used = (self.used.saturating_sub(n)).max(x);
        }
        // What the copy left behind is beyond `used` only in part: all of it is overwritten.
        self.cells[len - n..].fill(Cell::null(fill));
        if fill != StyleId::DEFAULT {
            self.used = len;
            self.is_fancy = true;
        }
        if splits {
            self.blank(x - 1, fill);
        }
        if self.cells[x].is_spacer() {
            self.blank(x, fill);
        }
    }

    /// Fills the row with one cell, for the screen alignment pattern.
    pub(crate) fn fill_with(&mut self, cell: Cell) {
        self.cells.fill(cell);
        self.used = self.cells.len();
        self.is_fancy = true;
        self.unwrap_from_above();
    }

    /// Cuts or extends the row without moving anything.
    pub(crate) fn set_cols(&mut self, cols: usize) {
        let cut_in_half = cols < self.cells.len() && self.cells[cols].is_spacer();
        self.cells.resize(cols, Cell::default());
        self.used = self.used.min(cols);
        if cut_in_half {
            self.cells[cols - 1] = Cell::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: StyleId = StyleId::DEFAULT;

    fn row(text: &str) -> Row {
        let mut row = Row::new(8);
        let mut x = 0;
        for c in text.chars() {
            let is_wide = !c.is_ascii();
            row.write(x, Cell::char(c, is_wide, PLAIN), PLAIN);
            x += 1 + usize::from(is_wide);
        }
        row
    }

    type Change = fn(&mut Row);

    fn text(row: &Row) -> String {
        row.cells
            .iter()
            .map(|cell| {
                if cell.is_spacer() {
                    '>'
                } else {
                    cell.single().unwrap_or('.')
                }
            })
            .collect()
    }

    #[test]
    fn wide_characters_are_never_halved() {
        let cases: [(&str, Change, &str); 9] = [
            (
                "a日b",
                |row| row.write_ascii(1, b"x", PLAIN, PLAIN),
                "ax.b....",
            ),
            (
                "a日b",
                |row| row.write_ascii(2, b"x", PLAIN, PLAIN),
                "a.xb....",
            ),
            (
                "日本",
                |row| row.write(1, Cell::char('語', true, PLAIN), PLAIN),
                ".語>.....",
            ),
            ("a日b", |row| row.erase(2, 3, PLAIN, None), "a..b...."),
            ("a日b", |row| row.erase(0, 2, PLAIN, None), "...b...."),
            ("a日b", |row| row.insert(2, 1, PLAIN), "a...b..."),
            ("abcdef日", |row| row.insert(0, 1, PLAIN), ".abcdef."),
            ("a日b", |row| row.delete(2, 1, PLAIN), "a.b....."),
            ("a日b", |row| row.delete(1, 1, PLAIN), "a.b....."),
        ];
        for (before, change, after) in cases {
            let mut row = row(before);
            change(&mut row);
            assert_eq!(text(&row), after, "{before} after the change");
            let beyond = &row.cells[row.used..];
            assert!(
                beyond.iter().all(|cell| *cell == Cell::default()),
                "{before}: beyond `used` all is default"
            );
        }
    }

    #[test]
    fn erasing_to_the_end_shortens_the_used_part() {
        let mut row = row("abcdef");
        row.erase(2, 8, PLAIN, None);
        assert_eq!(row.used, 2, "cells that are default need no attention");
        row.clear(PLAIN);
        assert!(!row.is_fancy(), "a cleared row is plain again");
    }
}

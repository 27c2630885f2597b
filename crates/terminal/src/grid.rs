//! The rows of one screen, and above the main one the tail: rows that scrolled out but are still in memory.
//!
//! Scrolling moves rows, never cells. A row that is [`Row::is_wrapped`] always stands directly below the row
//! it continues: whatever comes between two such rows ends the connection.
#![expect(
    clippy::indexing_slicing,
    reason = "rows of the screen are below `height`, and there are always that many"
)]

use std::collections::VecDeque;

use mainstay_protocol::Line;

use crate::cell::Clusters;
use crate::charset::Charsets;
use crate::row::Row;
use crate::style::{Look, StyleId};

/// Rows kept for reuse.
const SPARE: usize = 4;

/// What `DECSC` keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Saved {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) look: Look,
    pub(crate) charsets: Charsets,
    pub(crate) origin: bool,
}

/// One screen.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    /// The tail, then the screen.
    rows: VecDeque<Row>,
    height: usize,
    cols: usize,
    has_tail: bool,
    /// The first and the last row that scroll (`DECSTBM`).
    pub(crate) top: usize,
    pub(crate) bottom: usize,
    pub(crate) saved: Saved,
    spare: Vec<Row>,
    /// Lines that begin in the tail.
    starts: usize,
    /// Bytes of the last line in the tail, once it has more than one row.
    open_bytes: Option<usize>,
}

impl Grid {
    pub(crate) fn new(cols: usize, height: usize, has_tail: bool) -> Self {
        Self {
            rows: (0..height).map(|_| Row::new(cols)).collect(),
            height,
            cols,
            has_tail,
            top: 0,
            bottom: height - 1,
            saved: Saved::default(),
            spare: Vec::new(),
            starts: 0,
            open_bytes: None,
        }
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn cols(&self) -> usize {
        self.cols
    }

    /// Rows in the tail; the index of the screen's first row among [`Grid::all`].
    pub(crate) fn base(&self) -> usize {
        self.rows.len() - self.height
    }

    pub(crate) fn row(&self, y: usize) -> &Row {
        &self.rows[self.rows.len() - self.height + y]
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut Row {
        let base = self.rows.len() - self.height;
        &mut self.rows[base + y]
    }

    /// Tail and screen.
    pub(crate) fn all(&self) -> &VecDeque<Row> {
        &self.rows
    }

    /// Takes all rows out to arrange them anew; [`Grid::set_rows`] puts them back.
    pub(crate) fn take_rows(&mut self) -> VecDeque<Row> {
        std::mem::take(&mut self.rows)
    }

    /// Puts rows in place: the last `height` are the screen, the others the tail. Margins are reset.
    pub(crate) fn set_rows(
        &mut self,
        rows: VecDeque<Row>,
        cols: usize,
        height: usize,
        clusters: &Clusters,
    ) {
        self.rows = rows;
        self.cols = cols;
        self.height = height;
        self.top = 0;
        self.bottom = height - 1;
        self.spare.clear();
        self.starts = 0;
        self.open_bytes = None;
        for index in 0..self.base() {
            self.count(index, clusters);
        }
        if self.base() == 0 {
            self.row_mut(0).unwrap_from_above();
        }
    }

    /// All rows empty, margins at the edges; the tail stays.
    pub(crate) fn reset(&mut self, fill: StyleId) {
        for y in 0..self.height {
            self.row_mut(y).clear(fill);
        }
        self.top = 0;
        self.bottom = self.height - 1;
        self.saved = Saved::default();
    }

    fn blank(&mut self, fill: StyleId) -> Row {
        let mut row = self.spare.pop().unwrap_or_else(|| Row::new(self.cols));
        row.clear(fill);
        row
    }

    fn recycle(&mut self, row: Row) {
        if self.spare.len() < SPARE {
            self.spare.push(row);
        }
    }

    /// Scrolls a part of the screen up by one row. With `into_tail` the row that leaves at the top of the main
    /// screen goes into the tail, else it is gone. `is_wrapped` says of the new row that it continues the
    /// one above.
    pub(crate) fn scroll_up(
        &mut self,
        (top, bottom): (usize, usize),
        fill: StyleId,
        is_wrapped: bool,
        into_tail: bool,
        clusters: &Clusters,
    ) {
        let mut row = self.blank(fill);
        if top == 0 && into_tail && self.has_tail {
            row.is_wrapped = is_wrapped;
            if bottom + 1 == self.height {
                self.rows.push_back(row);
            } else {
                let below = self.base() + bottom + 1;
                self.rows[below].unwrap_from_above();
                self.rows.insert(below, row);
            }
            self.count(self.base() - 1, clusters);
            return;
        }
        let base = self.base();
        if bottom + 1 < self.height {
            self.rows[base + bottom + 1].unwrap_from_above();
        }
        if let Some(gone) = self.rows.remove(base + top) {
            self.recycle(gone);
        }
        row.is_wrapped = is_wrapped && bottom > top;
        self.rows.insert(base + bottom, row);
        self.rows[base + top].unwrap_from_above();
    }

    /// Scrolls a part of the screen down by one row.
    pub(crate) fn scroll_down(&mut self, (top, bottom): (usize, usize), fill: StyleId) {
        let row = self.blank(fill);
        let base = self.base();
        if bottom + 1 < self.height {
            self.rows[base + bottom + 1].unwrap_from_above();
        }
        self.rows[base + top].unwrap_from_above();
        if let Some(gone) = self.rows.remove(base + bottom) {
            self.recycle(gone);
        }
        self.rows.insert(base + top, row);
    }

    /// Counts a row that is in the tail now, and decides whether its line has become too long.
    fn count(&mut self, index: usize, clusters: &Clusters) {
        if self.rows[index].starts_line() || index == 0 {
            self.starts += 1;
            self.open_bytes = None;
            return;
        }
        let before = self
            .open_bytes
            .unwrap_or_else(|| text_len(&self.rows[index - 1], clusters));
        let here = text_len(&self.rows[index], clusters);
        if before + here > Line::MAX_TEXT {
            self.rows[index].is_cut = true;
            self.starts += 1;
            self.open_bytes = Some(here);
        } else {
            self.open_bytes = Some(before + here);
        }
    }

    /// Lines that begin in the tail and end there too.
    pub(crate) fn whole_lines(&self) -> usize {
        self.starts - usize::from(self.is_open())
    }

    /// The last line in the tail goes on at the top of the screen.
    pub(crate) fn is_open(&self) -> bool {
        self.base() > 0 && !self.row(0).starts_line()
    }

    /// How many rows the first line in the tail takes; nothing if it is not whole.
    pub(crate) fn first_line(&self) -> Option<usize> {
        let base = self.base();
        if base == 0 || self.whole_lines() == 0 {
            return None;
        }
        let next = self.rows.range(1..base).position(Row::starts_line);
        Some(next.map_or(base, |rest| rest + 1))
    }

    /// Drops the first rows of the tail: the whole of its first line.
    pub(crate) fn drop_line(&mut self, rows: usize) {
        for _ in 0..rows {
            if let Some(row) = self.rows.pop_front() {
                self.recycle(row);
            }
        }
        self.starts = self.starts.saturating_sub(1);
    }

    /// The line that goes on at the top of the screen is cut there: the tail's part is a line of its own.
    pub(crate) fn cut_open_line(&mut self) {
        if self.is_open() {
            self.row_mut(0).is_cut = true;
        }
    }

    /// Moves all rows up to `y` into the tail, whatever the margins are; empty rows follow.
    pub(crate) fn push_rows(&mut self, count: usize, clusters: &Clusters) {
        for _ in 0..count {
            let row = self.blank(StyleId::DEFAULT);
            self.rows.push_back(row);
            self.count(self.base() - 1, clusters);
        }
    }
}

/// Bytes that a row adds to its line when text follows it: a null cell counts as a space.
fn text_len(row: &Row, clusters: &Clusters) -> usize {
    if !row.is_fancy() {
        return row.cols();
    }
    let used: usize = row.used().iter().map(|cell| clusters.text_len(*cell)).sum();
    used + row.cols() - row.used().len()
}

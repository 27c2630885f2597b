//! Another size: lines of the main screen are wrapped anew, the alternate screen is clipped.

use std::collections::VecDeque;

use mainstay_protocol::size::Size;

use crate::grid::Grid;
use crate::reflow::{Place, reflow};
use crate::row::Row;
use crate::sink::Sink;
use crate::terminal::Terminal;

impl Terminal {
    /// Changes the size. Lines of the main screen, the tail's included, are wrapped anew and the cursor stays
    /// at its character; a screen that was full stays full, with lines from the tail if it grows. The
    /// alternate screen is clipped. Margins are reset. Viewers need a snapshot afterwards: nothing of this
    /// is in the view.
    pub fn resize(&mut self, size: Size, sink: &mut impl Sink) {
        self.resize_to(size, sink);
    }

    fn resize_to(&mut self, size: Size, sink: &mut dyn Sink) {
        if size == self.size {
            return;
        }
        let (cols, rows) = (usize::from(size.cols()), usize::from(size.rows()));
        if cols > self.cols() {
            self.tabs.renew_from(self.cols());
        }
        let (x, y) = if self.on_alternate {
            self.kept_cursor
        } else {
            (self.x, self.y)
        };
        let on_main = self.resize_main(cols, rows, (x, y));
        let on_alternate = resize_alternate(
            &mut self.alternate,
            cols,
            rows,
            (self.x, self.y),
            &self.clusters,
        );
        (self.x, self.y) = if self.on_alternate {
            on_alternate
        } else {
            on_main
        };
        self.kept_cursor = if self.on_alternate { on_main } else { (0, 0) };
        // Only a cell that holds something can be followed by a pending wrap.
        if self.x >= cols && (self.x > cols || self.grid().row(self.y).cell(cols - 1).is_null()) {
            self.x = cols - 1;
        }
        self.size = size;
        self.break_join();
        self.join_before = None;
        self.trim_tail(sink);
        self.tell_state();
    }

    /// Gives the cursor's new position.
    fn resize_main(
        &mut self,
        cols: usize,
        height: usize,
        (x, y): (usize, usize),
    ) -> (usize, usize) {
        let base = self.main.base();
        let old_height = self.main.height();
        let same_cols = cols == self.main.cols();
        let saved = self.main.saved;
        let mut places = [
            Place { row: base + y, x },
            Place { row: base, x: 0 },
            Place {
                row: base + saved.y.min(old_height - 1),
                x: saved.x,
            },
        ];
        let mut rows = self.main.take_rows();
        // Empty rows below everything are no lines yet.
        let lowest = places[0].row.max(places[2].row);
        while rows.len() > lowest + 1 && rows.back().is_some_and(is_empty) {
            rows.pop_back();
        }
        let is_full = rows.len() == base + old_height;
        if !same_cols {
            rows = reflow(&rows, cols, &mut places);
        }
        let [cursor, top, saved_place] = places;
        let base = new_base(rows.len(), height, top.row, cursor.row, is_full);
        rows.truncate(base + height);
        rows.resize_with(base + height, || Row::new(cols));
        self.main.set_rows(rows, cols, height, &self.clusters);
        let below = |row: usize| row.saturating_sub(base).min(height - 1);
        self.main.saved.x = saved_place.x.min(cols - 1);
        self.main.saved.y = below(saved_place.row);
        (cursor.x, below(cursor.row))
    }
}

/// Which row is the first on the screen: as before unless there is no room for the rest or, on a full screen,
/// room for more; the cursor always stays.
fn new_base(len: usize, height: usize, top: usize, cursor: usize, is_full: bool) -> usize {
    let lowest = len.saturating_sub(height);
    if is_full || lowest > top {
        lowest.min(cursor)
    } else {
        top
    }
}

fn is_empty(row: &Row) -> bool {
    row.trimmed().is_empty() && !row.is_wrapped
}

fn resize_alternate(
    grid: &mut Grid,
    cols: usize,
    height: usize,
    (x, y): (usize, usize),
    clusters: &crate::cell::Clusters,
) -> (usize, usize) {
    let mut rows: VecDeque<Row> = grid.take_rows();
    let mut y = y.min(rows.len().saturating_sub(1));
    let mut gone = 0;
    // Rows below the cursor go first, then those at the top.
    while rows.len() > height {
        if rows.len() > y + 1 {
            rows.pop_back();
        } else {
            rows.pop_front();
            y -= 1;
            gone += 1;
        }
    }
    rows.iter_mut().for_each(|row| row.set_cols(cols));
    rows.resize_with(height, || Row::new(cols));
    grid.set_rows(rows, cols, height, clusters);
    grid.saved.x = grid.saved.x.min(cols - 1);
    grid.saved.y = grid.saved.y.saturating_sub(gone).min(height - 1);
    (x.min(cols), y)
}

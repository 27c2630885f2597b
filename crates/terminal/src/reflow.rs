//! Wrapping lines anew for another width.
#![expect(
    clippy::indexing_slicing,
    reason = "indices come from positions in the same sequences"
)]

use std::collections::VecDeque;

use crate::cell::Cell;
use crate::row::Row;

/// A cell by row and column; rows count from the first there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) row: usize,
    pub(crate) x: usize,
}

/// Wraps all lines at `cols`. Each place is moved along with the character it is at; a place after the end of
/// its line's text keeps its distance from it as long as that is in the row.
pub(crate) fn reflow(rows: &VecDeque<Row>, cols: usize, places: &mut [Place]) -> VecDeque<Row> {
    let mut out = VecDeque::with_capacity(rows.len());
    let mut moved = places.to_vec();
    let mut start = 0;
    while start < rows.len() {
        let rest = rows.range(start + 1..).position(Row::starts_line);
        let next = rest.map_or(rows.len(), |rest| start + 1 + rest);
        let line = Joined::new(rows, start, next);
        let first = out.len();
        let breaks = line.wrap(cols, &mut out);
        for (place, to) in places.iter().zip(&mut moved) {
            if (start..next).contains(&place.row) {
                *to = line.locate(*place, &breaks, first, cols);
            }
        }
        if let Some(head) = out.get_mut(first) {
            head.is_wrapped = rows[start].is_wrapped;
            head.is_cut = rows[start].is_cut;
        }
        start = next;
    }
    places.copy_from_slice(&moved);
    out
}

/// The cells of a line in one piece.
#[derive(Debug)]
struct Joined {
    cells: Vec<Cell>,
    /// The first of the rows, and where in `cells` each begins.
    first: usize,
    starts: Vec<usize>,
}

impl Joined {
    fn new(rows: &VecDeque<Row>, start: usize, next: usize) -> Self {
        let mut joined = Self {
            cells: Vec::new(),
            first: start,
            starts: Vec::new(),
        };
        for index in start..next {
            let row = &rows[index];
            joined.starts.push(joined.cells.len());
            joined.cells.extend_from_slice(row.trimmed());
            if index + 1 < next {
                let is_gap =
                    rows[index + 1].cell(0).is_wide() && row.cell(row.cols() - 1).is_null();
                let len = joined.starts[index - start] + row.cols() - usize::from(is_gap);
                joined.cells.resize(len, Cell::default());
            }
        }
        joined
    }

    /// Appends the rows of this width; gives where in the cells each begins.
    fn wrap(&self, cols: usize, out: &mut VecDeque<Row>) -> Vec<usize> {
        let mut breaks = Vec::new();
        let mut at = 0;
        loop {
            breaks.push(at);
            let mut end = (at + cols).min(self.cells.len());
            if end < self.cells.len() && self.cells[end].is_spacer() {
                // A wide character is not parted.
                end -= 1;
            }
            let mut row = Row::from_cells(&self.cells[at..end], cols);
            row.is_wrapped = at > 0;
            out.push_back(row);
            at = end;
            if at >= self.cells.len() {
                return breaks;
            }
        }
    }

    fn locate(&self, place: Place, breaks: &[usize], first: usize, cols: usize) -> Place {
        let at = self.starts[place.row - self.first] + place.x;
        let row = breaks
            .partition_point(|start| *start <= at)
            .saturating_sub(1);
        // Beyond the text there may be no cells to be at: the row's end is as far as it goes.
        Place {
            row: first + row,
            x: (at - breaks[row]).min(cols),
        }
    }
}

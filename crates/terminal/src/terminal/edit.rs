//! Inserting and deleting characters and columns.

use crate::bytes;
use crate::row::Row;
use crate::style::StyleId;
use crate::terminal::Terminal;

impl Terminal {
    /// `ICH`.
    pub(super) fn insert_characters(&mut self, count: usize) {
        self.restrict_cursor();
        let (fill, x, y) = (self.fill(), self.x, self.y);
        self.view_whole(y, y);
        self.grid_mut().row_mut(y).insert(x, count, fill);
        self.view.control(|out| bytes::csi(out, count, b"@"));
    }

    /// Something is going to be inserted at the cursor's column. Where that is in the middle of a wide
    /// character xterm.js would keep half of it, so viewers are told to erase it.
    fn view_whole(&mut self, first: usize, last: usize) {
        let at = (self.x, self.y);
        let grid = self.grid();
        let halved: Vec<usize> = (first..=last)
            .filter(|&y| grid.row(y).cell(at.0).is_spacer())
            .collect();
        if halved.is_empty() || !self.view.is_on() {
            return;
        }
        for y in halved {
            (self.x, self.y) = (at.0 - 1, y);
            self.view_position();
            self.view.bytes(b"\x1b[2X");
        }
        (self.x, self.y) = at;
        self.view_position();
    }

    /// `DCH`.
    pub(super) fn delete_characters(&mut self, count: usize) {
        self.restrict_cursor();
        let (fill, x, y) = (self.fill(), self.x, self.y);
        self.grid_mut().row_mut(y).delete(x, count, fill);
        self.view.control(|out| bytes::csi(out, count, b"P"));
    }

    /// `SL`.
    pub(super) fn scroll_left(&mut self, count: usize) {
        self.edit_columns(b" @", count, |row, _, count, fill| {
            row.delete(0, count, fill);
        });
    }

    /// `SR`.
    pub(super) fn scroll_right(&mut self, count: usize) {
        self.edit_columns(b" A", count, |row, _, count, fill| {
            row.insert(0, count, fill);
        });
    }

    /// `DECIC`.
    pub(super) fn insert_columns(&mut self, count: usize) {
        let (top, bottom) = (self.grid().top, self.grid().bottom);
        if (top..=bottom).contains(&self.y) {
            self.end_pending_wrap();
            self.view_whole(top, bottom);
        }
        self.edit_columns(b"'}", count, Row::insert);
    }

    /// `DECDC`.
    pub(super) fn delete_columns(&mut self, count: usize) {
        self.edit_columns(b"'~", count, Row::delete);
    }

    /// Changes all rows between the margins, if the cursor is there.
    fn edit_columns(
        &mut self,
        last: &[u8],
        count: usize,
        edit: fn(&mut Row, usize, usize, StyleId),
    ) {
        let (top, bottom) = (self.grid().top, self.grid().bottom);
        if !(top..=bottom).contains(&self.y) {
            return;
        }
        self.end_pending_wrap();
        let (fill, x) = (self.fill(), self.x);
        let grid = self.grid_mut();
        for y in top..=bottom {
            let row = grid.row_mut(y);
            edit(row, x, count, fill);
            row.unwrap_from_above();
        }
        self.view.control(|out| bytes::csi(out, count, last));
    }
}

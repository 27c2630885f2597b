//! Rows that move.

use crate::bytes;
use crate::sink::Sink;
use crate::style::StyleId;
use crate::terminal::Terminal;

impl Terminal {
    /// The rows between the margins go up by one, as at a line feed in the last of them.
    pub(super) fn scroll_up_once(&mut self, is_wrapped: bool, sink: &mut dyn Sink) {
        let fill = self.fill();
        let grid = if self.on_alternate {
            &mut self.alternate
        } else {
            &mut self.main
        };
        let region = (grid.top, grid.bottom);
        grid.scroll_up(region, fill, is_wrapped, true, &self.clusters);
        self.trim_tail(sink);
    }

    /// `SU`. Rows that leave the main screen at its top go into the history, as in xterm; xterm.js loses
    /// them, so to viewers it is said with line feeds.
    pub(super) fn scroll_up(&mut self, count: usize, sink: &mut dyn Sink) {
        self.end_pending_wrap();
        let grid = self.grid();
        let (top, bottom) = (grid.top, grid.bottom);
        let count = count.min(bottom - top + 1);
        if top == 0 && !self.on_alternate {
            let mut back = Vec::new();
            self.write_position(&mut back);
            self.view.control(|out| {
                bytes::csi2(out, bottom + 1, 1, b'H');
                for _ in 0..count {
                    out.extend_from_slice(b"\x1bD");
                }
                out.extend_from_slice(&back);
            });
        } else {
            self.view.control(|out| bytes::csi(out, count, b"S"));
        }
        for _ in 0..count {
            self.scroll_up_once(false, sink);
        }
        self.view_link();
    }

    /// `SD`. The new rows have no background, unlike all others, as in xterm.js.
    pub(super) fn scroll_down(&mut self, count: usize) {
        self.end_pending_wrap();
        let grid = self.grid_mut();
        let region = (grid.top, grid.bottom);
        let count = count.min(region.1 - region.0 + 1);
        for _ in 0..count {
            grid.scroll_down(region, StyleId::DEFAULT);
        }
        self.view.control(|out| bytes::csi(out, count, b"T"));
        self.view_link();
    }

    /// The rows from the cursor to the lower margin, if the cursor is between the margins.
    fn rows_below(&self) -> Option<(usize, usize)> {
        let grid = self.grid();
        (grid.top..=grid.bottom)
            .contains(&self.y)
            .then_some((self.y, grid.bottom))
    }

    /// `IL`.
    pub(super) fn insert_lines(&mut self, count: usize) {
        self.edit_lines(count, b"L", |terminal, region, fill| {
            terminal.grid_mut().scroll_down(region, fill);
        });
    }

    /// `DL`.
    pub(super) fn delete_lines(&mut self, count: usize) {
        self.edit_lines(count, b"M", |terminal, region, fill| {
            let grid = if terminal.on_alternate {
                &mut terminal.alternate
            } else {
                &mut terminal.main
            };
            grid.scroll_up(region, fill, false, false, &terminal.clusters);
        });
    }

    fn edit_lines(
        &mut self,
        count: usize,
        last: &[u8],
        edit: fn(&mut Self, (usize, usize), StyleId),
    ) {
        self.restrict_cursor();
        let Some(region) = self.rows_below() else {
            // Nothing but the end of a pending wrap.
            self.view_column();
            return;
        };
        let count = count.min(region.1 - region.0 + 1);
        self.view.control(|out| bytes::csi(out, count, last));
        self.view_link();
        let fill = self.fill();
        for _ in 0..count {
            edit(self, region, fill);
        }
        self.x = 0;
    }

    /// `DECSTBM`.
    pub(super) fn set_margins(&mut self) {
        let rows = self.rows();
        let params = &self.parser.params;
        let top = params.get(0).max(1) as usize;
        let wanted = params.get(1) as usize;
        let bottom = if wanted == 0 || wanted > rows {
            rows
        } else {
            wanted
        };
        if bottom <= top {
            return;
        }
        let grid = self.grid_mut();
        grid.top = top - 1;
        grid.bottom = bottom - 1;
        self.set_cursor(0, 0);
        self.view.control(|out| bytes::csi2(out, top, bottom, b'r'));
    }
}

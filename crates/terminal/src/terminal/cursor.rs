//! Where the cursor goes.

use crate::bytes;
use crate::sink::Sink;
use crate::terminal::Terminal;

impl Terminal {
    /// Brings the cursor back onto the screen, with `DECOM` between the margins. Ends a pending wrap.
    pub(super) fn restrict_cursor(&mut self) {
        self.x = self.x.min(self.cols() - 1);
        let (first, last) = self.reachable();
        self.y = self.y.clamp(first, last);
    }

    /// The rows that the cursor may be in.
    pub(super) fn reachable(&self) -> (usize, usize) {
        let grid = self.grid();
        if self.modes.origin {
            (grid.top, grid.bottom)
        } else {
            (0, self.rows() - 1)
        }
    }

    /// Goes to a position, with `DECOM` counted from the upper margin.
    pub(super) fn set_cursor(&mut self, x: usize, y: usize) {
        self.x = x;
        self.y = if self.modes.origin {
            self.grid().top + y
        } else {
            y
        };
        self.restrict_cursor();
    }

    /// The sequence that brings a viewer's cursor here; a pending wrap is lost on the way.
    pub(super) fn write_position(&self, out: &mut Vec<u8>) {
        let above = if self.modes.origin {
            self.grid().top
        } else {
            0
        };
        bytes::csi2(
            out,
            self.y - above.min(self.y) + 1,
            self.x.min(self.cols() - 1) + 1,
            b'H',
        );
    }

    /// Tells viewers the column. With `DECOM` xterm.js would move the row too.
    pub(super) fn view_column(&mut self) {
        if !self.view.is_on() {
            return;
        }
        let mut position = Vec::new();
        if self.modes.origin {
            self.write_position(&mut position);
        } else {
            bytes::csi(&mut position, self.x.min(self.cols() - 1) + 1, b"G");
        }
        self.view.bytes(&position);
    }

    /// Tells viewers the position.
    pub(super) fn view_position(&mut self) {
        if self.view.is_on() {
            let mut position = Vec::new();
            self.write_position(&mut position);
            self.view.bytes(&position);
        }
    }

    /// A pending wrap is no more, here and for viewers: what comes changes the cell it depends on.
    pub(super) fn end_pending_wrap(&mut self) {
        let cols = self.cols();
        if self.x >= cols {
            self.x = cols - 1;
            self.view_column();
        }
    }

    pub(super) fn cursor_up(&mut self, count: usize) {
        let top = self.grid().top;
        self.restrict_cursor();
        let limit = if self.y >= top { top } else { 0 };
        self.y = self.y.saturating_sub(count).max(limit);
        self.restrict_cursor();
    }

    pub(super) fn cursor_down(&mut self, count: usize) {
        let bottom = self.grid().bottom;
        self.restrict_cursor();
        let limit = if self.y <= bottom {
            bottom
        } else {
            self.rows() - 1
        };
        self.y = (self.y + count).min(limit);
        self.restrict_cursor();
    }

    pub(super) fn cursor_forward(&mut self, count: usize) {
        self.restrict_cursor();
        self.x = (self.x + count).min(self.cols() - 1);
    }

    pub(super) fn cursor_backward(&mut self, count: usize) {
        self.restrict_cursor();
        self.x = self.x.saturating_sub(count);
    }

    /// `VPR`, which the margins do not stop.
    pub(super) fn cursor_down_freely(&mut self, count: usize) {
        self.restrict_cursor();
        self.y += count;
        self.restrict_cursor();
    }

    /// `VPA`.
    pub(super) fn set_row(&mut self, row: usize) {
        let x = self.x;
        self.set_cursor(x, row);
    }

    /// `CHA`.
    pub(super) fn set_column(&mut self, column: usize) {
        self.x = column;
        self.restrict_cursor();
    }

    pub(super) fn carriage_return(&mut self) {
        self.x = 0;
        self.view.bytes(b"\r");
    }

    pub(super) fn line_feed(&mut self, sink: &mut dyn Sink) {
        self.view.bytes(b"\n");
        if self.modes.newline {
            self.x = 0;
        }
        let cols = self.cols();
        if self.y == self.grid().bottom {
            self.scroll_up_once(false, sink);
            self.view_link();
        } else if self.y + 1 < self.rows() {
            self.y += 1;
            let y = self.y;
            self.grid_mut().row_mut(y).unwrap_from_above();
        }
        self.x = self.x.min(cols - 1);
    }

    /// `IND`: down, and nothing else.
    pub(super) fn index(&mut self, sink: &mut dyn Sink) {
        self.view.bytes(b"\x1bD");
        self.move_down(sink);
    }

    fn move_down(&mut self, sink: &mut dyn Sink) {
        self.restrict_cursor();
        if self.y == self.grid().bottom {
            self.scroll_up_once(false, sink);
            self.view_link();
        } else if self.y + 1 < self.rows() {
            self.y += 1;
        }
        self.restrict_cursor();
    }

    /// `NEL`.
    pub(super) fn next_line(&mut self, sink: &mut dyn Sink) {
        self.view.bytes(b"\x1bE");
        self.x = 0;
        self.move_down(sink);
    }

    /// `RI`.
    pub(super) fn reverse_index(&mut self) {
        self.view.bytes(b"\x1bM");
        self.restrict_cursor();
        if self.y == self.grid().top {
            let fill = self.fill();
            let grid = self.grid_mut();
            let region = (grid.top, grid.bottom);
            grid.scroll_down(region, fill);
        } else {
            self.y = self.y.saturating_sub(1);
            self.restrict_cursor();
        }
    }

    pub(super) fn backspace(&mut self) {
        self.view.bytes(b"\x08");
        if !self.modes.reverse_wrap {
            self.restrict_cursor();
            self.x = self.x.saturating_sub(1);
            return;
        }
        let (first, last) = self.reachable();
        self.y = self.y.clamp(first, last);
        if self.x > 0 {
            self.x -= 1;
        } else {
            self.backspace_over_wrap();
        }
        self.restrict_cursor();
    }

    /// With `DECSET 45` a line that was wrapped is unwrapped.
    fn backspace_over_wrap(&mut self) {
        let (y, cols) = (self.y, self.cols());
        let grid = self.grid_mut();
        if y <= grid.top || y > grid.bottom || !grid.row(y).is_wrapped {
            return;
        }
        grid.row_mut(y).unwrap_from_above();
        // A wide character that had no room left the last cell empty.
        let is_gap = grid.row(y - 1).cell(cols - 1).is_null();
        self.y -= 1;
        self.x = if is_gap { cols - 2 } else { cols - 1 };
    }

    pub(super) fn tab(&mut self) {
        self.tab_forward(1);
    }

    pub(super) fn tab_forward(&mut self, count: usize) {
        let cols = self.cols();
        if self.x >= cols {
            return;
        }
        for _ in 0..count {
            if self.x + 1 == cols {
                break;
            }
            self.x = self.tabs.after(self.x, cols);
        }
        self.view_tab(b"\t", count == 1);
    }

    pub(super) fn tab_backward(&mut self, count: usize) {
        if self.x >= self.cols() {
            return;
        }
        for _ in 0..count {
            if self.x == 0 {
                break;
            }
            self.x = self.tabs.before(self.x);
        }
        self.view_tab(b"", false);
    }

    /// Tells viewers a column instead of a tab where their stops may be others: xterm.js has its own for each
    /// screen.
    fn view_tab(&mut self, short: &[u8], is_short: bool) {
        if is_short && !self.tabs_changed {
            self.view.bytes(short);
        } else {
            self.view_column();
        }
    }

    /// `HTS`.
    pub(super) fn set_tab(&mut self) {
        if self.x < self.cols() {
            self.tabs.set(self.x, true);
            self.tabs_changed = true;
            self.view.bytes(b"\x1bH");
        }
    }

    /// `TBC`.
    pub(super) fn clear_tabs(&mut self, which: u32) {
        match which {
            0 if self.x < self.cols() => self.tabs.set(self.x, false),
            3 => self.tabs.clear(),
            _ => return,
        }
        self.tabs_changed = true;
        self.view
            .control(|out| out.extend_from_slice(if which == 0 { b"\x1b[g" } else { b"\x1b[3g" }));
    }
}

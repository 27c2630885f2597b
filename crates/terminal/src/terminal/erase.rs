//! Erasing (`ED`, `EL`, `ECH`) and the alignment pattern.

use mainstay_protocol::Attrs;

use crate::bytes;
use crate::cell::Cell;
use crate::sink::Sink;
use crate::style::Look;
use crate::terminal::Terminal;

impl Terminal {
    fn erase_cells(&mut self, y: usize, start: usize, end: usize, selective: bool) {
        let fill = self.fill();
        let grid = if self.on_alternate {
            &mut self.alternate
        } else {
            &mut self.main
        };
        grid.row_mut(y)
            .erase(start, end, fill, selective.then_some(&self.styles));
    }

    fn erase_rows(&mut self, from: usize, to: usize, selective: bool) {
        let (fill, cols) = (self.fill(), self.cols());
        for y in from..to {
            if selective {
                self.erase_cells(y, 0, cols, true);
                self.grid_mut().row_mut(y).unwrap_from_above();
            } else {
                self.grid_mut().row_mut(y).clear(fill);
            }
        }
    }

    /// `ED`, or `DECSED` if selective.
    pub(super) fn erase_in_display(&mut self, which: u32, selective: bool, sink: &mut dyn Sink) {
        let (first, last) = self.reachable();
        self.y = self.y.clamp(first, last);
        let (y, cols, rows) = (self.y, self.cols(), self.rows());
        match which {
            0 => {
                let x = self.x;
                self.erase_cells(y, x, cols, selective);
                if x == 0 {
                    self.grid_mut().row_mut(y).unwrap_from_above();
                }
                self.erase_rows(y + 1, rows, selective);
            }
            1 => {
                self.end_pending_wrap();
                let x = self.x;
                self.erase_cells(y, 0, x + 1, selective);
                self.grid_mut().row_mut(y).unwrap_from_above();
                if x + 1 == cols && y + 1 < rows {
                    self.grid_mut().row_mut(y + 1).unwrap_from_above();
                }
                self.erase_rows(0, y, selective);
                if x + 1 == cols && y + 1 == rows {
                    self.view_erase_above(selective);
                    return;
                }
            }
            2 => {
                self.end_pending_wrap();
                self.erase_rows(0, rows, selective);
            }
            3 if !self.on_alternate => self.clear_scrollback(sink),
            _ => return,
        }
        self.view_erase(which, selective, b'J');
        self.view_link();
    }

    /// `ED 1` in the last cell. There xterm.js looks for the next row, and throws, for good, when there is none;
    /// so viewers get it in two steps.
    fn view_erase_above(&mut self, selective: bool) {
        self.view.bytes(b"\x1b[D");
        self.view_erase(1, selective, b'J');
        self.view.bytes(b"\x1b[C");
        self.view_erase(0, selective, b'K');
        self.view_link();
    }

    /// `EL`, or `DECSEL` if selective.
    pub(super) fn erase_in_line(&mut self, which: u32, selective: bool) {
        let (first, last) = self.reachable();
        self.y = self.y.clamp(first, last);
        let (y, cols) = (self.y, self.cols());
        match which {
            0 => {
                let x = self.x;
                if x >= cols {
                    // Nothing to erase; xterm would take the last cell.
                    return;
                }
                self.erase_cells(y, x, cols, selective);
                if x == 0 {
                    self.grid_mut().row_mut(y).unwrap_from_above();
                }
            }
            1 => {
                self.end_pending_wrap();
                let x = self.x;
                self.erase_cells(y, 0, x + 1, selective);
            }
            2 => {
                self.end_pending_wrap();
                self.erase_cells(y, 0, cols, selective);
                self.grid_mut().row_mut(y).unwrap_from_above();
            }
            _ => return,
        }
        self.view_erase(which, selective, b'K');
    }

    fn view_erase(&mut self, which: u32, selective: bool, last: u8) {
        self.view.control(|out| {
            out.extend_from_slice(if selective { b"\x1b[?" } else { b"\x1b[" });
            if which > 0 {
                bytes::number(out, which as usize);
            }
            out.push(last);
        });
    }

    /// `ECH`.
    pub(super) fn erase_characters(&mut self, count: usize) {
        self.restrict_cursor();
        let (x, y) = (self.x, self.y);
        self.erase_cells(y, x, x + count, false);
        self.view.control(|out| bytes::csi(out, count, b"X"));
    }

    /// `DECALN`: the screen full of E.
    pub(super) fn show_alignment(&mut self) {
        let look = Look {
            fg: self.pen.fg,
            bg: self.pen.bg,
            attrs: self.pen.attrs,
            ..Look::default()
        };
        debug_assert!(
            Attrs::from_bits(look.attrs).is_some(),
            "attributes are what the pen has"
        );
        if self.styles.is_full() {
            self.collect();
        }
        let cell = Cell::ascii(b'E', self.styles.id(&look));
        for y in 0..self.rows() {
            self.grid_mut().row_mut(y).fill_with(cell);
        }
        self.set_cursor(0, 0);
        // xterm resets the margins, xterm.js does not.
        self.view_all();
    }
}

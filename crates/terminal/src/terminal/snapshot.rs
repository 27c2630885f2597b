//! The state as a sequence of bytes for another terminal.

use std::ops::Range;

use crate::bytes;
use crate::charset::Charsets;
use crate::grid::{Grid, Saved};
use crate::modes::SWITCHES;
use crate::paint::{self, Painter};
use crate::parser::State;
use crate::row::Row;
use crate::style::Look;
use crate::terminal::{Terminal, charsets};
use crate::width::properties;

/// Everything off that could disturb the drawing, whatever the reader's state is: alternate screen, margins,
/// origin, insert, newline, autowrap on, character sets, pen, link.
const CLEAN: &[u8] = b"\x1b[?2026h\x1b[?1049l\x1b[r\x1b[?6l\x1b[4l\x1b[20l\x1b[?7h\x1b[?45l\
    \x1b(B\x1b)B\x1b*B\x1b+B\x0f\x1b[m\x1b[0\"q\x1b]8;;\x1b\\";

impl Terminal {
    /// Appends bytes that bring any xterm-like terminal of this size, fresh or not, to this state, if it is
    /// between sequences itself. What it has in its scrollback stays.
    ///
    /// They ring no bell, ask nothing, set no title and no clipboard. Their length depends on the size and on
    /// what is on the screens only, never on the history.
    pub fn snapshot(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(CLEAN);
        self.write_palette(out);
        self.write_tabs(out);
        self.write_screen(&self.main, out);
        if self.on_alternate {
            bytes::csi2(out, self.main.top + 1, self.main.bottom + 1, b'r');
            bytes::mode(out, 1047, true);
            out.extend_from_slice(b"\x1b[r");
            self.write_screen(&self.alternate, out);
        }
        self.write_modes(out);
        let grid = self.grid();
        bytes::csi2(out, grid.top + 1, grid.bottom + 1, b'r');
        bytes::mode(out, 6, self.modes.origin);
        self.write_position(out);
        bytes::mode(out, 2026, self.modes.synchronized);
        self.write_end(out);
    }

    fn write_tabs(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[3g");
        for x in self.tabs.within(self.cols()) {
            bytes::csi(out, x + 1, b"G\x1bH");
        }
    }

    /// A screen's cells and its saved cursor, on a clean terminal.
    fn write_screen(&self, grid: &Grid, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[H\x1b[J");
        let last = (0..grid.height())
            .rev()
            .find(|&y| grid.row(y).shown_end() > 0 || (y > 0 && grid.row(y).is_wrapped));
        let rows: Vec<&Row> = (0..last.map_or(0, |last| last + 1))
            .map(|y| grid.row(y))
            .collect();
        let mut painter = self.painter(out);
        painter.rows(&rows, grid.cols(), false);
        painter.look(Look::default());
        self.write_saved(&grid.saved, out);
    }

    /// Brings about a saved cursor; the margins are at the edges.
    pub(super) fn write_saved(&self, saved: &Saved, out: &mut Vec<u8>) {
        bytes::mode(out, 6, saved.origin);
        bytes::csi2(out, saved.y + 1, saved.x + 1, b'H');
        paint::change(&Look::default(), &saved.look, &self.links, out);
        charsets::write(&saved.charsets, out);
        out.extend_from_slice(b"\x1b7");
        bytes::mode(out, 6, false);
        paint::change(&saved.look, &Look::default(), &self.links, out);
        charsets::write(&Charsets::default(), out);
    }

    /// The modes that do not disturb what is still to come.
    pub(super) fn write_modes(&self, out: &mut Vec<u8>) {
        let mut modes = self.modes;
        for number in SWITCHES.into_iter().filter(|&number| number != 2026) {
            if let Some(on) = modes.private(number) {
                bytes::mode(out, number as usize, *on);
            }
        }
        bytes::csi(out, 20, if modes.newline { b"h" } else { b"l" });
        bytes::csi(out, usize::from(modes.cursor_style), b" q");
        out.extend_from_slice(b"\x1b[?1003l\x1b[?1006l");
        for number in modes.mouse.mode().into_iter().chain(modes.encoding.mode()) {
            bytes::mode(out, number, true);
        }
    }

    /// What must come last: a wrap that is pending and a character that may still be joined are only brought
    /// about by printing, and do not survive what moves the cursor or, the latter, anything else.
    pub(super) fn write_end(&self, out: &mut Vec<u8>) {
        let row = self.grid().row(self.y);
        let join = if self.parser.state == State::Ground {
            self.join
        } else {
            self.join_before
        };
        if let Some(props) = join {
            let width = usize::from(props.width());
            let cell = row.cell(self.x.saturating_sub(width));
            self.write_pen(out);
            let column = self.x.saturating_sub(width) + 1;
            self.go_to_column(column, out);
            let mut text = String::new();
            self.clusters.push_text(cell, &mut text);
            if self.modes.insert && self.x < self.cols() {
                // Printing it again moves the rest to where it is now; what makes it wide later overwrites.
                let moves = text.chars().next().map_or(1, |c| properties(c).width());
                bytes::csi(out, usize::from(moves), b"P");
            }
            let set = self.charsets.locked();
            let source = |c: char| {
                if c.is_ascii() {
                    set.source(c).unwrap_or(c)
                } else {
                    c
                }
            };
            text.chars()
                .map(source)
                .for_each(|c| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()));
            return;
        }
        if self.x >= self.cols() {
            let last = row.cell(self.cols() - 1);
            let width = if last.is_spacer() { 2 } else { 1 };
            let cell = row.cell(self.cols() - width);
            self.go_to_column(self.cols() - width + 1, out);
            let mut painter = self.painter(out);
            painter.cell(cell);
            painter.look(Look::default());
        }
        self.write_pen(out);
        match self.charsets.single {
            Some(2) => out.extend_from_slice(b"\x1bN"),
            Some(_) => out.extend_from_slice(b"\x1bO"),
            None => {}
        }
    }

    /// The cursor goes to a column of its row.
    fn go_to_column(&self, column: usize, out: &mut Vec<u8>) {
        let above = if self.modes.origin {
            self.grid().top
        } else {
            0
        };
        bytes::csi2(out, self.y.saturating_sub(above) + 1, column, b'H');
    }

    /// Pen, character sets and insert mode.
    fn write_pen(&self, out: &mut Vec<u8>) {
        paint::change(&Look::default(), &self.pen, &self.links, out);
        self.write_charsets(out);
        bytes::csi(out, 4, if self.modes.insert { b"h" } else { b"l" });
    }

    pub(super) fn painter<'a>(&'a self, out: &'a mut Vec<u8>) -> Painter<'a> {
        Painter::new(&self.styles, &self.links, &self.clusters, out)
    }

    /// Appends one row of the active screen as text with its styles, cut at `cols` columns, for a viewer of
    /// another size. The cursor must stand where the row is to begin, on empty cells; the style is the
    /// default one before and after. A row that is not there is empty.
    pub fn render_row(&self, row: u16, cols: u16, out: &mut Vec<u8>) {
        self.render_columns(row, 0..cols, out);
    }

    /// Like [`Terminal::render_row`], but only these columns of the row, the first of which is where the cursor
    /// stands. In place of a wide character that reaches over an edge there is nothing.
    pub fn render_columns(&self, row: u16, columns: Range<u16>, out: &mut Vec<u8>) {
        let y = usize::from(row);
        let columns = usize::from(columns.start)..usize::from(columns.end).min(self.cols());
        if y < self.rows() && !columns.is_empty() {
            let mut painter = self.painter(out);
            painter.row(self.grid().row(y), columns, |_| false);
            painter.look(Look::default());
        }
    }
}

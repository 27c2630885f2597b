//! Draws as much of a session's screen as fits into an outer terminal of another size.
//!
//! A row is drawn when it is not what was last drawn in its place. Where the screen is wider it is cut at the
//! right; where it is higher the part with the cursor is shown, moved no more than needed.

use mainstay_protocol::Size;
use mainstay_terminal::{Options, Terminal};

use crate::attach::outer::Extent;

/// A session's screen drawn into part of an outer terminal.
#[derive(Debug)]
pub(super) struct Clipped {
    model: Terminal,
    /// First row of the screen that is shown.
    top: u16,
    /// What every row of the outer terminal was last drawn as.
    drawn: Vec<Vec<u8>>,
    /// How the cursor was last left, and whether pastes are marked.
    left: Option<(Cursor, bool)>,
    /// Something may differ from what was drawn.
    stale: bool,
}

/// Where the outer cursor belongs; nothing hides it.
type Cursor = Option<(u16, u16)>;

/// How the outer terminal is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    /// Rows of the screen that are shown.
    height: u16,
    /// Columns of the screen that are shown.
    width: u16,
    /// The last row says what is shown.
    note: bool,
}

impl Layout {
    /// The note has the last row where that is free, or where the screen doesn't fit anyway.
    fn new(size: Size, extent: Extent) -> Self {
        let fits = size.rows() <= extent.rows && size.cols() <= extent.cols;
        let note = extent.rows > 1 && (!fits || size.rows() < extent.rows);
        let room = extent.rows - u16::from(note);
        Self {
            height: size.rows().min(room),
            width: size.cols().min(extent.cols),
            note,
        }
    }
}

impl Clipped {
    pub(super) fn new(size: Size) -> Self {
        let model = Terminal::new(size, Options::default());
        Self {
            model,
            top: 0,
            drawn: Vec::new(),
            left: None,
            stale: true,
        }
    }

    pub(super) fn size(&self) -> Size {
        self.model.size()
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.model.feed(bytes, &mut ());
        self.stale = true;
    }

    /// What is drawn besides the screen changed.
    pub(super) fn touch(&mut self) {
        self.stale = true;
    }

    /// The outer terminal was cleared.
    pub(super) fn forget_drawn(&mut self) {
        self.drawn.clear();
        self.left = None;
        self.stale = true;
    }

    /// Appends what makes the outer terminal show the screen and the note.
    pub(super) fn draw(&mut self, extent: Extent, note: &str, out: &mut Vec<u8>) {
        if !std::mem::take(&mut self.stale) || extent.rows == 0 {
            return;
        }
        let layout = Layout::new(self.size(), extent);
        let cursor = self.follow_cursor(layout);
        let pastes = self.model.state().bracketed_paste;
        let begin = out.len();
        // Synchronized output where the terminal knows it, a hidden cursor where not: no half-drawn frames.
        out.extend_from_slice(b"\x1b[?2026h\x1b[?25l");
        let mut changed = self.draw_rows(layout, extent, note, out);
        changed |= self.left != Some((cursor, pastes));
        if !changed {
            out.truncate(begin);
            return;
        }
        self.left = Some((cursor, pastes));
        out.extend_from_slice(if pastes {
            b"\x1b[?2004h"
        } else {
            b"\x1b[?2004l"
        });
        if let Some((column, row)) = cursor {
            place(out, row, column);
            out.extend_from_slice(b"\x1b[?25h");
        }
        out.extend_from_slice(b"\x1b[?2026l");
    }

    /// Moves the shown part so that the cursor is in it, and says where the cursor is there.
    fn follow_cursor(&mut self, layout: Layout) -> Cursor {
        let state = self.model.state();
        let (column, row) = state.cursor;
        let height = layout.height.max(1);
        self.top = self.top.min(self.size().rows().saturating_sub(height));
        if row < self.top {
            self.top = row;
        } else if row - self.top >= height {
            self.top = row + 1 - height;
        }
        let seen = state.cursor_visible && column < layout.width;
        seen.then(|| (column, row - self.top))
    }

    fn draw_rows(&mut self, layout: Layout, extent: Extent, note: &str, out: &mut Vec<u8>) -> bool {
        let mut changed = false;
        let mut bytes = Vec::new();
        self.drawn.resize(usize::from(extent.rows), Vec::new());
        for (row, drawn) in (0..extent.rows).zip(&mut self.drawn) {
            bytes.clear();
            if row < layout.height {
                self.model
                    .render_row(self.top + row, layout.width, &mut bytes);
            } else if layout.note && row + 1 == extent.rows {
                bytes.extend_from_slice(b"\x1b[7m");
                bytes.extend(note.bytes().take(usize::from(extent.cols)));
                bytes.extend_from_slice(b"\x1b[0m");
            }
            if *drawn != bytes {
                place(out, row, 0);
                // Erased before, not after: past a full row the cursor stands on the row's last character.
                out.extend_from_slice(b"\x1b[K");
                out.extend_from_slice(&bytes);
                std::mem::swap(drawn, &mut bytes);
                changed = true;
            }
        }
        changed
    }
}

/// Moves the outer cursor; row and column from 0.
fn place(out: &mut Vec<u8>, row: u16, column: u16) {
    let (row, column) = (u32::from(row) + 1, u32::from(column) + 1);
    out.extend_from_slice(format!("\x1b[{row};{column}H").as_bytes());
}

#[cfg(test)]
mod tests;

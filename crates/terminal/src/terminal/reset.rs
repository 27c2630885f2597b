//! Resets.

use crate::bytes;
use crate::charset::Charsets;
use crate::grid::Saved;
use crate::modes::Modes;
use crate::palette::Palette;
use crate::sink::Sink;
use crate::style::{Look, StyleId};
use crate::tabs::Tabs;
use crate::terminal::Terminal;

impl Terminal {
    /// `DECSTR`.
    pub(super) fn soft_reset(&mut self) {
        self.modes = self.modes.soft_reset();
        self.pen = Look::default();
        self.pen_ids = None;
        self.charsets = Charsets::default();
        let grid = self.grid_mut();
        grid.top = 0;
        grid.bottom = grid.height() - 1;
        grid.saved = Saved::default();
        self.view_modes();
    }

    /// Says all but the cells to viewers. Not a whole new state: four bytes must not cost a screen.
    fn view_modes(&mut self) {
        if !self.view.is_on() {
            return;
        }
        let mut out = b"\x1b[r\x1b[?6l\x1b[4l\x1b[m\x1b[0\"q\x1b]8;;\x1b\\".to_vec();
        self.write_saved(&self.grid().saved, &mut out);
        self.write_modes(&mut out);
        self.write_position(&mut out);
        bytes::mode(&mut out, 2026, self.modes.synchronized);
        self.write_end(&mut out);
        self.view.bytes(&out);
    }

    /// `RIS`. What scrolled out is history and stays; what is on the screen is gone.
    pub(super) fn full_reset(&mut self, sink: &mut dyn Sink) {
        self.commit_tail(sink);
        self.reset_all();
        self.view_all();
    }

    /// Everything as in a new terminal but what was committed, the title and the current folder.
    pub(super) fn reset_all(&mut self) {
        self.on_alternate = false;
        self.main.reset(StyleId::DEFAULT);
        self.alternate.reset(StyleId::DEFAULT);
        self.x = 0;
        self.y = 0;
        self.kept_cursor = (0, 0);
        self.pen = Look::default();
        self.pen_ids = None;
        self.join = None;
        self.join_before = None;
        self.charsets = Charsets::default();
        self.modes = Modes::default();
        self.tabs = Tabs::DEFAULT;
        self.palette = Palette::default();
    }

    /// What is rare and differs between terminals is said to viewers as a whole new state.
    pub(super) fn view_all(&mut self) {
        if self.view.is_on() {
            let mut out = Vec::new();
            self.snapshot(&mut out);
            self.view.bytes(&out);
        }
    }
}

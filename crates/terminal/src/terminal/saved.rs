//! The saved cursor and the two screens.
//!
//! What viewers save is not what the model saves: xterm.js moves a saved position with the text and keeps
//! less. So viewers are told to save, but never to restore: they get the result.

use crate::bytes;
use crate::charset::Charsets;
use crate::grid::Saved;
use crate::paint;
use crate::style::{Look, StyleId};
use crate::terminal::Terminal;

impl Terminal {
    fn to_save(&self) -> Saved {
        Saved {
            x: self.x.min(self.cols() - 1),
            y: self.y,
            look: self.pen.unlinked(),
            charsets: Charsets {
                single: None,
                ..self.charsets
            },
            origin: self.modes.origin,
        }
    }

    /// `DECSC`.
    pub(super) fn save_cursor(&mut self) {
        let saved = self.to_save();
        self.grid_mut().saved = saved;
        self.view.bytes(b"\x1b7");
    }

    /// `DECRC`.
    pub(super) fn restore_cursor(&mut self) {
        let charsets = self.charsets;
        let origin = self.modes.origin;
        let look = Look {
            link: self.pen.link,
            ..self.grid().saved.look
        };
        self.take_saved();
        if self.modes.origin != origin {
            let origin = self.modes.origin;
            self.view.control(|out| bytes::mode(out, 6, origin));
        }
        self.view_position();
        self.set_pen(look);
        self.view_charsets(charsets);
    }

    /// Everything that was saved but the pen.
    fn take_saved(&mut self) {
        let saved = self.grid().saved;
        self.modes.origin = saved.origin;
        self.charsets = saved.charsets;
        self.x = saved.x;
        self.y = saved.y;
        self.restrict_cursor();
    }

    /// `DECSET 47`, `1047`, `1049`.
    pub(super) fn enter_alternate(&mut self, number: u32) {
        if number == 1049 {
            let saved = self.to_save();
            self.grid_mut().saved = saved;
        }
        if self.on_alternate {
            if number == 1049 {
                self.view.bytes(b"\x1b7");
            }
            return;
        }
        self.x = self.x.min(self.cols() - 1);
        self.kept_cursor = (self.x, self.y);
        self.on_alternate = true;
        let fill = self.fill();
        self.alternate.reset(fill);
        self.restrict_cursor();
        // A terminal that keeps the alternate screen while it isn't shown must clear it.
        self.view.control(|out| {
            bytes::mode(out, number as usize, true);
            out.extend_from_slice(b"\x1b[2J");
        });
        self.view_screen();
    }

    /// `DECRST 47`, `1047`, `1049`.
    pub(super) fn leave_alternate(&mut self, number: u32) {
        if !self.on_alternate {
            if number == 1049 {
                self.restore_cursor();
            }
            return;
        }
        self.x = self.x.min(self.cols() - 1);
        self.on_alternate = false;
        self.alternate.reset(StyleId::DEFAULT);
        if number == 1049 {
            self.pen = Look {
                link: self.pen.link,
                ..self.main.saved.look
            };
            self.pen_ids = None;
            self.take_saved();
        }
        self.restrict_cursor();
        self.view
            .control(|out| bytes::mode(out, number as usize, false));
        self.view_screen();
    }

    /// Tells viewers all that another terminal may do differently when it changes screens: margins, cursor,
    /// pen, character sets.
    fn view_screen(&mut self) {
        if !self.view.is_on() {
            return;
        }
        let mut out = Vec::new();
        let grid = self.grid();
        bytes::csi2(&mut out, grid.top + 1, grid.bottom + 1, b'r');
        bytes::mode(&mut out, 6, self.modes.origin);
        self.write_position(&mut out);
        paint::set(self.pen, &self.links, &mut out);
        self.write_charsets(&mut out);
        self.view.bytes(&out);
    }
}

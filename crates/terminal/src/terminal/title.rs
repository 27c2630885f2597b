//! Titles, and the stack of them.

use mainstay_protocol::text::cleaned;

use crate::limits;
use crate::sink::{Event, Sink};
use crate::terminal::Terminal;

impl Terminal {
    /// `OSC 0` and `2`.
    pub(super) fn set_title(&mut self, text: &str, sink: &mut dyn Sink) {
        let title = cleaned(text, limits::TITLE);
        if title != self.screen.title {
            self.screen.title.clone_from(&title);
            sink.event(self.position, Event::Title(title));
        }
    }

    /// `CSI 22 t`. The oldest goes when there are too many.
    pub(super) fn push_title(&mut self) {
        if self.titles.len() == limits::TITLES {
            self.titles.remove(0);
        }
        self.titles.push(self.screen.title.clone());
    }

    /// `CSI 23 t`.
    pub(super) fn pop_title(&mut self, sink: &mut dyn Sink) {
        if let Some(title) = self.titles.pop() {
            self.set_title(&title, sink);
        }
    }

    pub(super) fn bell(&mut self, sink: &mut dyn Sink) {
        sink.event(self.position, Event::Bell);
    }
}

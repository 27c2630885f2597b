//! Escape sequences.

use crate::sink::Sink;
use crate::terminal::Terminal;

impl Terminal {
    pub(super) fn escape(&mut self, last: u8, sink: &mut dyn Sink) {
        match (self.parser.intermediates(), last) {
            ([], b'7') => self.save_cursor(),
            ([], b'8') => self.restore_cursor(),
            ([], b'D') => self.index(sink),
            ([], b'E') => self.next_line(sink),
            ([], b'H') => self.set_tab(),
            ([], b'M') => self.reverse_index(),
            ([], b'N') => self.shift_once(2),
            ([], b'O') => self.shift_once(3),
            ([], b'c') => self.full_reset(sink),
            ([], b'n') => self.shift(2),
            ([], b'o') => self.shift(3),
            ([], b'=') => self.set_keypad(true),
            ([], b'>') => self.set_keypad(false),
            ([b'%'], b'@' | b'G') => self.select_default_charset(),
            ([b'#'], b'8') => self.show_alignment(),
            (&[by], _) => self.designate(by, last),
            _ => {}
        }
        self.join_before = None;
    }

    fn set_keypad(&mut self, application: bool) {
        self.modes.application_keypad = application;
        self.view
            .bytes(if application { b"\x1b=" } else { b"\x1b>" });
    }
}

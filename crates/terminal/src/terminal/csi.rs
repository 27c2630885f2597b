//! Control sequences: which are known, and what they are said to viewers as.
//!
//! A sequence that is not here does nothing and no viewer sees it.

use crate::bytes;
use crate::sink::Sink;
use crate::terminal::Terminal;

impl Terminal {
    pub(super) fn csi(&mut self, last: u8, sink: &mut dyn Sink) {
        let count = self.parser.params.count(0);
        let first = self.parser.params.get(0);
        match (self.parser.prefix, self.parser.intermediates(), last) {
            (0, [], b'm') => self.select_graphics(),
            (0, [], b'A'..=b'H' | b'`' | b'a' | b'd' | b'e' | b'f') => {
                self.move_cursor(last, count);
            }
            (0, [], _) => self.plain_csi(last, count, sink),
            (b'?', [], b'J') => self.erase_in_display(first, true, sink),
            (b'?', [], b'K') => self.erase_in_line(first, true),
            (b'?', [], b'h') => self.set_private_modes(true),
            (b'?', [], b'l') => self.set_private_modes(false),
            (b'?', [], b'n') => self.report_private_status(first, sink),
            (b'?', [b'$'], b'p') => self.report_private_mode(first, sink),
            (b'>', [], b'c') => self.report_secondary_attributes(first, sink),
            (b'>', [], b'q') => self.report_version(first, sink),
            (0, [b' '], b'@') => self.scroll_left(count),
            (0, [b' '], b'A') => self.scroll_right(count),
            (0, [b' '], b'q') => self.set_cursor_style(first),
            (0, [b'\''], b'}') => self.insert_columns(count),
            (0, [b'\''], b'~') => self.delete_columns(count),
            (0, [b'"'], b'q') => self.protect(first),
            (0, [b'!'], b'p') => self.soft_reset(),
            (0, [b'$'], b'p') => self.report_mode(first, sink),
            _ => {}
        }
        self.join_before = None;
    }

    /// Sequences that only move the cursor.
    fn move_cursor(&mut self, last: u8, count: usize) {
        match last {
            b'A' => self.cursor_up(count),
            b'B' => self.cursor_down(count),
            b'C' | b'a' => self.cursor_forward(count),
            b'D' => self.cursor_backward(count),
            b'E' => {
                self.cursor_down(count);
                self.x = 0;
            }
            b'F' => {
                self.cursor_up(count);
                self.x = 0;
            }
            b'G' | b'`' => self.set_column(count - 1),
            b'd' => self.set_row(count - 1),
            b'e' => self.cursor_down_freely(count),
            _ => {
                let column = self.parser.params.count(1);
                self.set_cursor(column - 1, count - 1);
                self.view_position();
                return;
            }
        }
        if self.modes.origin {
            // xterm.js counts the upper margin twice.
            self.view_position();
        } else {
            self.view.control(|out| bytes::csi(out, count, &[last]));
        }
    }

    fn plain_csi(&mut self, last: u8, count: usize, sink: &mut dyn Sink) {
        let first = self.parser.params.get(0);
        match last {
            b'@' => self.insert_characters(count),
            b'I' => self.tab_forward(count),
            b'J' => self.erase_in_display(first, false, sink),
            b'K' => self.erase_in_line(first, false),
            b'L' => self.insert_lines(count),
            b'M' => self.delete_lines(count),
            b'P' => self.delete_characters(count),
            b'S' => self.scroll_up(count, sink),
            // With more parameters it is the highlight tracking of mice.
            b'T' if self.parser.params.len() == 1 => self.scroll_down(count),
            b'X' => self.erase_characters(count),
            b'Z' => self.tab_backward(count),
            b'b' => self.repeat(count, sink),
            b'c' => self.report_attributes(first, sink),
            b'g' => self.clear_tabs(first),
            b'h' => self.set_modes(true),
            b'l' => self.set_modes(false),
            b'n' => self.report_status(first, sink),
            b'r' => self.set_margins(),
            b's' => self.save_cursor(),
            b't' => self.window_operation(sink),
            b'u' => self.restore_cursor(),
            _ => {}
        }
    }

    fn window_operation(&mut self, sink: &mut dyn Sink) {
        let which = self.parser.params.get(1);
        match self.parser.params.get(0) {
            18 => self.report_size(sink),
            22 if which == 0 || which == 2 => self.push_title(),
            23 if which == 0 || which == 2 => self.pop_title(sink),
            _ => {}
        }
    }

    /// `DECSCUSR`.
    fn set_cursor_style(&mut self, style: u32) {
        if let Ok(style @ 0..=6) = u8::try_from(style) {
            self.modes.cursor_style = style;
            self.view
                .control(|out| bytes::csi(out, usize::from(style), b" q"));
        }
    }
}

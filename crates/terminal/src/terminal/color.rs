//! Setting and asking for colours (`OSC 4`, `10` to `12`, `104`, `110` to `112`).

use crate::options::Rgb;
use crate::palette::{self, Special};
use crate::sink::Sink;
use crate::terminal::Terminal;

/// Pairs in one `OSC 4`, channels in one `OSC 10`: no more than there are colours.
const MOST: usize = 256;

impl Terminal {
    /// `OSC 4`: pairs of an index and a colour or a question mark.
    pub(super) fn indexed_colors(&mut self, rest: &str, end: &str, sink: &mut dyn Sink) {
        let mut parts = rest.split(';');
        for _ in 0..MOST {
            let (Some(index), Some(color)) = (parts.next(), parts.next()) else {
                return;
            };
            let Some(index) = color_index(index) else {
                continue;
            };
            if color == "?" {
                let shown = self.palette.shown_indexed(index, &self.options.theme);
                Self::reply(sink, format_args!("\x1b]4;{index};{}{end}", spelled(shown)));
            } else if let Some(color) = palette::parsed(color) {
                self.palette.set_indexed(index, Some(color));
                self.view
                    .control(|out| write_indexed(index.into(), color, out));
            }
        }
    }

    /// `OSC 10`, `11`, `12`: each further colour is for the next number.
    pub(super) fn special_colors(
        &mut self,
        first: usize,
        rest: &str,
        end: &str,
        sink: &mut dyn Sink,
    ) {
        let specials = Special::ALL.into_iter().skip(first);
        for (which, color) in specials.zip(rest.split(';')) {
            if color == "?" {
                let shown = self.palette.shown_special(which, &self.options.theme);
                Self::reply(
                    sink,
                    format_args!("\x1b]{};{}{end}", which.osc(), spelled(shown)),
                );
            } else if let Some(color) = palette::parsed(color) {
                self.palette.set_special(which, Some(color));
                self.view.control(|out| write_special(which, color, out));
            }
        }
    }

    /// `OSC 104`: some, or without any number all.
    pub(super) fn reset_indexed_colors(&mut self, rest: &str) {
        if rest.is_empty() {
            self.palette.reset_indexed();
            self.view.bytes(b"\x1b]104\x1b\\");
            return;
        }
        for index in rest.split(';').take(MOST).filter_map(color_index) {
            self.palette.set_indexed(index, None);
            self.view
                .control(|out| out.extend_from_slice(format!("\x1b]104;{index}\x1b\\").as_bytes()));
        }
    }

    /// `OSC 110`, `111`, `112`.
    pub(super) fn reset_special_color(&mut self, which: usize) {
        let Some(which) = Special::ALL.get(which).copied() else {
            return;
        };
        self.palette.set_special(which, None);
        self.view.control(|out| {
            out.extend_from_slice(format!("\x1b]{}\x1b\\", which.osc() + 100).as_bytes());
        });
    }

    /// All colours, whatever the reader has.
    pub(super) fn write_palette(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\");
        for (index, color) in self.palette.indexed() {
            write_indexed(index, color, out);
        }
        for (which, color) in self.palette.special() {
            write_special(which, color, out);
        }
    }
}

fn write_indexed(index: usize, (r, g, b): Rgb, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\x1b]4;{index};rgb:{r:02x}/{g:02x}/{b:02x}\x1b\\").as_bytes());
}

fn write_special(which: Special, (r, g, b): Rgb, out: &mut Vec<u8>) {
    out.extend_from_slice(
        format!("\x1b]{};rgb:{r:02x}/{g:02x}/{b:02x}\x1b\\", which.osc()).as_bytes(),
    );
}

/// As xterm answers: sixteen bits per channel.
fn spelled((r, g, b): Rgb) -> String {
    format!("rgb:{r:02x}{r:02x}/{g:02x}{g:02x}/{b:02x}{b:02x}")
}

fn color_index(digits: &str) -> Option<u8> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

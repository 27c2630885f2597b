//! Designating and shifting character sets.

use crate::charset::{Charset, Charsets};
use crate::terminal::Terminal;

const DESIGNATE: [u8; 4] = *b"()*+";

impl Terminal {
    /// `SI`, `SO`, `LS2`, `LS3`.
    pub(super) fn shift(&mut self, set: u8) {
        self.charsets.shift = set;
        self.view.bytes(self.charsets.shift_sequence());
    }

    /// `SS2`, `SS3`.
    pub(super) fn shift_once(&mut self, set: u8) {
        self.charsets.single = Some(set);
        self.view.bytes(if set == 2 { b"\x1bN" } else { b"\x1bO" });
    }

    /// `SCS`.
    pub(super) fn designate(&mut self, by: u8, last: u8) {
        let number = DESIGNATE.iter().position(|&other| other == by);
        if let (Some(number), Some(set)) = (number, Charset::designated(last)) {
            self.charsets.designate(number, set);
            self.view.bytes(&[0x1B, by, last]);
        }
    }

    /// `ESC % @` and `ESC % G`: there is no other encoding than UTF-8, but the sets are ASCII again.
    pub(super) fn select_default_charset(&mut self) {
        let before = self.charsets;
        self.charsets.shift = 0;
        self.charsets.designate(0, Charset::Ascii);
        self.view_charsets(before);
    }

    /// Tells viewers which sets changed.
    pub(super) fn view_charsets(&mut self, before: Charsets) {
        let now = self.charsets;
        self.view.control(|out| {
            for ((by, set), old) in DESIGNATE.into_iter().zip(now.sets).zip(before.sets) {
                if set != old {
                    out.extend_from_slice(&[0x1B, by, set.designator()]);
                }
            }
            if now.shift != before.shift {
                out.extend_from_slice(now.shift_sequence());
            }
        });
        if before.single.is_some() && now.single.is_none() {
            // There is no way to take a single shift back but to use it up.
            self.view_all();
        }
    }

    /// All sets, whatever the reader has.
    pub(super) fn write_charsets(&self, out: &mut Vec<u8>) {
        write(&self.charsets, out);
    }
}

/// The sequences that designate and shift to these sets; a single shift is not among them.
pub(super) fn write(charsets: &Charsets, out: &mut Vec<u8>) {
    for (by, set) in DESIGNATE.into_iter().zip(charsets.sets) {
        out.extend_from_slice(&[0x1B, by, set.designator()]);
    }
    out.extend_from_slice(charsets.shift_sequence());
}

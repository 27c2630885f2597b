//! Setting and resetting modes.

use crate::bytes;
use crate::charset::Charsets;
use crate::modes::{Encoding, Mouse};
use crate::terminal::Terminal;

impl Terminal {
    /// `SM` and `RM`.
    pub(super) fn set_modes(&mut self, on: bool) {
        for index in 0..self.parser.params.len() {
            let number = self.parser.params.get(index);
            match number {
                4 => self.modes.insert = on,
                20 => self.modes.newline = on,
                _ => continue,
            }
            self.view
                .control(|out| bytes::csi(out, number as usize, if on { b"h" } else { b"l" }));
        }
    }

    /// `DECSET` and `DECRST`.
    pub(super) fn set_private_modes(&mut self, on: bool) {
        for index in 0..self.parser.params.len() {
            self.set_private_mode(self.parser.params.get(index), on);
        }
    }

    fn set_private_mode(&mut self, number: u32, on: bool) {
        if let Some(switch) = self.modes.private(number) {
            *switch = on;
        } else {
            match number {
                2 if on => {
                    let shift = self.charsets.shift;
                    let before = std::mem::replace(
                        &mut self.charsets,
                        Charsets {
                            shift,
                            ..Charsets::default()
                        },
                    );
                    self.view_charsets(before);
                    return;
                }
                6 => {
                    self.modes.origin = on;
                    self.set_cursor(0, 0);
                }
                9 | 1000 | 1002 | 1003 => {
                    self.modes.mouse = if on { mouse(number) } else { Mouse::None }
                }
                1006 | 1016 => {
                    self.modes.encoding = if on {
                        encoding(number)
                    } else {
                        Encoding::Bytes
                    }
                }
                47 | 1047 | 1049 => {
                    if on {
                        self.enter_alternate(number);
                    } else {
                        self.leave_alternate(number);
                    }
                    return;
                }
                1048 => {
                    if on {
                        self.save_cursor();
                    } else {
                        self.restore_cursor();
                    }
                    return;
                }
                _ => return,
            }
        }
        self.view
            .control(|out| bytes::mode(out, number as usize, on));
    }

    /// What `DECRQM` says of a private mode: 0 unknown, 1 set, 2 reset, 3 always set, 4 never set.
    pub(super) fn private_mode(&self, number: u32) -> u8 {
        let state = |on: bool| if on { 1 } else { 2 };
        let mut modes = self.modes;
        if let Some(switch) = modes.private(number) {
            return state(*switch);
        }
        match number {
            6 => state(modes.origin),
            8 => 3,
            9 | 1000 | 1002 | 1003 => state(modes.mouse == mouse(number)),
            1006 | 1016 => state(modes.encoding == encoding(number)),
            47 | 1047 | 1049 => state(self.on_alternate),
            67 | 1005 | 1015 => 4,
            1048 => 1,
            _ => 0,
        }
    }

    /// The same of an ANSI mode.
    pub(super) fn ansi_mode(&self, number: u32) -> u8 {
        let state = |on: bool| if on { 1 } else { 2 };
        match number {
            2 => 4,
            4 => state(self.modes.insert),
            12 => 3,
            20 => state(self.modes.newline),
            _ => 0,
        }
    }
}

fn mouse(number: u32) -> Mouse {
    match number {
        9 => Mouse::X10,
        1000 => Mouse::Buttons,
        1002 => Mouse::Drag,
        _ => Mouse::Any,
    }
}

fn encoding(number: u32) -> Encoding {
    if number == 1006 {
        Encoding::Sgr
    } else {
        Encoding::Pixels
    }
}

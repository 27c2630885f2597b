//! From bytes to control functions: the state machine of Paul Williams
//! (<https://vt100.net/emu/dec_ansi_parser>) with xterm.js's additions.
//!
//! Text is not its business: in [`State::Ground`] the terminal takes whole runs itself. Input is UTF-8, so bytes
//! from 0x80 on are parts of characters; the *characters* U+0080 to U+009F are the C1 controls.

mod params;
pub(crate) mod utf8;

pub(crate) use params::Params;
pub(crate) use utf8::{Partial, Step};

use crate::limits;

/// Where in a sequence the parser is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum State {
    /// Between sequences.
    #[default]
    Ground,
    Escape,
    EscapeIntermediate,
    CsiEntry,
    CsiParam,
    CsiIntermediate,
    CsiIgnore,
    Osc,
    /// `SOS`, `PM`, `APC`: nothing in them matters.
    Ignored,
    DcsEntry,
    DcsParam,
    DcsIntermediate,
    Dcs,
    DcsIgnore,
}

/// What the terminal has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Nothing,
    /// A control character, C0 or C1.
    Execute(u8),
    /// An escape sequence is complete; the intermediates are in [`Parser::intermediates`].
    Escape(u8),
    /// A control sequence is complete.
    Csi(u8),
    /// The string in [`Parser::string`] is complete.
    Osc {
        /// It ended with `BEL`; an answer does too.
        by_bell: bool,
    },
    /// A device control string is complete; [`Parser::dcs`] says which.
    Dcs,
    /// The sequence was abandoned before this byte, which is text or begins something.
    Again,
}

/// The state between two bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parser {
    pub(crate) state: State,
    pub(crate) params: Params,
    /// `<`, `=`, `>` or `?` at the beginning of the parameters, else 0.
    pub(crate) prefix: u8,
    collected: [u8; 2],
    count: usize,
    /// What an `OSC` or `DCS` says.
    pub(crate) string: Vec<u8>,
    /// The string is not kept: too long, or not for us.
    is_dropped: bool,
    /// The intermediate byte of the `DCS … q` whose string is kept.
    pub(crate) dcs: u8,
    pub(crate) partial: Partial,
}

impl Parser {
    /// The intermediate bytes; of more than two, one that matches nothing.
    pub(crate) fn intermediates(&self) -> &[u8] {
        if self.count > 2 {
            b"???"
        } else {
            self.collected.get(..self.count).unwrap_or_default()
        }
    }

    /// Nothing has been begun.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.state == State::Ground && self.partial.is_empty()
    }

    fn collect(&mut self, byte: u8) {
        if let Some(slot) = self.collected.get_mut(self.count) {
            *slot = byte;
        }
        self.count = (self.count + 1).min(3);
    }

    fn clear(&mut self) {
        self.params.clear();
        self.prefix = 0;
        self.count = 0;
    }

    /// `ESC`, wherever it comes.
    pub(crate) fn escape(&mut self) -> Action {
        let done = self.end_string(false);
        self.clear();
        self.state = State::Escape;
        done
    }

    /// Takes a control sequence that is there as a whole and of the usual kind, from after `ESC [` on: gives its
    /// length and its final byte. If it is not, nothing happened but to the parameters.
    #[inline]
    pub(crate) fn whole_csi(&mut self, bytes: &[u8]) -> Option<(usize, u8)> {
        let after = bytes.strip_prefix(b"?");
        let (taken, last) = self.params.take_plain(after.unwrap_or(bytes))?;
        self.prefix = if after.is_some() { b'?' } else { 0 };
        self.count = 0;
        let length = usize::from(after.is_some()) + taken + 1;
        matches!(last, 0x40..=0x7E).then_some((length, last))
    }

    /// The string that was under way is over; it counts unless it was dropped.
    fn end_string(&mut self, by_bell: bool) -> Action {
        let done = match self.state {
            State::Osc if !self.is_dropped => Action::Osc { by_bell },
            State::Dcs if !self.is_dropped => Action::Dcs,
            _ => Action::Nothing,
        };
        self.state = State::Ground;
        done
    }

    /// One byte outside of [`State::Ground`].
    pub(crate) fn step(&mut self, byte: u8) -> Action {
        if byte < 0x80 && self.partial.is_empty() {
            return self.ascii(byte);
        }
        match self.partial.push(byte) {
            Step::More => Action::Nothing,
            Step::Char(c) => match u8::try_from(c) {
                Ok(c1 @ 0x80..=0x9F) => self.c1(c1),
                _ => {
                    let mut buffer = [0; 4];
                    self.other(c.encode_utf8(&mut buffer).as_bytes());
                    Action::Nothing
                }
            },
            Step::Invalid => {
                self.other("\u{FFFD}".as_bytes());
                Action::Nothing
            }
            Step::Broken => {
                self.other("\u{FFFD}".as_bytes());
                // Without anything begun the byte cannot break again.
                if self.state == State::Ground {
                    Action::Again
                } else {
                    self.step(byte)
                }
            }
        }
    }

    /// A character beyond ASCII within a sequence: part of a string, or the end of what cannot contain it.
    fn other(&mut self, utf8: &[u8]) {
        match self.state {
            State::Osc | State::Dcs => self.put(utf8),
            State::Ground | State::Ignored | State::CsiIgnore | State::DcsIgnore => {}
            // The sequence is abandoned and the character with it.
            _ => self.state = State::Ground,
        }
    }

    /// A C1 control, wherever it comes.
    pub(crate) fn c1(&mut self, c1: u8) -> Action {
        match c1 {
            0x90 => self.begin(State::DcsEntry),
            0x98 | 0x9E | 0x9F => self.begin(State::Ignored),
            0x9B => self.begin(State::CsiEntry),
            0x9C => self.end_string(false),
            0x9D => self.begin(State::Osc),
            _ => {
                self.state = State::Ground;
                Action::Execute(c1)
            }
        }
    }

    fn begin(&mut self, state: State) -> Action {
        self.clear();
        self.string.clear();
        self.is_dropped = false;
        self.state = state;
        Action::Nothing
    }

    fn ascii(&mut self, byte: u8) -> Action {
        match byte {
            0x1B => return self.escape(),
            0x18 | 0x1A => {
                self.state = State::Ground;
                return Action::Execute(byte);
            }
            _ => {}
        }
        match self.state {
            State::Ground => Action::Nothing,
            State::Escape | State::EscapeIntermediate => self.in_escape(byte),
            State::CsiEntry | State::CsiParam | State::CsiIntermediate | State::CsiIgnore => {
                self.in_csi(byte)
            }
            State::Osc => match byte {
                0x07 => self.end_string(true),
                0x00..=0x1F => Action::Nothing,
                _ => {
                    self.put(&[byte]);
                    Action::Nothing
                }
            },
            State::Dcs => {
                if byte != 0x7F {
                    self.put(&[byte]);
                }
                Action::Nothing
            }
            State::DcsEntry | State::DcsParam | State::DcsIntermediate => {
                self.in_dcs_header(byte);
                Action::Nothing
            }
            State::Ignored | State::DcsIgnore => Action::Nothing,
        }
    }

    fn in_escape(&mut self, byte: u8) -> Action {
        match byte {
            0x00..=0x1F => return Action::Execute(byte),
            0x20..=0x2F => {
                self.collect(byte);
                self.state = State::EscapeIntermediate;
            }
            0x7F => {}
            b'[' if self.state == State::Escape => self.state = State::CsiEntry,
            b']' if self.state == State::Escape => return self.begin(State::Osc),
            b'P' if self.state == State::Escape => return self.begin(State::DcsEntry),
            b'X' | b'^' | b'_' if self.state == State::Escape => return self.begin(State::Ignored),
            _ => {
                self.state = State::Ground;
                return Action::Escape(byte);
            }
        }
        Action::Nothing
    }

    fn in_csi(&mut self, byte: u8) -> Action {
        match byte {
            0x00..=0x1F => return Action::Execute(byte),
            0x7F => {}
            0x40..=0x7E => {
                let is_ignored = self.state == State::CsiIgnore;
                self.state = State::Ground;
                if !is_ignored {
                    return Action::Csi(byte);
                }
            }
            _ if self.state == State::CsiIgnore => {}
            0x20..=0x2F => {
                self.collect(byte);
                self.state = State::CsiIntermediate;
            }
            _ if self.state == State::CsiIntermediate => self.state = State::CsiIgnore,
            b'0'..=b';' => {
                self.params.put(byte);
                self.state = State::CsiParam;
            }
            _ if self.state == State::CsiEntry => {
                self.prefix = byte;
                self.state = State::CsiParam;
            }
            _ => self.state = State::CsiIgnore,
        }
        Action::Nothing
    }

    fn in_dcs_header(&mut self, byte: u8) {
        match byte {
            0x00..=0x1F | 0x7F => {}
            0x20..=0x2F => {
                self.collect(byte);
                self.state = State::DcsIntermediate;
            }
            0x40..=0x7E => {
                self.dcs = self.collected.first().copied().unwrap_or(0);
                // Everything else (Sixel, user-defined keys …) goes by unread.
                self.is_dropped = !(byte == b'q'
                    && self.prefix == 0
                    && matches!(self.intermediates(), b"$" | b"+"));
                self.state = State::Dcs;
            }
            _ if self.state == State::DcsIntermediate => self.state = State::DcsIgnore,
            b'0'..=b';' => {
                self.params.put(byte);
                self.state = State::DcsParam;
            }
            _ if self.state == State::DcsEntry => {
                self.prefix = byte;
                self.state = State::DcsParam;
            }
            _ => self.state = State::DcsIgnore,
        }
    }

    /// Adds to the string, or gives it up when it becomes too long.
    fn put(&mut self, bytes: &[u8]) {
        if self.is_dropped {
            return;
        }
        let limit = match self.state {
            State::Dcs => limits::DCS,
            _ if self.string.starts_with(b"52;") => limits::OSC_CLIPBOARD,
            _ => limits::OSC,
        };
        if self.string.len() + bytes.len() > limit {
            self.is_dropped = true;
            self.string = Vec::new();
            return;
        }
        self.string.extend_from_slice(bytes);
    }

    /// Takes what cannot end the string that is under way, and says how many bytes that was.
    pub(crate) fn take_string(&mut self, bytes: &[u8]) -> usize {
        if !self.partial.is_empty() {
            return 0;
        }
        let plain = match self.state {
            State::Osc | State::Dcs if self.is_dropped => undecided(bytes),
            State::Ignored | State::DcsIgnore => undecided(bytes),
            State::Osc => bytes
                .iter()
                .position(|byte| !(0x20..0x80).contains(byte))
                .unwrap_or(bytes.len()),
            State::Dcs => bytes
                .iter()
                .position(|byte| !(0x20..0x7F).contains(byte))
                .unwrap_or(bytes.len()),
            _ => return 0,
        };
        if let Some(taken) = bytes.get(..plain)
            && matches!(self.state, State::Osc | State::Dcs)
        {
            self.put_all(taken);
        }
        plain
    }

    /// Adds a stretch of single-byte characters; it is dropped at the same byte however it is split.
    fn put_all(&mut self, bytes: &[u8]) {
        // The limit of an `OSC 52` holds once its number is there.
        let (head, rest) =
            bytes.split_at(bytes.len().min(3_usize.saturating_sub(self.string.len())));
        if !head.is_empty() {
            self.put(head);
        }
        if !rest.is_empty() {
            self.put(rest);
        }
    }

    /// The bytes that bring a parser at rest into this state.
    pub(crate) fn pending(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self.state {
            State::Ground => {}
            State::Escape | State::EscapeIntermediate => {
                out.push(0x1B);
                self.spell_collected(&mut out);
            }
            State::CsiEntry | State::CsiParam | State::CsiIntermediate => {
                out.extend_from_slice(b"\x1b[");
                self.spell_header(&mut out);
            }
            State::CsiIgnore => out.extend_from_slice(b"\x1b[0<"),
            State::Osc if self.is_dropped => out.extend_from_slice(b"\x1b]?"),
            State::Osc => {
                out.extend_from_slice(b"\x1b]");
                out.extend_from_slice(&self.string);
            }
            State::Ignored => out.extend_from_slice(b"\x1bX"),
            State::DcsEntry | State::DcsParam | State::DcsIntermediate => {
                out.extend_from_slice(b"\x1bP");
                self.spell_header(&mut out);
            }
            State::DcsIgnore => out.extend_from_slice(b"\x1bP0<"),
            State::Dcs if self.is_dropped => out.extend_from_slice(b"\x1bP0q"),
            State::Dcs => {
                out.extend_from_slice(b"\x1bP");
                self.spell_header(&mut out);
                out.push(b'q');
                out.extend_from_slice(&self.string);
            }
        }
        out.extend_from_slice(self.partial.bytes());
        out
    }

    fn spell_header(&self, out: &mut Vec<u8>) {
        if self.prefix != 0 {
            out.push(self.prefix);
        }
        self.params.spell(out);
        self.spell_collected(out);
    }

    fn spell_collected(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.collected.get(..self.count.min(2)).unwrap_or_default());
        if self.count > 2 {
            out.push(b' ');
        }
    }
}

/// Bytes at the beginning that end no string: neither C0 controls that do nor a lead byte of C1.
fn undecided(bytes: &[u8]) -> usize {
    let first = memchr::memchr3(0x1B, 0x18, 0x1A, bytes).unwrap_or(bytes.len());
    let head = bytes.get(..first).unwrap_or_default();
    let bell_or_wide = head.iter().position(|&byte| byte == 0x07 || byte >= 0x80);
    bell_or_wide.unwrap_or(first)
}

#[cfg(test)]
mod tests;

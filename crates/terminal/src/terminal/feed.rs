//! Bytes in: which of them are text, which are sequences.

use crate::parser::{Action, Partial, State, Step};
use crate::sink::Sink;
use crate::terminal::Terminal;
use crate::width::Kind;

/// Longest run of text that is looked at as one, so that broken text is not looked at again and again.
const RUN: usize = 4096;
/// Bytes of the view that are kept before they are handed over.
const VIEW: usize = 64 * 1024;

impl Terminal {
    /// Takes output of the program. Any split of the bytes into feeds gives the same result.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        self.feed_to(bytes, sink);
    }

    fn feed_to(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        self.view.begin(sink.wants_view());
        if let Some(before) = self.join_before
            && self.parser.state != State::Ground
        {
            // To a viewer who came in the middle of the sequence nothing has happened since the character.
            self.view.break_join(before.kind() == Kind::Prepend);
        }
        let start = self.position;
        let end = start.saturating_add(bytes.len() as u64);
        let mut rest = bytes;
        while !rest.is_empty() {
            let at = end - rest.len() as u64;
            let taken = if self.parser.state == State::Ground {
                self.ground(rest, at, sink)
            } else {
                self.sequence(rest, at, sink)
            };
            rest = rest.get(taken..).unwrap_or_default();
            if self.view.len() > VIEW {
                self.view.flush(|bytes| sink.view(bytes));
            }
        }
        self.position = end;
        self.view.flush(|bytes| sink.view(bytes));
        self.view.turn(false);
        self.tell_state();
    }

    /// Takes a run of text, or one control character.
    fn ground(&mut self, bytes: &[u8], at: u64, sink: &mut dyn Sink) -> usize {
        let Some(&first) = bytes.first() else {
            return 0;
        };
        if !self.parser.partial.is_empty() {
            return self.rest_of_character(first, at, sink);
        }
        match first {
            0x1B => {
                self.begin_sequence();
                let rest = bytes.get(1..).unwrap_or_default();
                if let Some((&b'[', after)) = rest.split_first()
                    && let Some((length, last)) = self.parser.whole_csi(after)
                {
                    self.position = at.saturating_add(length as u64 + 2);
                    self.csi(last, sink);
                    return length + 2;
                }
                self.parser.escape();
                1 + self.sequence(rest, at.saturating_add(1), sink)
            }
            0x00..=0x1F => {
                self.position = at.saturating_add(1);
                self.execute(first, sink);
                1
            }
            0x7F => 1,
            _ => self.text(bytes, at, sink),
        }
    }

    /// One byte of a character that a feed before began.
    fn rest_of_character(&mut self, byte: u8, at: u64, sink: &mut dyn Sink) -> usize {
        match self.parser.partial.push(byte) {
            Step::More => 1,
            Step::Char(c) => {
                match c {
                    '\u{80}'..='\u{9F}' => self.c1(c, at.saturating_add(1), sink),
                    _ => self.print(c, sink),
                }
                1
            }
            Step::Invalid => {
                self.print(char::REPLACEMENT_CHARACTER, sink);
                1
            }
            Step::Broken => {
                self.print(char::REPLACEMENT_CHARACTER, sink);
                0
            }
        }
    }

    /// Takes a run of text, broken or not.
    fn text(&mut self, bytes: &[u8], at: u64, sink: &mut dyn Sink) -> usize {
        let (len, is_ascii) = run(bytes);
        let (text, more) = bytes.split_at(len);
        if is_ascii {
            self.print_ascii(text, sink);
            return len;
        }
        let (valid, error) = match std::str::from_utf8(text) {
            Ok(valid) => (valid, None),
            Err(error) => {
                let valid = text.get(..error.valid_up_to()).unwrap_or_default();
                (std::str::from_utf8(valid).unwrap_or_default(), Some(error))
            }
        };
        let printed = self.print_str(valid, sink);
        if let Some(c1) = valid.get(printed..).and_then(|rest| rest.chars().next()) {
            let taken = printed + c1.len_utf8();
            self.c1(c1, at.saturating_add(taken as u64), sink);
            return taken;
        }
        let Some(error) = error else { return len };
        match error.error_len() {
            Some(broken) => {
                self.print(char::REPLACEMENT_CHARACTER, sink);
                printed + broken
            }
            // The run was cut in the middle of a character.
            None if len == RUN => printed,
            None if more.is_empty() => {
                self.parser.partial = Partial::keep(text.get(printed..).unwrap_or_default());
                len
            }
            None => {
                self.print(char::REPLACEMENT_CHARACTER, sink);
                len
            }
        }
    }

    /// Goes on with a sequence: up to its end, or as far as one look goes.
    fn sequence(&mut self, bytes: &[u8], at: u64, sink: &mut dyn Sink) -> usize {
        let skipped = self.parser.take_string(bytes);
        if skipped > 0 {
            return skipped;
        }
        for (index, &byte) in bytes.iter().enumerate() {
            match self.parser.step(byte) {
                Action::Nothing => {
                    if matches!(
                        self.parser.state,
                        State::Ground | State::Osc | State::Dcs | State::Ignored | State::DcsIgnore
                    ) {
                        return index + 1;
                    }
                }
                Action::Again => return index,
                action => {
                    self.position = at.saturating_add(index as u64 + 1);
                    self.act(action, sink);
                    return index + 1;
                }
            }
        }
        bytes.len()
    }

    fn act(&mut self, action: Action, sink: &mut dyn Sink) {
        match action {
            Action::Nothing | Action::Again => {}
            Action::Execute(control) => self.execute(control, sink),
            Action::Escape(last) => self.escape(last, sink),
            Action::Csi(last) => self.csi(last, sink),
            Action::Osc { by_bell } => {
                self.join_before = None;
                self.osc(by_bell, sink);
            }
            Action::Dcs => {
                self.join_before = None;
                self.dcs(sink);
            }
        }
    }

    /// A C1 control between sequences; `at` is the position after it.
    fn c1(&mut self, c1: char, at: u64, sink: &mut dyn Sink) {
        self.begin_sequence();
        self.position = at;
        let action = self.parser.c1(u8::try_from(c1).unwrap_or(0));
        self.act(action, sink);
    }

    /// A sequence begins: nothing that follows joins what is before.
    fn begin_sequence(&mut self) {
        self.join_before = self.join;
        self.break_join();
    }

    pub(super) fn break_join(&mut self) {
        if let Some(before) = self.join.take() {
            self.view.break_join(before.kind() == Kind::Prepend);
        }
    }

    /// A control character.
    fn execute(&mut self, control: u8, sink: &mut dyn Sink) {
        self.break_join();
        self.join_before = None;
        match control {
            0x07 => self.bell(sink),
            0x08 => self.backspace(),
            0x09 => self.tab(),
            0x0A..=0x0C => self.line_feed(sink),
            0x0D => self.carriage_return(),
            0x0E => self.shift(1),
            0x0F => self.shift(0),
            0x84 => self.index(sink),
            0x85 => self.next_line(sink),
            0x88 => self.set_tab(),
            _ => {}
        }
    }
}

/// The length of the text at the beginning, and whether it is all ASCII.
fn run(bytes: &[u8]) -> (usize, bool) {
    let bytes = bytes.get(..RUN).unwrap_or(bytes);
    let mut all = 0u8;
    let mut len = 0;
    let chunks = bytes.chunks_exact(16);
    for chunk in chunks {
        let mut ends = false;
        let mut seen = 0;
        for &byte in chunk {
            ends |= byte < 0x20 || byte == 0x7F;
            seen |= byte;
        }
        if ends {
            break;
        }
        all |= seen;
        len += chunk.len();
    }
    for &byte in bytes.get(len..).unwrap_or_default() {
        if byte < 0x20 || byte == 0x7F {
            break;
        }
        all |= byte;
        len += 1;
    }
    (len, all < 0x80)
}

//! Bytes in: which of them are text, which are sequences.

use crate::parser::utf8::{self, Broken};
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
        let printed = self.print_text(text, sink);
        let rest = text.get(printed..).unwrap_or_default();
        if let Some((c1, c1_len)) = utf8::first(rest) {
            let taken = printed + c1_len;
            self.c1(c1, at.saturating_add(taken as u64), sink);
            return taken;
        }
        match utf8::broken(rest) {
            None => len,
            Some(Broken::Bytes(count)) => {
                self.print(char::REPLACEMENT_CHARACTER, sink);
                printed + count
            }
            // The run was cut in the middle of a character.
            Some(Broken::End) if len == RUN => printed,
            Some(Broken::End) if more.is_empty() => {
                self.parser.partial = Partial::keep(rest);
                len
            }
            Some(Broken::End) => {
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
    let (words, rest) = bytes.as_chunks();
    let (mut len, mut all) = (0, 0);
    for word in words {
        let word = u64::from_le_bytes(*word);
        let ends = controls(word);
        if ends != 0 {
            // The lowest byte comes first, and what is marked above it may be none.
            let at = ends.trailing_zeros() / 8;
            all |= word & !(u64::MAX << (at * 8));
            return (len + at as usize, all & HIGH == 0);
        }
        all |= word;
        len += size_of::<u64>();
    }
    for &byte in rest {
        if byte < 0x20 || byte == 0x7F {
            break;
        }
        all |= u64::from(byte);
        len += 1;
    }
    (len, all & HIGH == 0)
}

/// A one and the highest bit in each of eight bytes.
const ONES: u64 = u64::MAX / 0xFF;
const HIGH: u64 = ONES << 7;

/// Marks the highest bit of the lowest of eight bytes that is a control character, and maybe of others above it
/// (<https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord>).
const fn controls(word: u64) -> u64 {
    let less_than_space = word.wrapping_sub(ONES * 0x20) & !word;
    let delete = word ^ (ONES * 0x7F);
    let is_delete = delete.wrapping_sub(ONES) & !delete;
    (less_than_space | is_delete) & HIGH
}

#[cfg(test)]
mod tests {
    use super::{RUN, run};

    #[test]
    fn text_ends_at_the_first_control() {
        for (text, is_ascii) in [("plain ascii text", true), ("日本 texte é …", false)] {
            for len in 0..40 {
                let before = text.as_bytes().iter().cycle().take(len);
                let ascii = before.clone().all(u8::is_ascii);
                assert!(ascii || !is_ascii, "what is cut of ASCII is ASCII");
                for end in [0x00, 0x0A, 0x1B, 0x1F, 0x7F] {
                    // What follows the control has no say, not even in the same word.
                    for after in [&b""[..], b"\x7f\x1f ", "é\n日本日本日本".as_bytes()] {
                        let bytes: Vec<u8> =
                            before.clone().chain([&end]).chain(after).copied().collect();
                        assert_eq!(run(&bytes), (len, ascii), "{bytes:x?}");
                    }
                }
                let bytes: Vec<u8> = before.copied().collect();
                assert_eq!(run(&bytes), (len, ascii), "{bytes:x?} without an end");
            }
        }
        assert_eq!(run(&[b'a'; 2 * RUN]), (RUN, true), "no more is looked at");
    }
}

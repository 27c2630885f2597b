//! Finds the detach keys in what the person types.
//!
//! Grammar of the input, byte by byte (`p` is the first key of the detach sequence, `q…` its other keys):
//!
//! ```text
//! input   := ( paste | detach | literal | byte )*
//! paste   := ESC "[200~" byte* ESC "[201~"      passed on as it is, nothing in it is a key
//! detach  := p q…                               ends the attachment, nothing of it is passed on
//! literal := p p                                passes one p on (only if the sequence has several keys)
//! byte    := any other byte                     passed on at once
//! ```
//!
//! A `p` is held back until the next byte decides what it was; no clock is involved. Every other byte is passed
//! on at once, also the bytes of a paste's beginning, since they are not ambiguous for the program.
//!
//! ```text
//! Plain    --p--> Held(1)      Plain --ESC[200~--> Paste     Paste --ESC[201~--> Plain
//! Held(n)  --next key--> Held(n+1) | Detach      Held(1) --p--> Plain, passes p
//! Held(n)  --other byte--> passes the held keys, then the byte as in Plain
//! ```

use super::detach_key::DetachKey;

const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// What a piece of input turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typed {
    /// All of it was handled; what is to be passed on stands in the output buffer.
    Passed,
    /// The detach sequence was typed; what stood before it is in the output buffer, what follows is dropped.
    Detach,
}

/// The state machine described above.
#[derive(Debug)]
pub(crate) struct Keys {
    sequence: DetachKey,
    /// Bytes of the detach sequence seen so far and held back.
    held: usize,
    /// A paste is going on.
    pasting: bool,
    /// Bytes of the marker that would begin or end a paste seen so far.
    marker: usize,
}

impl Keys {
    pub(crate) fn new(sequence: DetachKey) -> Self {
        Self {
            sequence,
            held: 0,
            pasting: false,
            marker: 0,
        }
    }

    /// Takes bytes as they came from the terminal and appends to `out` what the program is to get.
    pub(crate) fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Typed {
        for &byte in bytes {
            if self.pasting {
                out.push(byte);
                if self.marker_done(byte, PASTE_END) {
                    self.pasting = false;
                }
            } else if self.step(byte, out) == Typed::Detach {
                return Typed::Detach;
            }
        }
        Typed::Passed
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) -> Typed {
        let keys = self.sequence.bytes();
        if self.held > 0 {
            if keys.get(self.held) == Some(&byte) {
                self.held += 1;
                return self.whole();
            }
            let literal = self.held == 1 && keys.first() == Some(&byte);
            out.extend_from_slice(keys.get(..self.held).unwrap_or_default());
            self.held = 0;
            if literal {
                return Typed::Passed;
            }
        }
        if keys.first() == Some(&byte) {
            self.marker = 0;
            self.held = 1;
            return self.whole();
        }
        out.push(byte);
        if self.marker_done(byte, PASTE_BEGIN) {
            self.pasting = true;
        }
        Typed::Passed
    }

    fn whole(&mut self) -> Typed {
        if self.held == self.sequence.bytes().len() {
            self.held = 0;
            Typed::Detach
        } else {
            Typed::Passed
        }
    }

    /// Follows a marker; true at its last byte. Both markers begin with the only `ESC` in them, so a mismatch
    /// can only be the beginning of the next one.
    fn marker_done(&mut self, byte: u8, marker: &[u8]) -> bool {
        if marker.get(self.marker) == Some(&byte) {
            self.marker += 1;
        } else {
            self.marker = usize::from(marker.first() == Some(&byte));
        }
        let done = self.marker == marker.len();
        if done {
            self.marker = 0;
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::{Keys, Typed};
    use crate::attach::detach_key::DetachKey;

    fn typed(sequence: &str, input: &[u8], step: usize) -> (Vec<u8>, Typed) {
        let mut keys = Keys::new(sequence.parse::<DetachKey>().expect("a good sequence"));
        let mut out = Vec::new();
        for piece in input.chunks(step) {
            if keys.take(piece, &mut out) == Typed::Detach {
                return (out, Typed::Detach);
            }
        }
        (out, Typed::Passed)
    }

    fn check(sequence: &str, input: &[u8], out: &[u8], end: Typed) {
        for step in 1..=input.len() {
            let found = typed(sequence, input, step);
            let shown = input.escape_ascii();
            assert_eq!(
                found,
                (out.to_vec(), end),
                "{shown} with {sequence} in pieces of {step}"
            );
        }
    }

    #[test]
    fn the_sequence_detaches_and_is_not_passed_on() {
        check("ctrl-\\ d", b"ls\r\x1cdmore", b"ls\r", Typed::Detach);
        check("ctrl-]", b"ls\x1d", b"ls", Typed::Detach);
        check("ctrl-a ctrl-q x", b"\x01\x11x", b"", Typed::Detach);
    }

    #[test]
    fn the_first_key_twice_passes_it_once() {
        check("ctrl-\\ d", b"\x1c\x1cd", b"\x1cd", Typed::Passed);
        check("ctrl-\\ d", b"\x1c\x1c\x1cd", b"\x1c", Typed::Detach);
    }

    #[test]
    fn anything_else_after_the_first_key_passes_both() {
        check("ctrl-\\ d", b"\x1cx", b"\x1cx", Typed::Passed);
        check("ctrl-a ctrl-q x", b"\x01\x11y", b"\x01\x11y", Typed::Passed);
        check(
            "ctrl-a ctrl-q x",
            b"\x01\x11\x01\x11x",
            b"\x01\x11",
            Typed::Detach,
        );
    }

    #[test]
    fn nothing_in_a_paste_is_a_key() {
        let pasted = b"\x1b[200~a\x1cd\x1b[20\x1b[201~";
        check("ctrl-\\ d", pasted, pasted, Typed::Passed);
        let mut after = pasted.to_vec();
        after.extend_from_slice(b"\x1cd");
        check("ctrl-\\ d", &after, pasted, Typed::Detach);
    }

    #[test]
    fn without_a_sequence_every_byte_passes() {
        let all: Vec<u8> = (0..=255).collect();
        check("none", &all, &all, Typed::Passed);
    }
}

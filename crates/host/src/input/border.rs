//! Where input may be cut: between whole characters and escape sequences.

/// Longest sequence that is kept whole beyond a chunk's length. Keys, mouse reports and paste borders have a few bytes;
/// what is longer is no sequence a program waits for in one piece.
const MAX_SEQUENCE: usize = 4096;

/// Finds the places where input may be cut.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Border;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ground,
    /// Inside a character of several bytes: so many follow.
    Utf8(u8),
    Escape,
    /// After `ESC O`: one more byte.
    Ss3,
    /// After `ESC [`, until a final byte.
    Csi,
    /// After `ESC ]`, `P`, `X`, `^`, `_`, until `BEL` or `ESC \`.
    Text,
    /// An `ESC` within that.
    TextEscape,
}

impl Border {
    /// Length of the next chunk of `bytes`: as long as possible up to `most`, ending where the input may be cut. A sequence
    /// longer than `most` is a chunk of its own. Where the input ends inside a sequence, the rest is a chunk: what is
    /// missing may never come (a lone `ESC` is a key).
    #[expect(
        clippy::unused_self,
        reason = "reads as the place that knows about borders"
    )]
    pub(super) fn chunk(self, bytes: &[u8], most: usize) -> usize {
        if bytes.len() <= most {
            return bytes.len();
        }
        let mut state = State::Ground;
        let mut border = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            state = next(state, byte);
            let end = at + 1;
            if state == State::Ground {
                if end > most {
                    return if border > 0 { border } else { end };
                }
                border = end;
            } else if end >= most && border > 0 {
                return border;
            } else if end >= MAX_SEQUENCE.max(most) {
                return end;
            }
        }
        if border > 0 { border } else { bytes.len() }
    }
}

fn next(state: State, byte: u8) -> State {
    match (state, byte) {
        (State::Text, 0x07) => State::Ground,
        (State::Text, 0x1b) => State::TextEscape,
        (State::Text, _) => State::Text,
        (State::TextEscape, b'\\') => State::Ground,
        (State::Utf8(left), 0x80..=0xbf) if left > 1 => State::Utf8(left - 1),
        (State::Utf8(_), 0x80..=0xbf) | (State::Ss3, 0x20..=0x7e) | (State::Csi, 0x40..=0x7e) => {
            State::Ground
        }
        (State::Csi, 0x20..=0x3f) => State::Csi,
        (State::Escape | State::TextEscape, b'[') => State::Csi,
        (State::Escape | State::TextEscape, b'O') => State::Ss3,
        (State::Escape | State::TextEscape, b']' | b'P' | b'X' | b'^' | b'_') => State::Text,
        // Alt with a character, which may have several bytes; everything else that breaks off begins anew.
        (_, 0x1b) => State::Escape,
        (_, 0xc2..=0xdf) => State::Utf8(1),
        (_, 0xe0..=0xef) => State::Utf8(2),
        (_, 0xf0..=0xf4) => State::Utf8(3),
        _ => State::Ground,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(bytes: &[u8], most: usize) -> Vec<&[u8]> {
        let mut rest = bytes;
        let mut found = Vec::new();
        while !rest.is_empty() {
            let (chunk, later) = rest.split_at(Border.chunk(rest, most));
            found.push(chunk);
            rest = later;
        }
        found
    }

    #[test]
    fn cuts_only_between_whole_units() {
        let units: &[&[u8]] = &[
            b"a",
            "é".as_bytes(),
            "漢".as_bytes(),
            "🚀".as_bytes(),
            b"\x1b[1;5A",
            b"\x1bOP",
            b"\x1b[200~",
            b"\x1b]52;c;YWJj\x07",
            b"\x1bP+r54\x1b\\",
            "\x1bé".as_bytes(),
            b"\r",
            b"\x1b\x1b[A",
            b"z",
        ];
        let mut ends = vec![0];
        let mut bytes = Vec::new();
        for _ in 0..40 {
            for unit in units {
                bytes.extend_from_slice(unit);
                ends.push(bytes.len());
            }
        }
        for most in [16, 17, 31, 64, 1024] {
            let mut at = 0;
            for chunk in chunks(&bytes, most) {
                assert!(chunk.len() <= most, "no chunk is longer than {most}");
                at += chunk.len();
                // ESC ESC [ A may be cut after the first ESC: that is the key itself.
                assert!(
                    ends.contains(&at),
                    "a cut at {at} is inside a unit (most {most})"
                );
            }
            assert_eq!(at, bytes.len(), "nothing is lost");
        }
    }

    #[test]
    fn a_long_sequence_stays_whole_up_to_its_limit() {
        let mut bytes = b"ab\x1b]52;c;".to_vec();
        bytes.extend(std::iter::repeat_n(b'x', 2000));
        bytes.extend_from_slice(b"\x07cd");
        let found = chunks(&bytes, 100);
        assert_eq!(
            found.first(),
            Some(&&b"ab"[..]),
            "what is before goes alone"
        );
        assert_eq!(
            found.get(1).map(|c| c.len()),
            Some(2000 + 8),
            "the sequence is one chunk"
        );
        let endless = [b"\x1b]".to_vec(), vec![b'x'; 10_000]].concat();
        assert!(
            chunks(&endless, 100)
                .iter()
                .all(|c| c.len() <= MAX_SEQUENCE),
            "what never ends is cut all the same"
        );
    }
}

//! Characters out of bytes: whole ones, and those that arrive in pieces.

/// The character that the bytes begin with, and how many bytes it has; nothing if it is broken, cut off or
/// missing ([`broken`] says which).
///
/// The form is that of RFC 3629, section 3. One pass that checks and reads is quicker than `std`'s two.
#[inline]
pub(crate) fn first(bytes: &[u8]) -> Option<(char, usize)> {
    let low = |byte: u8| u32::from(byte & 0x3F);
    let goes_on = |byte: u8| byte & 0xC0 == 0x80;
    let (code, len, least) = match *bytes {
        [ascii @ ..0x80, ..] => return Some((char::from(ascii), 1)),
        [lead @ 0xE0..0xF0, b, c, ..] if goes_on(b) && goes_on(c) => {
            let lead = u32::from(lead & 0x0F);
            (lead << 12 | low(b) << 6 | low(c), 3, 0x800)
        }
        [lead @ 0xC0..0xE0, b, ..] if goes_on(b) => {
            let lead = u32::from(lead & 0x1F);
            (lead << 6 | low(b), 2, 0x80)
        }
        [lead @ 0xF0..0xF8, b, c, d, ..] if goes_on(b) && goes_on(c) && goes_on(d) => {
            let lead = u32::from(lead & 0x07);
            (
                lead << 18 | low(b) << 12 | low(c) << 6 | low(d),
                4,
                0x1_0000,
            )
        }
        _ => return None,
    };
    // Longer than it need be, or no character: a surrogate, or beyond the last.
    if code < least {
        return None;
    }
    Some((char::from_u32(code)?, len))
}

/// What the bytes begin with where it is no character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// So many bytes are none, whatever follows.
    Bytes(usize),
    /// The bytes end in the middle of what may become one.
    End,
}

/// Why [`first`] finds no character; nothing if there are no bytes, or if there is one.
pub(crate) fn broken(bytes: &[u8]) -> Option<Broken> {
    let error = std::str::from_utf8(bytes.get(..4).unwrap_or(bytes)).err()?;
    if error.valid_up_to() > 0 {
        return None;
    }
    Some(error.error_len().map_or(Broken::End, Broken::Bytes))
}

/// The beginning of a character whose end has not arrived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Partial {
    bytes: [u8; 4],
    len: usize,
}

/// What a byte made of a [`Partial`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// More bytes must follow.
    More,
    /// The character is complete.
    Char(char),
    /// What was there is no character, which is shown as U+FFFD; the byte itself is still to be looked at.
    Broken,
    /// The byte can begin no character.
    Invalid,
}

impl Partial {
    /// Keeps the beginning of a character: at most three bytes.
    pub(crate) fn keep(bytes: &[u8]) -> Self {
        let mut partial = Self::default();
        for (to, from) in partial.bytes.iter_mut().zip(bytes) {
            *to = *from;
            partial.len += 1;
        }
        partial
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Takes one byte; an ASCII byte only ever breaks what was begun.
    pub(crate) fn push(&mut self, byte: u8) -> Step {
        let had = self.len;
        let Some(slot) = self.bytes.get_mut(had) else {
            self.len = 0;
            return Step::Broken;
        };
        *slot = byte;
        self.len += 1;
        match std::str::from_utf8(self.bytes()) {
            Ok(text) => {
                let c = text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
                self.len = 0;
                Step::Char(c)
            }
            Err(error) if error.error_len().is_none() => Step::More,
            Err(_) => {
                self.len = 0;
                if had == 0 {
                    Step::Invalid
                } else {
                    Step::Broken
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_is_what_the_standard_library_finds() {
        let expected = |bytes: &[u8]| {
            let valid = match std::str::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => {
                    let valid = bytes.get(..error.valid_up_to()).expect("within");
                    std::str::from_utf8(valid).expect("the valid part")
                }
            };
            valid.chars().next().map(|c| (c, c.len_utf8()))
        };
        let interesting = [
            0x00, 0x20, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF,
        ];
        for lead in 0..=0xFF {
            for second in 0..=0xFF {
                for third in interesting {
                    for fourth in interesting {
                        let bytes = [lead, second, third, fourth, 0x80];
                        for len in 0..=bytes.len() {
                            let bytes = bytes.get(..len).expect("within");
                            assert_eq!(first(bytes), expected(bytes), "{bytes:x?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn pieces_make_a_character() {
        let mut partial = Partial::default();
        assert_eq!(partial.push(0xE6), Step::More, "a lead byte waits");
        assert_eq!(partial.push(0x97), Step::More, "so does the next");
        assert_eq!(
            partial.push(0xA5),
            Step::Char('日'),
            "the last completes it"
        );
        assert_eq!(
            partial.push(0x80),
            Step::Invalid,
            "a continuation begins nothing"
        );
        assert_eq!(partial.push(0xE0), Step::More, "a lead byte waits");
        assert_eq!(
            partial.push(0x80),
            Step::Broken,
            "overlong forms are broken at once"
        );
        assert!(partial.is_empty(), "nothing is kept of what is broken");
    }
}

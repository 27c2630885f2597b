//! Characters that arrive in pieces.

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

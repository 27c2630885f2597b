//! The character sets that `SCS` designates: DEC's graphics and the national replacement sets.
//!
//! Each set differs from ASCII in a few characters
//! (<https://vt100.net/docs/vt220-rm/chapter2.html#S2.4.3>).

/// One of the sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Charset {
    #[default]
    Ascii,
    Graphics,
    British,
    Dutch,
    Finnish,
    French,
    FrenchCanadian,
    German,
    Italian,
    Norwegian,
    Spanish,
    Swedish,
    Swiss,
}

impl Charset {
    /// The set that a final byte of `SCS` designates.
    pub(crate) fn designated(by: u8) -> Option<Self> {
        Some(match by {
            b'B' => Self::Ascii,
            b'0' => Self::Graphics,
            b'A' => Self::British,
            b'4' => Self::Dutch,
            b'C' | b'5' => Self::Finnish,
            b'R' => Self::French,
            b'Q' => Self::FrenchCanadian,
            b'K' => Self::German,
            b'Y' => Self::Italian,
            b'E' | b'6' => Self::Norwegian,
            b'Z' => Self::Spanish,
            b'H' | b'7' => Self::Swedish,
            b'=' => Self::Swiss,
            _ => return None,
        })
    }

    /// The final byte that designates the set.
    pub(crate) fn designator(self) -> u8 {
        match self {
            Self::Ascii => b'B',
            Self::Graphics => b'0',
            Self::British => b'A',
            Self::Dutch => b'4',
            Self::Finnish => b'C',
            Self::French => b'R',
            Self::FrenchCanadian => b'Q',
            Self::German => b'K',
            Self::Italian => b'Y',
            Self::Norwegian => b'E',
            Self::Spanish => b'Z',
            Self::Swedish => b'H',
            Self::Swiss => b'=',
        }
    }

    /// The characters in which the set differs from ASCII: first those of ASCII, then its own.
    fn differences(self) -> (&'static str, &'static str) {
        match self {
            Self::Ascii => ("", ""),
            Self::Graphics => (
                "`abcdefghijklmnopqrstuvwxyz{|}~",
                "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·",
            ),
            Self::British => ("#", "£"),
            // As in xterm.js; DEC has a ligature ij at `[`, of which only the first letter fits a cell there.
            Self::Dutch => ("#@[\\]{|}~", "£¾i½|¨f¼´"),
            Self::Finnish => ("[\\]^`{|}~", "ÄÖÅÜéäöåü"),
            Self::French => ("#@[\\]{|}~", "£à°ç§éùè¨"),
            Self::FrenchCanadian => ("@[\\]^`{|}~", "àâçêîôéùèû"),
            Self::German => ("@[\\]{|}~", "§ÄÖÜäöüß"),
            Self::Italian => ("#@[\\]`{|}~", "£§°çéùàòèì"),
            Self::Norwegian => ("@[\\]^`{|}~", "ÄÆØÅÜäæøåü"),
            Self::Spanish => ("#@[\\]{|}", "£§¡Ñ¿°ñç"),
            Self::Swedish => ("@[\\]^`{|}~", "ÉÄÖÅÜéäöåü"),
            Self::Swiss => ("#@[\\]^_`{|}~", "ùàéçêîèôäöüû"),
        }
    }

    /// What a character of ASCII becomes.
    pub(crate) fn translated(self, c: char) -> char {
        if self == Self::Ascii || !c.is_ascii() {
            return c;
        }
        let (ascii, own) = self.differences();
        let at = ascii.chars().position(|other| other == c);
        at.and_then(|at| own.chars().nth(at)).unwrap_or(c)
    }

    /// A character that becomes this one.
    pub(crate) fn source(self, c: char) -> Option<char> {
        let (ascii, own) = self.differences();
        let at = own.chars().position(|other| other == c);
        at.and_then(|at| ascii.chars().nth(at))
            .or_else(|| (self.translated(c) == c).then_some(c))
    }
}

/// The four designated sets and which of them is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Charsets {
    pub(crate) sets: [Charset; 4],
    /// The set that locking shifts (`SI`, `SO`, `LS2`, `LS3`) chose.
    pub(crate) shift: u8,
    /// The set that a single shift (`SS2`, `SS3`) chose for the next character.
    pub(crate) single: Option<u8>,
}

impl Charsets {
    fn set(&self, number: u8) -> Charset {
        self.sets
            .get(usize::from(number))
            .copied()
            .unwrap_or_default()
    }

    /// The set of the next character.
    pub(crate) fn next(&self) -> Charset {
        self.set(self.single.unwrap_or(self.shift))
    }

    /// The set of characters as long as there is no single shift.
    pub(crate) fn locked(&self) -> Charset {
        self.set(self.shift)
    }

    pub(crate) fn designate(&mut self, number: usize, set: Charset) {
        if let Some(slot) = self.sets.get_mut(number) {
            *slot = set;
        }
    }

    /// Characters go through unchanged.
    pub(crate) fn is_plain(&self) -> bool {
        self.single.is_none() && self.locked() == Charset::Ascii
    }

    /// The bytes of the locking shift.
    pub(crate) fn shift_sequence(&self) -> &'static [u8] {
        match self.shift {
            0 => b"\x0f",
            1 => b"\x0e",
            2 => b"\x1bn",
            _ => b"\x1bo",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_complete_and_reversible() {
        for by in 0..=255 {
            let Some(set) = Charset::designated(by) else {
                continue;
            };
            assert_eq!(
                Charset::designated(set.designator()),
                Some(set),
                "{set:?} has its own designator"
            );
            let (ascii, own) = set.differences();
            assert_eq!(
                ascii.chars().count(),
                own.chars().count(),
                "{set:?} names a character for each"
            );
            for c in ascii.chars() {
                let shown = set.translated(c);
                let back = set.source(shown).map(|source| set.translated(source));
                assert_eq!(back, Some(shown), "{set:?} can print {shown} again");
            }
        }
        assert_eq!(
            Charset::Graphics.translated('q'),
            '─',
            "lines are drawn with q"
        );
        assert_eq!(Charset::Ascii.translated('q'), 'q', "ASCII changes nothing");
        assert_eq!(
            Charset::Dutch.source(']'),
            None,
            "there is no ] in the Dutch set"
        );
    }
}

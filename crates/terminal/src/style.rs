//! How cells look, in 32 bits.
//!
//! Most programs use the 256 indexed colours, no coloured underlines and no links: such a look *is* its
//! number ([`StyleId`]), and changing the pen costs no table. Everything else is interned.

use std::sync::Arc;

use mainstay_protocol::{Attrs, Color, Style, Underline};

use crate::intern::Interner;

/// A colour in 32 bits: 0 is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Ink(u32);

const INDEXED: u32 = 1 << 24;
const RGB: u32 = 2 << 24;

impl Ink {
    pub(crate) const DEFAULT: Self = Self(0);

    pub(crate) const fn indexed(index: u8) -> Self {
        Self(INDEXED | index as u32)
    }

    pub(crate) const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self(RGB | u32::from_be_bytes([0, r, g, b]))
    }

    pub(crate) fn color(self) -> Color {
        let [kind, r, g, b] = self.0.to_be_bytes();
        match kind {
            0 => Color::Default,
            1 => Color::Indexed(b),
            _ => Color::Rgb(r, g, b),
        }
    }

    fn nine_bits(self) -> u32 {
        if self.0 == 0 { 0 } else { (self.0 & 0xFF) + 1 }
    }

    fn from_nine_bits(bits: u32) -> Self {
        if bits == 0 {
            Self::DEFAULT
        } else {
            Self(INDEXED | (bits - 1))
        }
    }
}

/// Everything about a cell besides its character. As the pen: what the next character gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Look {
    pub(crate) fg: Ink,
    pub(crate) bg: Ink,
    /// Colour of the underline.
    pub(crate) line: Ink,
    /// Number of the link, from 1; 0 is none.
    pub(crate) link: u32,
    /// [`Attrs`].
    pub(crate) attrs: u16,
    /// [`Underline`] as the parameter of `SGR 4`.
    pub(crate) underline: u8,
}

impl Look {
    /// What erased cells get: only the background stays (`bce` in terminfo).
    pub(crate) fn erased(self) -> Self {
        Self {
            bg: self.bg,
            ..Self::default()
        }
    }

    pub(crate) fn unlinked(self) -> Self {
        Self { link: 0, ..self }
    }

    pub(crate) fn has(self, attr: Attrs) -> bool {
        self.attrs & attr.bits() != 0
    }

    pub(crate) fn set(&mut self, attr: Attrs, on: bool) {
        if on {
            self.attrs |= attr.bits();
        } else {
            self.attrs &= !attr.bits();
        }
    }

    pub(crate) fn style(self) -> Style {
        Style {
            fg: self.fg.color(),
            bg: self.bg.color(),
            underline_color: self.line.color(),
            underline: match self.underline {
                0 => Underline::None,
                1 => Underline::Single,
                2 => Underline::Double,
                3 => Underline::Curly,
                4 => Underline::Dotted,
                _ => Underline::Dashed,
            },
            attrs: Attrs::from_bits_truncate(self.attrs),
        }
    }
}

/// A look as the number that a cell holds. The first 30 bits are the look itself unless the highest is set:
/// then the rest is the number of an entry in [`Styles`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct StyleId(u32);

const TABLE: u32 = 1 << 31;
const BG: u32 = 9;
const UNDERLINE: u32 = 18;
const ATTRS: u32 = 21;

impl StyleId {
    /// The default look.
    pub(crate) const DEFAULT: Self = Self(0);

    fn direct(look: &Look) -> Option<Self> {
        if look.link != 0 || look.line.0 != 0 || look.fg.0 >= RGB || look.bg.0 >= RGB {
            return None;
        }
        Some(Self(
            look.fg.nine_bits()
                | look.bg.nine_bits() << BG
                | u32::from(look.underline) << UNDERLINE
                | u32::from(look.attrs) << ATTRS,
        ))
    }

    /// The entry in the table, if it is one.
    pub(crate) fn entry(self) -> Option<u32> {
        (self.0 & TABLE != 0).then_some(self.0 & !TABLE)
    }
}

/// The looks that are no numbers themselves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Styles(pub(crate) Interner<Look>);

impl Styles {
    pub(crate) fn id(&mut self, look: &Look) -> StyleId {
        StyleId::direct(look).unwrap_or_else(|| {
            let known = self.0.find(look);
            StyleId(TABLE | known.unwrap_or_else(|| self.0.insert(*look)))
        })
    }

    pub(crate) fn look(&self, id: StyleId) -> Look {
        if let Some(entry) = id.entry() {
            return self.0.get(entry).copied().unwrap_or_default();
        }
        let field = |shift: u32, bits: u32| id.0 >> shift & ((1 << bits) - 1);
        Look {
            fg: Ink::from_nine_bits(field(0, 9)),
            bg: Ink::from_nine_bits(field(BG, 9)),
            underline: u8::try_from(field(UNDERLINE, 3)).unwrap_or(0),
            attrs: u16::try_from(field(ATTRS, 9)).unwrap_or(0),
            ..Look::default()
        }
    }

    pub(crate) fn is_protected(&self, id: StyleId) -> bool {
        match id.entry() {
            None => id.0 & u32::from(Attrs::PROTECTED.bits()) << ATTRS != 0,
            Some(_) => self.look(id).has(Attrs::PROTECTED),
        }
    }
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Link {
    /// What makes separate stretches of text one link (`OSC 8 ; id=…`); may be empty.
    pub(crate) id: Box<str>,
    pub(crate) uri: Arc<str>,
}

impl Link {
    pub(crate) fn bytes(&self) -> usize {
        self.id.len() + self.uri.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_survives_its_number() {
        let mut styles = Styles::default();
        let inks = [
            Ink::DEFAULT,
            Ink::indexed(0),
            Ink::indexed(255),
            Ink::rgb(0, 0, 0),
            Ink::rgb(255, 254, 1),
        ];
        for fg in inks {
            for bg in inks {
                for line in [Ink::DEFAULT, Ink::indexed(3)] {
                    for attrs in [0, 1, Attrs::all().bits()] {
                        for underline in 0..=5 {
                            let look = Look {
                                fg,
                                bg,
                                line,
                                attrs,
                                underline,
                                link: 0,
                            };
                            let id = styles.id(&look);
                            assert_eq!(
                                styles.look(id),
                                look,
                                "{id:?} stands for what it was made of"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn indexed_colours_need_no_table() {
        let mut styles = Styles::default();
        styles.id(&Look {
            fg: Ink::indexed(200),
            bg: Ink::indexed(7),
            underline: 3,
            ..Look::default()
        });
        assert_eq!(styles.0.len(), 0, "the common looks are their own numbers");
        assert_eq!(
            styles.id(&Look::default()),
            StyleId::DEFAULT,
            "the default look is 0"
        );
    }
}

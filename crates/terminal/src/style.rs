//! How cells look, in 32 bits.
//!
//! Most programs use the 256 indexed colours, no coloured underlines and no links: such a look *is* its
//! number ([`StyleId`]), and changing the pen costs no table. Everything else is interned.

use std::sync::Arc;

use mainstay_protocol::{Attrs, Color, Style, Underline};

use crate::intern::Marks;

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
        // All of them at once: which it is cannot be foretold.
        let named = if kind == 0 {
            Color::Default
        } else {
            Color::Indexed(b)
        };
        if kind > 1 { Color::Rgb(r, g, b) } else { named }
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
#[derive(Debug, Clone, Copy, Eq, Default)]
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

impl PartialEq for Look {
    /// In one go: in which part two looks differ cannot be foretold.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let ([a, b, c], [x, y, z]) = (self.words(), other.words());
        (a ^ x) | (b ^ y) | (c ^ z) == 0
    }
}

impl Look {
    /// What erased cells get: only the background stays (`bce` in terminfo).
    pub(crate) fn erased(self) -> Self {
        Self {
            bg: self.bg,
            ..Self::default()
        }
    }

    /// All of it in as few numbers as it fits into.
    fn words(&self) -> [u64; 3] {
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        [
            pair(self.fg.0, self.bg.0),
            pair(self.line.0, self.link),
            pair(self.attrs.into(), self.underline.into()),
        ]
    }

    /// Where its number is remembered: the upper bits of a product depend on all bits of its factors.
    fn slot(&self) -> usize {
        let [colors, line, rest] = self.words();
        let mixed = colors ^ colors.rotate_left(13) ^ line.rotate_left(7) ^ rest.rotate_left(21);
        let slot = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - RECENT.ilog2());
        usize::try_from(slot).unwrap_or(0)
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

/// Below this many looks nothing is collected.
const SMALL: usize = 8192;
/// Looks whose numbers are remembered; a power of two.
const RECENT: usize = 1024;
/// No number.
const NONE: u32 = u32::MAX;

/// The looks that are no numbers themselves.
///
/// With direct colours nearly every change of the pen is a new look. So only those used last are looked for:
/// one that comes again after many others gets another number, until the owner drops what is not used any
/// more ([`Styles::retain`]). Equal numbers are equal looks; different numbers may be.
#[derive(Debug, Clone)]
pub(crate) struct Styles {
    looks: Vec<Look>,
    free: Vec<u32>,
    /// The number of the last look with each hash.
    recent: Vec<u32>,
    limit: usize,
}

impl Default for Styles {
    fn default() -> Self {
        Self {
            looks: Vec::new(),
            free: Vec::new(),
            recent: vec![NONE; RECENT],
            limit: SMALL,
        }
    }
}

impl Styles {
    #[inline]
    pub(crate) fn id(&mut self, look: &Look) -> StyleId {
        StyleId::direct(look).unwrap_or_else(|| StyleId(TABLE | self.number(look)))
    }

    fn number(&mut self, look: &Look) -> u32 {
        let slot = look.slot();
        let recent = self.recent.get(slot).copied().unwrap_or(NONE);
        if self.looks.get(recent as usize) == Some(look) {
            return recent;
        }
        let number = self.free.pop().unwrap_or_else(|| {
            self.looks.push(*look);
            u32::try_from(self.looks.len() - 1).unwrap_or(NONE)
        });
        if let Some(entry) = self.looks.get_mut(number as usize) {
            *entry = *look;
        }
        if let Some(recent) = self.recent.get_mut(slot) {
            *recent = number;
        }
        number
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.looks.len() - self.free.len()
    }

    /// Whether it is time to collect before the next look comes in.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= self.limit
    }

    /// Empty marks, large enough for all numbers.
    pub(crate) fn marks(&self) -> Marks {
        Marks::new(self.looks.len())
    }

    /// Drops what is not marked; the numbers of the others stay.
    pub(crate) fn retain(&mut self, live: &Marks) {
        self.free.clear();
        for (number, look) in (0u32..).zip(&mut self.looks) {
            if !live.has(number) {
                *look = Look::default();
                self.free.push(number);
            }
        }
        while self
            .free
            .pop_if(|last| *last as usize + 1 == self.looks.len())
            .is_some()
        {
            self.looks.pop();
        }
        self.recent.fill(NONE);
        self.limit = SMALL.max(self.len() * 2);
        if self.looks.capacity() > self.limit * 2 {
            self.looks.shrink_to(self.limit);
            self.free.shrink_to(self.limit);
        }
    }

    /// The links that looks have.
    pub(crate) fn links(&self) -> impl Iterator<Item = u32> {
        self.looks.iter().map(|look| look.link)
    }

    /// Whether two numbers are the same look.
    pub(crate) fn are_same(&self, one: StyleId, other: StyleId) -> bool {
        one == other || self.look(one) == self.look(other)
    }

    pub(crate) fn look(&self, id: StyleId) -> Look {
        if let Some(entry) = id.entry() {
            return self.looks.get(entry as usize).copied().unwrap_or_default();
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
    fn numbers_of_unused_looks_are_used_again() {
        let mut styles = Styles::default();
        let look = |n: u8| Look {
            fg: Ink::rgb(n, 0, 0),
            ..Look::default()
        };
        let ids = [0, 1, 2, 3].map(|n| styles.id(&look(n)));
        assert_eq!(
            styles.id(&look(2)),
            ids[2],
            "a look used a short while ago has its number"
        );
        let mut live = styles.marks();
        for id in [ids[0], ids[2]] {
            live.add(id.entry().expect("direct colours are in the table"));
        }
        styles.retain(&live);
        assert_eq!(styles.len(), 2, "the others are gone");
        assert_eq!(styles.look(ids[2]), look(2), "what is marked stays");
        assert_eq!(styles.id(&look(9)), ids[1], "the gap is filled");
        let again = styles.id(&look(2));
        assert!(
            styles.are_same(again, ids[2]),
            "a look may have two numbers"
        );
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
        assert_eq!(styles.len(), 0, "the common looks are their own numbers");
        assert_eq!(
            styles.id(&Look::default()),
            StyleId::DEFAULT,
            "the default look is 0"
        );
    }
}

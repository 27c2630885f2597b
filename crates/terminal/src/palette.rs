//! Colours that the program set in place of the theme's (`OSC 4`, `10`, `11`, `12`).

use crate::options::{Rgb, Theme};

/// The colours besides the indexed ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    Foreground,
    Background,
    Cursor,
}

impl Special {
    pub(crate) const ALL: [Self; 3] = [Self::Foreground, Self::Background, Self::Cursor];

    /// The number of the `OSC` that sets it; 100 more resets it.
    pub(crate) fn osc(self) -> usize {
        10 + self as usize
    }
}

/// What the program set; the rest is the theme's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Palette {
    indexed: Option<Box<[Option<Rgb>; 256]>>,
    special: [Option<Rgb>; 3],
}

impl Palette {
    pub(crate) fn set_indexed(&mut self, index: u8, color: Option<Rgb>) {
        if color.is_none() && self.indexed.is_none() {
            return;
        }
        let table = self.indexed.get_or_insert_with(|| Box::new([None; 256]));
        if let Some(slot) = table.get_mut(usize::from(index)) {
            *slot = color;
        }
        if table.iter().all(Option::is_none) {
            self.indexed = None;
        }
    }

    pub(crate) fn reset_indexed(&mut self) {
        self.indexed = None;
    }

    pub(crate) fn set_special(&mut self, which: Special, color: Option<Rgb>) {
        if let Some(slot) = self.special.get_mut(which as usize) {
            *slot = color;
        }
    }

    /// The indexed colours that are set.
    pub(crate) fn indexed(&self) -> impl Iterator<Item = (usize, Rgb)> {
        let colors = self
            .indexed
            .iter()
            .flat_map(|table| table.iter().enumerate());
        colors.filter_map(|(index, color)| Some((index, (*color)?)))
    }

    /// The other colours that are set.
    pub(crate) fn special(&self) -> impl Iterator<Item = (Special, Rgb)> {
        let colors = Special::ALL.into_iter().zip(self.special);
        colors.filter_map(|(which, color)| Some((which, color?)))
    }

    /// The colour as a query is answered.
    pub(crate) fn shown_indexed(&self, index: u8, theme: &Theme) -> Rgb {
        let own = self
            .indexed
            .as_ref()
            .and_then(|table| *table.get(usize::from(index))?);
        own.unwrap_or_else(|| theme_color(index, theme))
    }

    /// The colour as a query is answered.
    pub(crate) fn shown_special(&self, which: Special, theme: &Theme) -> Rgb {
        let own = self.special.get(which as usize).copied().flatten();
        own.unwrap_or(match which {
            Special::Foreground => theme.foreground,
            Special::Background => theme.background,
            Special::Cursor => theme.cursor,
        })
    }
}

/// The 256 colours: the theme's sixteen, a cube of 216, 24 greys.
fn theme_color(index: u8, theme: &Theme) -> Rgb {
    if let Some(color) = theme.ansi.get(usize::from(index)) {
        return *color;
    }
    if index >= 232 {
        let grey = 8 + (index - 232) * 10;
        return (grey, grey, grey);
    }
    let cube = index - 16;
    let level = |value: u8| if value == 0 { 0 } else { 55 + 40 * value };
    (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
}

/// A colour as programs name it (`XParseColor`): `rgb:r/g/b` with one to four digits each, or `#` and three
/// times one to four digits. Names of colours are not known.
pub(crate) fn parsed(text: &str) -> Option<Rgb> {
    if let Some(hex) = text.strip_prefix('#') {
        let each = hex.len() / 3;
        if hex.len() % 3 != 0 || !(1..=4).contains(&each) {
            return None;
        }
        let channel = |n: usize| {
            let value = number(hex.get(n * each..(n + 1) * each)?)?;
            // These have the highest bits first, and none are made up.
            u8::try_from(if each == 1 {
                value << 4
            } else {
                value >> (4 * each - 8)
            })
            .ok()
        };
        return Some((channel(0)?, channel(1)?, channel(2)?));
    }
    let scheme = text
        .get(..4)
        .filter(|scheme| scheme.eq_ignore_ascii_case("rgb:"))?;
    let mut channels = text.get(scheme.len()..)?.split('/').map(|digits| {
        let largest = (1u32 << (4 * digits.len().min(4))) - 1;
        // Scaled and rounded to eight bits.
        let value = number(digits)? * 255;
        u8::try_from((2 * value + largest) / (2 * largest)).ok()
    });
    let color = (channels.next()??, channels.next()??, channels.next()??);
    channels.next().is_none().then_some(color)
}

fn number(digits: &str) -> Option<u32> {
    let is_hex =
        !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex
        .then(|| u32::from_str_radix(digits, 16).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read() {
        for (text, color) in [
            ("rgb:ff/80/00", Some((255, 128, 0))),
            ("RGB:f/8/0", Some((255, 136, 0))),
            ("rgb:ffff/8080/0000", Some((255, 128, 0))),
            ("#f80", Some((0xF0, 0x80, 0))),
            ("#ff8000", Some((255, 128, 0))),
            ("#ffff80800000", Some((255, 128, 0))),
            ("rgb:ff/80", None),
            ("rgb:ff/80/00/00", None),
            ("rgb:fffff/0/0", None),
            ("#ff80", None),
            ("red", None),
            ("", None),
            ("#éé", None),
            ("rgb://", None),
        ] {
            assert_eq!(parsed(text), color, "{text}");
        }
    }

    #[test]
    fn the_cube_and_the_greys_are_xterms() {
        let theme = Theme::default();
        assert_eq!(
            theme_color(16, &theme),
            (0, 0, 0),
            "the cube begins with black"
        );
        assert_eq!(
            theme_color(231, &theme),
            (255, 255, 255),
            "and ends with white"
        );
        assert_eq!(theme_color(196, &theme), (255, 0, 0), "red");
        assert_eq!(theme_color(232, &theme), (8, 8, 8), "the darkest grey");
        assert_eq!(theme_color(255, &theme), (238, 238, 238), "the lightest");
    }
}

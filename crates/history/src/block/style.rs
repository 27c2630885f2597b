//! Styles of a block's lines; a line without runs takes no room.
//!
//! For each line with runs, in order: the index of the line as the difference to the one before (the first
//! counts from -1, so that 0 never occurs), the number of runs, and per run the start as the difference to
//! the run before, a style and a link. Style and link are 0 for none, else the number in a table that
//! grows as the block is read: the number after the last means that a new entry follows in place.
//! All numbers are LEB128.
//!
//! A style is one byte `ffbbuu__` with the kinds of its three colours (0 default, 1 indexed, 2 direct), one
//! byte underline, the attributes as a number, and the bytes of the colours. A link is its length and UTF-8.

use std::sync::Arc;

use mainstay_protocol::{Attrs, Color, Style, StyleRun, Underline};

use super::MAX_LINE_STYLES;
use crate::bytes::{Take, put_varint};

/// Styles that are found again; others are written again, which costs a few bytes and no correctness.
const REMEMBERED: usize = 64;
/// Longest link that is taken back from a file.
const MAX_LINK: usize = 16 * 1024;

/// Writes the styles of one block.
#[derive(Debug)]
pub(crate) struct StyleEncoder {
    pub(crate) bytes: Vec<u8>,
    line: u32,
    styles: u32,
    remembered: Box<[Option<(Style, u32)>; REMEMBERED]>,
    links: Vec<Arc<str>>,
}

impl Default for StyleEncoder {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            line: u32::MAX,
            styles: 0,
            remembered: Box::new([None; REMEMBERED]),
            links: Vec::new(),
        }
    }
}

impl StyleEncoder {
    /// Starts the next block.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.line = u32::MAX;
        if self.styles > 0 {
            self.remembered.fill(None);
        }
        self.styles = 0;
        self.links.clear();
    }

    /// Adds a line's runs; `line` is its index in the block.
    pub(crate) fn push(&mut self, line: u32, runs: &[StyleRun]) {
        put_varint(&mut self.bytes, line.wrapping_sub(self.line));
        self.line = line;
        put_varint(
            &mut self.bytes,
            u32::try_from(runs.len()).unwrap_or(u32::MAX),
        );
        let limit = self.bytes.len() + MAX_LINE_STYLES;
        let mut before = 0;
        for run in runs {
            put_varint(&mut self.bytes, run.start.wrapping_sub(before));
            before = run.start;
            // The count is written already: what is too much becomes plain.
            if self.bytes.len() < limit {
                self.style(&run.style);
                self.link(run.link.as_ref());
            } else {
                self.bytes.extend([0, 0]);
            }
        }
    }

    fn style(&mut self, style: &Style) {
        if *style == Style::default() {
            return self.bytes.push(0);
        }
        let place = self.remembered.get_mut(hash(style) % REMEMBERED);
        match place {
            Some(Some((known, number))) if known == style => put_varint(&mut self.bytes, *number),
            place => {
                self.styles += 1;
                put_varint(&mut self.bytes, self.styles);
                if let Some(place) = place {
                    *place = Some((*style, self.styles));
                }
                put_style(&mut self.bytes, style);
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a block has fewer than 2^32 links"
    )]
    fn link(&mut self, link: Option<&Arc<str>>) {
        let Some(link) = link else {
            return self.bytes.push(0);
        };
        let same = |known: &Arc<str>| Arc::ptr_eq(known, link) || known == link;
        if let Some(back) = self.links.iter().rev().take(REMEMBERED).position(same) {
            return put_varint(&mut self.bytes, (self.links.len() - back) as u32);
        }
        self.links.push(Arc::clone(link));
        put_varint(&mut self.bytes, self.links.len() as u32);
        put_varint(
            &mut self.bytes,
            u32::try_from(link.len()).unwrap_or(u32::MAX),
        );
        self.bytes.extend_from_slice(link.as_bytes());
    }
}

/// Spreads styles over the remembered ones.
fn hash(style: &Style) -> usize {
    let color = |color: Color| match color {
        Color::Default => 0u32,
        Color::Indexed(index) => 0x100 | u32::from(index),
        Color::Rgb(r, g, b) => 0x0100_0000 | u32::from_be_bytes([0, r, g, b]),
    };
    let mut hash = color(style.fg);
    for part in [
        color(style.bg),
        color(style.underline_color),
        u32::from(style.attrs.bits()),
    ] {
        hash = (hash.rotate_left(5) ^ part).wrapping_mul(0x9e37_79b1);
    }
    hash = (hash.rotate_left(5) ^ style.underline as u32).wrapping_mul(0x9e37_79b1);
    (hash >> 16) as usize
}

fn put_style(out: &mut Vec<u8>, style: &Style) {
    let colors = [style.fg, style.bg, style.underline_color];
    let kinds = colors.iter().fold(0u8, |kinds, color| {
        kinds << 2
            | match color {
                Color::Default => 0,
                Color::Indexed(_) => 1,
                Color::Rgb(..) => 2,
            }
    });
    out.push(kinds << 2);
    out.push(match style.underline {
        Underline::None => 0,
        Underline::Single => 1,
        Underline::Double => 2,
        Underline::Curly => 3,
        Underline::Dotted => 4,
        Underline::Dashed => 5,
    });
    put_varint(out, u32::from(style.attrs.bits()));
    for color in colors {
        match color {
            Color::Default => {}
            Color::Indexed(index) => out.push(index),
            Color::Rgb(r, g, b) => out.extend([r, g, b]),
        }
    }
}

fn take_style(take: &mut Take<'_>) -> Option<Style> {
    let kinds = take.u8()?;
    let underline = match take.u8()? {
        1 => Underline::Single,
        2 => Underline::Double,
        3 => Underline::Curly,
        4 => Underline::Dotted,
        5 => Underline::Dashed,
        _ => Underline::None,
    };
    let attrs = Attrs::from_bits_truncate(u16::try_from(take.varint()?).ok()?);
    let mut color = |shift: u32| {
        Some(match kinds >> shift & 3 {
            1 => Color::Indexed(take.u8()?),
            2 => Color::Rgb(take.u8()?, take.u8()?, take.u8()?),
            _ => Color::Default,
        })
    };
    Some(Style {
        fg: color(6)?,
        bg: color(4)?,
        underline_color: color(2)?,
        underline,
        attrs,
    })
}

/// Reads the styles of one block, line by line.
#[derive(Debug)]
pub(crate) struct StyleDecoder<'a> {
    take: Take<'a>,
    next: Option<u32>,
    styles: Vec<Style>,
    links: Vec<Arc<str>>,
}

impl<'a> StyleDecoder<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self {
            take: Take::new(bytes),
            next: None,
            styles: Vec::new(),
            links: Vec::new(),
        };
        decoder.advance(u32::MAX);
        decoder
    }

    fn advance(&mut self, line: u32) {
        self.next = self
            .take
            .varint()
            .map(|difference| line.wrapping_add(difference));
    }

    /// The runs of the line with this index, which must not go back. False if the styles make no sense; the
    /// runs up to there are in `runs`.
    pub(crate) fn runs(&mut self, line: u32, text: &str, runs: &mut Vec<StyleRun>) -> bool {
        runs.clear();
        while let Some(next) = self.next
            && next <= line
        {
            runs.clear();
            if self.line(text, next == line, runs).is_none() {
                self.next = None;
                return false;
            }
            self.advance(next);
        }
        true
    }

    fn line(&mut self, text: &str, wanted: bool, runs: &mut Vec<StyleRun>) -> Option<()> {
        let count = self.take.varint()?;
        let mut start = 0u32;
        for _ in 0..count {
            start = start.checked_add(self.take.varint()?)?;
            let style = self.style()?;
            let link = self.link()?;
            let after = runs.last().is_none_or(|last| last.start < start);
            let within = (start as usize) < text.len() && text.is_char_boundary(start as usize);
            if wanted && after && within {
                runs.push(StyleRun { start, style, link });
            }
        }
        Some(())
    }

    fn style(&mut self) -> Option<Style> {
        let number = self.take.varint()? as usize;
        if number == 0 {
            return Some(Style::default());
        }
        if number == self.styles.len() + 1 {
            self.styles.push(take_style(&mut self.take)?);
        }
        self.styles.get(number - 1).copied()
    }

    fn link(&mut self) -> Option<Option<Arc<str>>> {
        let number = self.take.varint()? as usize;
        if number == 0 {
            return Some(None);
        }
        if number == self.links.len() + 1 {
            let len = self.take.varint()? as usize;
            if len > MAX_LINK {
                return None;
            }
            let link = std::str::from_utf8(self.take.bytes(len)?).ok()?;
            self.links.push(Arc::from(link));
        }
        self.links.get(number - 1).cloned().map(Some)
    }
}

//! `SGR` in as few bytes as say it. With a viewer every change of the pen comes through here.
#![expect(
    clippy::indexing_slicing,
    reason = "every byte is in the table; in constants the compiler checks"
)]

use mainstay_protocol::{Attrs, Color};

use crate::style::{Ink, Look};

const ATTRS: [(Attrs, u8); 8] = [
    (Attrs::BOLD, 1),
    (Attrs::DIM, 2),
    (Attrs::ITALIC, 3),
    (Attrs::BLINK, 5),
    (Attrs::INVERSE, 7),
    (Attrs::HIDDEN, 8),
    (Attrs::STRIKE, 9),
    (Attrs::OVERLINE, 53),
];

/// More than the longest sequence: a reset, all attributes, a kind of underline and three direct colours are 77.
const LONGEST: usize = 96;

/// Each number in decimal, with zeros after it.
static DECIMALS: [[u8; 3]; 256] = {
    let mut decimals = [[0; 3]; 256];
    let mut n = u8::MAX;
    while n > 0 {
        let (hundreds, tens, ones) = (b'0' + n / 100, b'0' + n / 10 % 10, b'0' + n % 10);
        decimals[n as usize] = match n {
            0..10 => [ones, 0, 0],
            10..100 => [tens, ones, 0],
            100.. => [hundreds, tens, ones],
        };
        n -= 1;
    }
    decimals[0] = *b"0\0\0";
    decimals
};

/// Appends one `SGR` that adds what `to` has and `from` has not; after a reset if asked for.
pub(super) fn add(from: &Look, to: &Look, reset: bool, out: &mut Vec<u8>) {
    let mut sequence = Sequence::new(out);
    if reset {
        sequence.number(0, b';');
    }
    let gained = to.attrs & !from.attrs;
    if gained != 0 {
        for (attr, code) in ATTRS {
            if gained & attr.bits() != 0 {
                sequence.number(code, b';');
            }
        }
    }
    if to.underline != from.underline && to.underline != 0 {
        sequence.underline(to.underline);
    }
    if to.fg != from.fg {
        sequence.color(to.fg, 30, 90);
    }
    if to.bg != from.bg {
        sequence.color(to.bg, 40, 100);
    }
    if to.line != from.line {
        sequence.underline_color(to.line);
    }
    sequence.end();
}

/// A sequence in the making: numbers, each with what separates it from the next. It is written where it stays:
/// from anywhere else it would have to be read again at once.
struct Sequence<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    len: usize,
}

impl<'a> Sequence<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        out.extend_from_slice(&[0; LONGEST]);
        let mut sequence = Self {
            out,
            start,
            len: start,
        };
        sequence.put(*b"\x1b[", 2);
        sequence
    }

    /// Writes some bytes, of which the first ones count.
    #[inline]
    fn put<const N: usize>(&mut self, bytes: [u8; N], count: usize) {
        let rest = self.out.get_mut(self.len..);
        if let Some(to) = rest.and_then(<[u8]>::first_chunk_mut) {
            *to = bytes;
            self.len += count;
        }
    }

    #[inline]
    fn number(&mut self, n: u8, then: u8) {
        let [first, second, third] = DECIMALS[usize::from(n)];
        let digits = 1 + usize::from(n >= 10) + usize::from(n >= 100);
        self.put([first, second, third], digits);
        self.put([then], 1);
    }

    fn numbers<const N: usize>(&mut self, numbers: [u8; N]) {
        for n in numbers {
            self.number(n, b';');
        }
    }

    fn underline(&mut self, style: u8) {
        match style {
            1 => self.number(4, b';'),
            2 => self.number(21, b';'),
            _ => {
                self.number(4, b':');
                self.number(style, b';');
            }
        }
    }

    /// A colour, given where the first eight and the next eight have their codes.
    fn color(&mut self, ink: Ink, normal: u8, bright: u8) {
        match ink.color() {
            Color::Default => self.number(normal + 9, b';'),
            Color::Indexed(index @ 0..8) => self.number(normal + index, b';'),
            Color::Indexed(index @ 8..16) => self.number(bright + index - 8, b';'),
            Color::Indexed(index) => self.numbers([normal + 8, 5, index]),
            Color::Rgb(r, g, b) => self.numbers([normal + 8, 2, r, g, b]),
        }
    }

    fn underline_color(&mut self, ink: Ink) {
        match ink.color() {
            // Never reached by a change: xterm.js makes white of it, so the way back is a reset.
            Color::Default => self.number(59, b';'),
            Color::Indexed(index) => {
                self.number(58, b':');
                self.number(5, b':');
                self.number(index, b';');
            }
            Color::Rgb(r, g, b) => {
                self.number(58, b':');
                self.number(2, b':');
                // No colour space is named.
                self.put([b':'], 1);
                self.number(r, b':');
                self.number(g, b':');
                self.number(b, b';');
            }
        }
    }

    /// The last separator is the end.
    fn end(mut self) {
        let written = self.out.get(self.start..self.len).unwrap_or_default();
        self.len -= if written == b"\x1b[0;" { 2 } else { 1 };
        self.put([b'm'], 1);
        self.out.truncate(self.len);
    }
}

//! How the next characters look: `SGR` and `DECSCA`.

use mainstay_protocol::Attrs;

use crate::paint;
use crate::style::{Ink, Look};
use crate::terminal::Terminal;

impl Terminal {
    /// `SGR`.
    pub(super) fn select_graphics(&mut self) {
        let mut look = self.pen;
        let mut index = 0;
        while index < self.parser.params.len() {
            index += self.select(&mut look, index);
        }
        self.set_pen(look);
    }

    /// Gives the pen a look, viewers' too.
    pub(super) fn set_pen(&mut self, look: Look) {
        if look == self.pen {
            return;
        }
        let before = std::mem::replace(&mut self.pen, look);
        self.pen_ids = None;
        if self.view.is_on() {
            self.view_pen(&before);
        }
    }

    /// Tells viewers the pen. A function of its own, for without a viewer the look need not be in memory but in
    /// the pen.
    #[inline(never)]
    fn view_pen(&mut self, before: &Look) {
        let (pen, links) = (&self.pen, &self.links);
        self.view
            .control(|out| paint::change(before, pen, links, out));
    }

    /// Applies one parameter, or a colour of several; gives how many parameters that took.
    fn select(&self, look: &mut Look, index: usize) -> usize {
        let params = &self.parser.params;
        let code = params.get(index);
        match code {
            0 => {
                // Neither a link nor protection is a matter of `SGR`.
                let kept = look.attrs & Attrs::PROTECTED.bits();
                *look = Look {
                    link: look.link,
                    attrs: kept,
                    ..Look::default()
                };
            }
            1 => look.set(Attrs::BOLD, true),
            2 => look.set(Attrs::DIM, true),
            3 => look.set(Attrs::ITALIC, true),
            4 => {
                look.underline = match params.subs(index).first() {
                    Some(Some(style @ 0..=5)) => u8::try_from(*style).unwrap_or(1),
                    _ => 1,
                }
            }
            5 | 6 => look.set(Attrs::BLINK, true),
            7 => look.set(Attrs::INVERSE, true),
            8 => look.set(Attrs::HIDDEN, true),
            9 => look.set(Attrs::STRIKE, true),
            21 => look.underline = 2,
            22 => look.set(Attrs::BOLD | Attrs::DIM, false),
            23 => look.set(Attrs::ITALIC, false),
            24 => look.underline = 0,
            25 => look.set(Attrs::BLINK, false),
            27 => look.set(Attrs::INVERSE, false),
            28 => look.set(Attrs::HIDDEN, false),
            29 => look.set(Attrs::STRIKE, false),
            53 => look.set(Attrs::OVERLINE, true),
            55 => look.set(Attrs::OVERLINE, false),
            30..=37 => look.fg = indexed(code - 30),
            39 => look.fg = Ink::DEFAULT,
            40..=47 => look.bg = indexed(code - 40),
            49 => look.bg = Ink::DEFAULT,
            59 => look.line = Ink::DEFAULT,
            90..=97 => look.fg = indexed(code - 90 + 8),
            100..=107 => look.bg = indexed(code - 100 + 8),
            38 | 48 | 58 => {
                let (ink, taken) = self.color(index);
                if let Some(ink) = ink {
                    match code {
                        38 => look.fg = ink,
                        48 => look.bg = ink,
                        _ => look.line = ink,
                    }
                }
                return taken;
            }
            _ => {}
        }
        1
    }

    /// The colour of `38`, `48` or `58`, with colons or semicolons, and how many parameters it took.
    fn color(&self, index: usize) -> (Option<Ink>, usize) {
        let params = &self.parser.params;
        let subs = params.subs(index);
        if !subs.is_empty() {
            return (colon_color(subs), 1);
        }
        let at = |offset: usize| params.get(index + offset);
        let left = params.len() - index;
        match at(1) {
            5 if left > 1 => (Some(indexed(at(2))), left.min(3)),
            2 if left > 1 => (
                Some(Ink::rgb(channel(at(2)), channel(at(3)), channel(at(4)))),
                left.min(5),
            ),
            // A kind of colour that nobody knows takes as many as the longest known.
            _ => (None, left.min(6)),
        }
    }

    /// `DECSCA`: whether the next characters are protected from selective erasing.
    pub(super) fn protect(&mut self, which: u32) {
        let mut look = self.pen;
        match which {
            1 => look.set(Attrs::PROTECTED, true),
            0 | 2 => look.set(Attrs::PROTECTED, false),
            _ => return,
        }
        self.set_pen(look);
    }
}

fn colon_color(subs: &[Option<u32>]) -> Option<Ink> {
    let at = |index: usize| channel(subs.get(index).copied().flatten().unwrap_or(0));
    match at(0) {
        5 => Some(indexed(at(1).into())),
        // With the number of a colour space, as the standard has it, or without, as many programs write it.
        2 if subs.len() >= 5 => Some(Ink::rgb(at(2), at(3), at(4))),
        2 => Some(Ink::rgb(at(1), at(2), at(3))),
        _ => None,
    }
}

fn indexed(index: u32) -> Ink {
    Ink::indexed(channel(index))
}

/// The lowest eight bits, like xterm.js.
fn channel(value: u32) -> u8 {
    let [.., low] = value.to_be_bytes();
    low
}

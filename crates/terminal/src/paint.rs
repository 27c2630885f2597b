//! Writing looks and rows as control sequences.

mod sgr;

use std::ops::Range;

use mainstay_protocol::Attrs;

use crate::bytes;
use crate::cell::{Cell, Clusters};
use crate::intern::Interner;
use crate::row::Row;
use crate::style::{Ink, Link, Look, StyleId, Styles};
use crate::width::{Props, joins, properties};

/// The sequences that change a pen from one look to another: `SGR`, `DECSCA` and `OSC 8`.
pub(crate) fn change(from: &Look, to: &Look, links: &Interner<Link>, out: &mut Vec<u8>) {
    if from == to {
        return;
    }
    if visible(from) != visible(to) {
        let lost = from.attrs & !to.attrs & !Attrs::PROTECTED.bits() != 0
            || (from.underline != 0 && to.underline == 0)
            || (from.line != to.line && to.line == Ink::DEFAULT);
        let reset = Look {
            attrs: from.attrs & Attrs::PROTECTED.bits(),
            ..Look::default()
        };
        sgr::add(if lost { &reset } else { from }, to, lost, out);
        if lost && to.has(Attrs::PROTECTED) {
            // To xterm.js `SGR 0` ends the protection too.
            out.extend_from_slice(b"\x1b[1\"q");
        }
    }
    if from.has(Attrs::PROTECTED) != to.has(Attrs::PROTECTED) {
        bytes::csi(out, usize::from(to.has(Attrs::PROTECTED)), b"\"q");
    }
    if from.link != to.link {
        open_link(to.link, links, out);
    }
}

/// The sequences that give a pen a look, whatever it had.
pub(crate) fn set(to: Look, links: &Interner<Link>, out: &mut Vec<u8>) {
    sgr::add(&Look::default(), &to, true, out);
    bytes::csi(out, usize::from(to.has(Attrs::PROTECTED)), b"\"q");
    open_link(to.link, links, out);
}

/// The sequence that begins a link, or ends it.
pub(crate) fn open_link(link: u32, links: &Interner<Link>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b]8;");
    if let Some(link) = link.checked_sub(1).and_then(|number| links.get(number)) {
        if !link.id.is_empty() {
            out.extend_from_slice(b"id=");
            out.extend_from_slice(link.id.as_bytes());
        }
        out.push(b';');
        out.extend_from_slice(link.uri.as_bytes());
    } else {
        out.push(b';');
    }
    out.extend_from_slice(b"\x1b\\");
}

/// What of a look `SGR` says.
fn visible(look: &Look) -> Look {
    Look {
        link: 0,
        attrs: look.attrs & !Attrs::PROTECTED.bits(),
        ..*look
    }
}

/// Writes cells, keeping track of the pen that the reader has by now.
#[derive(Debug)]
pub(crate) struct Painter<'a> {
    pub(crate) styles: &'a Styles,
    pub(crate) links: &'a Interner<Link>,
    pub(crate) clusters: &'a Clusters,
    pub(crate) out: &'a mut Vec<u8>,
    look: Look,
    style: StyleId,
    /// What the next character could join.
    join: Option<Props>,
    text: String,
}

impl<'a> Painter<'a> {
    /// A painter whose reader has the default pen.
    pub(crate) fn new(
        styles: &'a Styles,
        links: &'a Interner<Link>,
        clusters: &'a Clusters,
        out: &'a mut Vec<u8>,
    ) -> Self {
        Self {
            styles,
            links,
            clusters,
            out,
            look: Look::default(),
            style: StyleId::DEFAULT,
            join: None,
            text: String::new(),
        }
    }

    /// Changes the pen.
    pub(crate) fn look(&mut self, look: Look) {
        if look != self.look {
            change(&self.look, &look, self.links, self.out);
            self.look = look;
            self.style = StyleId::default();
            self.join = None;
        }
    }

    fn style(&mut self, style: StyleId) {
        if style != self.style {
            self.look(self.styles.look(style));
            self.style = style;
        } else if style == StyleId::DEFAULT {
            self.look(Look::default());
        }
    }

    /// Writes control bytes.
    pub(crate) fn control(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
        self.join = None;
    }

    /// Writes the character of a cell.
    pub(crate) fn cell(&mut self, cell: Cell) {
        self.style(cell.style);
        self.text.clear();
        self.clusters.push_text(cell, &mut self.text);
        let mut chars = self.text.chars().map(properties);
        let Some(first) = chars.next() else { return };
        if self
            .join
            .is_some_and(|before| joins(before, first).is_some())
        {
            // It is a cell of its own, so it may not join the one before: nothing joins across a control.
            self.out.push(0);
        }
        let whole = chars.fold(first, |before, next| {
            joins(before, next).map_or(next, |joined| joined.props)
        });
        self.join = Some(whole);
        self.out.extend_from_slice(self.text.as_bytes());
    }

    /// Writes a row's cells from a column up to another. Null cells are skipped unless they have a background or
    /// are said to be dirty: then they are erased. Of a wide character only half of which is asked for there is
    /// nothing.
    pub(crate) fn row(
        &mut self,
        row: &Row,
        columns: Range<usize>,
        is_dirty: impl Fn(usize) -> bool,
    ) {
        let Range { start, end: limit } = columns;
        let last_dirty = is_dirty(limit.saturating_sub(1));
        let end = if last_dirty {
            limit
        } else {
            row.shown_end().max(usize::from(is_dirty(0))).min(limit)
        };
        let mut x = start;
        if x < end && row.cell(x).is_spacer() {
            self.control(b"\x1b[C");
            x += 1;
        }
        while x < end {
            let cell = row.cell(x);
            if cell.is_null() {
                x = self.nulls(row, x, end, &is_dirty);
            } else if cell.is_wide() && x + 1 >= limit {
                return;
            } else {
                self.cell(cell);
                x += 1 + usize::from(cell.is_wide());
            }
        }
    }

    /// Null cells of one look; gives the column after them.
    fn nulls(
        &mut self,
        row: &Row,
        start: usize,
        end: usize,
        is_dirty: &impl Fn(usize) -> bool,
    ) -> usize {
        let first = row.cell(start);
        let mut x = start;
        let mut must_erase = first.style != StyleId::DEFAULT;
        while x < end
            && row.cell(x).is_null()
            && self.styles.are_same(row.cell(x).style, first.style)
        {
            must_erase |= is_dirty(x);
            x += 1;
        }
        if must_erase {
            self.style(first.style);
            bytes::csi(self.out, x - start, b"X");
            self.join = None;
        }
        if x < end {
            bytes::csi(self.out, x - start, b"C");
            self.join = None;
        }
        x
    }

    /// Writes rows below each other, the cursor in the first column of an empty row, so that each that is
    /// [`Row::is_wrapped`] comes out as such. There must be at least two rows.
    ///
    /// The connection of two rows comes about by printing over the edge. Where the cells themselves do not
    /// do that, because the last one is null, two spaces do, and then the cells are written over them.
    ///
    /// `scrolls` says that the rows may not have room: then all is done in a way that rows which come in
    /// at the bottom are empty and have no background.
    pub(crate) fn rows(&mut self, rows: &[&Row], cols: usize, scrolls: bool) {
        let joints = joints(rows, cols, scrolls);
        let is_forced = |y: usize| joints.get(y) == Some(&Joint::Forced);
        for (y, row) in rows.iter().enumerate() {
            if is_forced(y) {
                self.look(Look::default());
                bytes::csi(self.out, cols, b"G");
                self.control(b"  \x1b[A\r");
            }
            let after_forced = y > 0 && is_forced(y - 1);
            self.row(row, 0..cols, |x| {
                (x == 0 && after_forced) || (x + 1 == cols && is_forced(y))
            });
            match joints.get(y) {
                Some(Joint::Natural) | None => {}
                Some(Joint::Forced) => self.control(b"\x1b[B\r"),
                Some(Joint::Separate) => {
                    if scrolls {
                        self.look(Look::default());
                    }
                    self.control(b"\r\n");
                }
            }
        }
    }
}

/// How a row is connected to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Separate,
    /// Printing the cells of both makes the connection.
    Natural,
    /// It must be made first.
    Forced,
}

fn joints(rows: &[&Row], cols: usize, scrolls: bool) -> Vec<Joint> {
    let mut joints = vec![Joint::Separate; rows.len().saturating_sub(1)];
    let mut next_is_forced = false;
    for (y, joint) in joints.iter_mut().enumerate().rev() {
        let (Some(row), Some(next)) = (rows.get(y), rows.get(y + 1)) else {
            continue;
        };
        if next.is_wrapped {
            let flows = !row.cell(cols - 1).is_null() && !next.cell(0).is_null();
            *joint = if flows && !next_is_forced && !scrolls {
                Joint::Natural
            } else {
                Joint::Forced
            };
        }
        next_is_forced = *joint == Joint::Forced;
    }
    joints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(from: Look, to: Look) -> String {
        let mut out = Vec::new();
        change(&from, &to, &Interner::default(), &mut out);
        String::from_utf8(out).expect("ASCII").replace('\x1b', "^")
    }

    #[test]
    fn only_what_changes_is_said() {
        let plain = Look::default();
        let red = Look {
            fg: Ink::indexed(1),
            ..plain
        };
        let bold = Look {
            attrs: Attrs::BOLD.bits(),
            ..red
        };
        let guarded = Look {
            attrs: Attrs::PROTECTED.bits(),
            ..plain
        };
        let curly = Look {
            underline: 3,
            line: Ink::rgb(1, 2, 3),
            ..plain
        };
        for (from, to, said) in [
            (plain, plain, ""),
            (plain, red, "^[31m"),
            (red, plain, "^[39m"),
            (red, bold, "^[1m"),
            (bold, red, "^[0;31m"),
            (bold, plain, "^[m"),
            (
                plain,
                Look {
                    bg: Ink::indexed(12),
                    ..plain
                },
                "^[104m",
            ),
            (
                plain,
                Look {
                    bg: Ink::indexed(99),
                    ..plain
                },
                "^[48;5;99m",
            ),
            (
                plain,
                Look {
                    fg: Ink::rgb(1, 20, 255),
                    ..plain
                },
                "^[38;2;1;20;255m",
            ),
            (plain, curly, "^[4:3;58:2::1:2:3m"),
            (curly, plain, "^[m"),
            (plain, guarded, "^[1\"q"),
            (
                Look {
                    attrs: guarded.attrs | 1,
                    ..plain
                },
                guarded,
                "^[m^[1\"q",
            ),
        ] {
            assert_eq!(changed(from, to), said, "{from:?} to {to:?}");
        }
    }
}

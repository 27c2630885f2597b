//! Lines of history out of rows of cells.

use std::sync::Arc;

use mainstay_protocol::{Line, StyleRun};

use crate::cell::{Cell, Clusters};
use crate::intern::Interner;
use crate::row::Row;
use crate::style::{Link, Look, StyleId, Styles};

/// Knows what cells stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Builder<'a> {
    pub(crate) styles: &'a Styles,
    pub(crate) links: &'a Interner<Link>,
    pub(crate) clusters: &'a Clusters,
}

impl Builder<'_> {
    /// Makes the line that takes these rows; `next` is the row below them.
    pub(crate) fn build<'r>(
        &self,
        rows: impl Iterator<Item = &'r Row>,
        next: Option<&Row>,
        line: &mut Line,
    ) {
        line.clear();
        line.cut = next.is_some_and(|row| row.is_wrapped && row.is_cut);
        let mut writer = Writer {
            builder: self,
            line,
            style: StyleId::DEFAULT,
            shown: Look::default(),
            nulls: Vec::new(),
        };
        let mut rows = rows.peekable();
        while let Some(row) = rows.next() {
            let below = rows.peek().copied();
            if !row.is_fancy() && writer.style == StyleId::DEFAULT {
                writer.plain(row);
            } else {
                writer.fancy(row.used());
            }
            if let Some(below) = below {
                writer.edge(row, below);
            }
        }
    }
}

/// A line in the making.
struct Writer<'a> {
    builder: &'a Builder<'a>,
    line: &'a mut Line,
    /// The look of the text so far, by number and in full.
    style: StyleId,
    shown: Look,
    /// Null cells that are spaces if text follows them: how many of which look.
    nulls: Vec<(StyleId, usize)>,
}

impl Writer<'_> {
    /// A row of ASCII in the default look.
    fn plain(&mut self, row: &Row) {
        let cells = row.used();
        let end = row.content_end();
        let (text, nulls) = cells.split_at(end.min(cells.len()));
        if !text.is_empty() {
            self.spaces();
            self.look(StyleId::DEFAULT);
            self.line
                .text
                .extend(text.iter().map(|cell| char::from(cell.byte())));
        }
        self.null(StyleId::DEFAULT, nulls.len());
    }

    /// The end of a row that goes on below.
    fn edge(&mut self, row: &Row, below: &Row) {
        let unused = row.cols() - row.used().len();
        // A wide character that had no room left the last cell empty: that is no space.
        let is_gap = below.cell(0).is_wide() && row.cell(row.cols() - 1).is_null();
        if !is_gap {
            self.null(StyleId::DEFAULT, unused);
        } else if unused > 0 {
            self.null(StyleId::DEFAULT, unused - 1);
        } else if let Some((_, count)) = self.nulls.last_mut() {
            *count -= 1;
        }
    }

    fn null(&mut self, style: StyleId, count: usize) {
        match self.nulls.last_mut() {
            Some((last, sum)) if *last == style => *sum += count,
            _ if count > 0 => self.nulls.push((style, count)),
            _ => {}
        }
    }

    /// Cells of any kind.
    fn fancy(&mut self, cells: &[Cell]) {
        for cell in cells {
            if let Some(c) = cell.single() {
                self.spaces();
                self.look(cell.style);
                self.line.text.push(c);
            } else if cell.is_null() {
                self.null(cell.style, 1);
            } else if let Some(text) = self.builder.clusters.text(*cell) {
                self.spaces();
                self.look(cell.style);
                self.line.text.push_str(text);
            }
        }
    }

    /// Text follows: what was null before it is spaces.
    #[inline]
    fn spaces(&mut self) {
        if !self.nulls.is_empty() {
            self.write_spaces();
        }
    }

    fn write_spaces(&mut self) {
        let mut nulls = std::mem::take(&mut self.nulls);
        for (style, count) in nulls.drain(..).filter(|(_, count)| *count > 0) {
            self.look(style);
            let spaces = std::iter::repeat_n(' ', count);
            self.line.text.extend(spaces);
        }
        self.nulls = nulls;
    }

    #[inline]
    fn look(&mut self, style: StyleId) {
        if style != self.style {
            self.change_look(style);
        }
    }

    fn change_look(&mut self, style: StyleId) {
        self.style = style;
        let before = std::mem::replace(&mut self.shown, self.builder.styles.look(style));
        let link = self.link(self.shown);
        let is_same = before.unlinked() == self.shown.unlinked()
            && (before.link == self.shown.link || self.link(before) == link);
        if !is_same {
            let start = u32::try_from(self.line.text.len()).unwrap_or(u32::MAX);
            let link = link.map(Arc::clone);
            // Field by field in its place: moved there it would be read again before it is written.
            self.line.runs.push(StyleRun::default());
            if let Some(run) = self.line.runs.last_mut() {
                run.start = start;
                run.style = self.shown.style();
                run.link = link;
            }
        }
    }

    /// Where a link leads.
    fn link(&self, look: Look) -> Option<&Arc<str>> {
        let number = look.link.checked_sub(1)?;
        Some(&self.builder.links.get(number)?.uri)
    }
}

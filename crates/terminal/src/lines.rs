//! Lines of history out of rows of cells.

use std::sync::Arc;

use mainstay_protocol::{Line, StyleRun};

use crate::cell::{Cell, Clusters};
use crate::intern::Interner;
use crate::row::Row;
use crate::style::{Link, StyleId, Styles};

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
            nulls: Vec::new(),
        };
        let mut rows = rows.peekable();
        while let Some(row) = rows.next() {
            let below = rows.peek().copied();
            if !row.is_fancy() && writer.style == StyleId::DEFAULT {
                writer.plain(row);
            } else {
                row.used().iter().for_each(|cell| writer.cell(*cell));
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
    style: StyleId,
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

    fn cell(&mut self, cell: Cell) {
        if cell.is_null() {
            self.null(cell.style, 1);
        } else if !cell.is_spacer() {
            self.spaces();
            self.look(cell.style);
            self.builder.clusters.push_text(cell, &mut self.line.text);
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
        let look = self.builder.styles.look(style);
        let link = look
            .link
            .checked_sub(1)
            .and_then(|number| self.builder.links.get(number));
        let run = StyleRun {
            start: u32::try_from(self.line.text.len()).unwrap_or(u32::MAX),
            style: look.style(),
            link: link.map(|link| Arc::clone(&link.uri)),
        };
        let before = self.line.runs.last();
        let is_same = match before {
            Some(before) => before.style == run.style && before.link == run.link,
            None => run.link.is_none() && run.style == mainstay_protocol::Style::default(),
        };
        if !is_same {
            self.line.runs.push(run);
        }
    }
}

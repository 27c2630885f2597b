//! Lines: from rows that scrolled out to lines of history.

use mainstay_protocol::Line;

use crate::lines::Builder;
use crate::sink::Sink;
use crate::style::StyleId;
use crate::terminal::Terminal;

impl Terminal {
    /// Number of the line at the top of the main screen.
    #[must_use]
    pub fn top_line(&self) -> u64 {
        self.committed + self.main.whole_lines() as u64
    }

    /// The lines above the screen that are still in memory: from `from` or the first there is, up to
    /// [`Terminal::top_line`].
    pub fn tail(&self, from: u64, each: &mut dyn FnMut(u64, &Line)) {
        self.each_line(from, self.top_line(), each);
    }

    /// The lines on the main screen, from [`Terminal::top_line`] on to the last that is not empty; the
    /// first one whole, also where it begins above the screen.
    pub fn screen_lines(&self, each: &mut dyn FnMut(u64, &Line)) {
        self.each_line(self.top_line(), u64::MAX, each);
    }

    fn each_line(&self, from: u64, to: u64, each: &mut dyn FnMut(u64, &Line)) {
        let rows = self.main.all();
        let end = rows
            .iter()
            .rposition(|row| row.content_end() > 0)
            .map_or(0, |last| last + 1);
        let end = end.max(self.main.base());
        let mut line = Line::default();
        let (mut start, mut number) = (0, self.committed);
        while start < end && number < to {
            let rest = rows.range(start + 1..).position(|row| row.starts_line());
            let next = rest.map_or(rows.len(), |rest| start + 1 + rest);
            if number >= from {
                self.builder()
                    .build(rows.range(start..next), rows.get(next), &mut line);
                each(number, &line);
            }
            number += 1;
            start = next;
        }
    }

    fn builder(&self) -> Builder<'_> {
        Builder {
            styles: &self.styles,
            links: &self.links,
            clusters: &self.clusters,
        }
    }

    /// Commits lines while the tail is longer than asked for.
    #[inline]
    pub(super) fn trim_tail(&mut self, sink: &mut dyn Sink) {
        while self.main.base() > self.options.tail_rows && !self.holds {
            let Some(rows) = self.main.first_line() else {
                return;
            };
            self.commit(rows, sink);
        }
    }

    /// Commits the first line of the tail.
    fn commit(&mut self, rows: usize, sink: &mut dyn Sink) {
        let mut line = std::mem::take(&mut self.line);
        let all = self.main.all();
        self.builder()
            .build(all.range(..rows), all.get(rows), &mut line);
        sink.line(self.committed, &line);
        self.line = line;
        self.committed += 1;
        self.main.drop_line(rows);
    }

    /// Commits everything above the screen, also the part of a line that goes on on the screen.
    pub fn flush_tail(&mut self, sink: &mut impl Sink) {
        self.commit_tail(sink);
    }

    pub(super) fn commit_tail(&mut self, sink: &mut dyn Sink) {
        self.main.cut_open_line();
        while let Some(rows) = self.main.first_line() {
            self.commit(rows, sink);
        }
    }

    /// `CSI 3 J`: what is above the screen is history now, and views begin below it.
    pub(super) fn clear_scrollback(&mut self, sink: &mut dyn Sink) {
        self.commit_tail(sink);
        sink.cleared(self.committed);
    }

    /// The end of a run: commits also the lines on the main screen, and leaves an empty terminal, so that the
    /// lines of a next run begin below them. Viewers are not told.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        let used = (0..self.rows())
            .rev()
            .find(|&y| self.main.row(y).content_end() > 0);
        let end = used.map_or(0, |last| last + 1);
        if end < self.rows() {
            // Rows without anything in them do not make a line longer.
            self.main.row_mut(end).unwrap_from_above();
        }
        self.main.push_rows(end, &self.clusters);
        self.commit_tail(sink);
        self.main.reset(StyleId::DEFAULT);
        self.parser = crate::parser::Parser::default();
        self.reset_all();
        self.tell_state();
    }

    /// The line that the main screen's cursor is in, and the cell of that line.
    pub(super) fn place_in_history(&self) -> (u64, u32) {
        let (x, y) = if self.on_alternate {
            self.kept_cursor
        } else {
            (self.x, self.y)
        };
        let all = self.main.all();
        let row = self.main.base() + y;
        let below_top = (1..=y).filter(|&y| self.main.row(y).starts_line()).count();
        let start = (0..=row)
            .rev()
            .find(|&index| all.get(index).is_some_and(|row| row.starts_line()));
        let above = row - start.unwrap_or(0);
        let column = above * self.cols() + x;
        (
            self.top_line() + below_top as u64,
            u32::try_from(column).unwrap_or(u32::MAX),
        )
    }
}

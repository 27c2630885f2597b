//! Everything a session printed so far, as it was at one moment: what is on disk and what is still in memory.

mod search;

use std::ops::{ControlFlow, Range};

use mainstay_history::{Gap, Reader};
use mainstay_protocol::Line;
use mainstay_protocol::frame::request::Lines;
use mainstay_terminal::Terminal;

use crate::error::KeepError;

/// The lines of a session at one moment, live or ended. Reading it holds nobody up.
#[derive(Debug)]
pub struct Past {
    reader: Reader,
    /// Lines before this one are the reader's.
    disk_end: u64,
    /// The lines from `disk_end` on: on their way to the disk, then those on the main screen.
    rest: Vec<Line>,
    /// Number of the line at the top of the screen.
    top: u64,
    cleared: u64,
}

impl Past {
    /// `derived` are lines that a replay yielded from `disk_end` on, `terminal` has those after them.
    pub(crate) fn new(
        reader: Reader,
        disk_end: u64,
        derived: Vec<Line>,
        cleared: u64,
        terminal: &Terminal,
    ) -> Self {
        let mut rest = derived;
        let mut keep = |_: u64, line: &Line| rest.push(line.clone());
        terminal.tail(terminal.committed(), &mut keep);
        terminal.screen_lines(&mut keep);
        Self {
            cleared: cleared.max(reader.cleared()),
            reader,
            disk_end,
            rest,
            top: terminal.top_line(),
        }
    }

    /// Only what is on disk: there is no model.
    pub(crate) fn of_disk(reader: Reader) -> Self {
        let end = reader.end_line();
        Self {
            cleared: reader.cleared(),
            reader,
            disk_end: end,
            rest: Vec::new(),
            top: end,
        }
    }

    /// Number of the first line that there still is.
    #[must_use]
    pub fn first_line(&self) -> u64 {
        self.reader.first_line().min(self.top)
    }

    /// Number of the first line that views show: what is before was cleared by the program or the person, or is gone.
    #[must_use]
    pub fn view_line(&self) -> u64 {
        self.first_line().max(self.cleared).min(self.top)
    }

    /// Number of the line after the last one of the history: the line at the top of the screen.
    #[must_use]
    pub fn end_line(&self) -> u64 {
        self.top
    }

    /// Hands out the lines of `range` that there are, in order, those on the main screen included.
    ///
    /// # Errors
    /// If the history can't be read.
    pub fn each(
        &self,
        range: Range<u64>,
        f: &mut dyn FnMut(u64, &Line) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, KeepError> {
        if range.start < self.disk_end {
            let on_disk = range.start..range.end.min(self.disk_end);
            if self.reader.lines(on_disk, f)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        for (number, line) in self.in_memory(range) {
            if f(number, line).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn in_memory(&self, range: Range<u64>) -> impl DoubleEndedIterator<Item = (u64, &Line)> {
        let place = |number: u64| {
            let place = usize::try_from(number.saturating_sub(self.disk_end)).unwrap_or(usize::MAX);
            place.min(self.rest.len())
        };
        let (from, to) = (place(range.start), place(range.end));
        let first = self.disk_end + from as u64;
        let lines = self.rest.get(from..to.max(from)).unwrap_or_default();
        lines
            .iter()
            .enumerate()
            .map(move |(place, line)| (first + place as u64, line))
    }

    /// Lines of the history from `from` on, without the screen: at most `count`, and no more once they have
    /// `max_bytes` of text; at least one where there is one. They follow each other without a gap.
    ///
    /// # Errors
    /// If the history can't be read.
    pub fn lines(&self, from: u64, count: u32, max_bytes: usize) -> Result<Lines, KeepError> {
        let mut found = Lines {
            first: from,
            lines: Vec::new(),
            end: self.top,
        };
        let mut bytes = 0;
        self.each(from..self.top, &mut |number, line| {
            if found.lines.is_empty() {
                found.first = number;
            }
            let next = found.first + found.lines.len() as u64;
            let full = found.lines.len() as u64 >= u64::from(count) || bytes >= max_bytes;
            if number != next || full {
                return ControlFlow::Break(());
            }
            bytes += line.text.len();
            found.lines.push(line.clone());
            ControlFlow::Continue(())
        })
        .map(|_| found)
    }

    /// Lines that are missing: not kept, damaged, or purged.
    ///
    /// # Errors
    /// If the history can't be read.
    pub fn gaps(&self) -> Result<Vec<Gap>, KeepError> {
        Ok(self.reader.gaps()?)
    }

    /// What was found damaged while this was read, in words.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.reader
            .notes()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    /// The last `count` lines before the screen as plain text, each with a line feed.
    ///
    /// # Errors
    /// If the history can't be read.
    pub fn text(&self, count: u32) -> Result<String, KeepError> {
        let from = self
            .top
            .saturating_sub(u64::from(count))
            .max(self.view_line());
        let mut text = String::new();
        self.each(from..self.top, &mut |_, line| {
            text.push_str(&line.text);
            // A line that was cut goes on in the next.
            if !line.cut {
                text.push('\n');
            }
            ControlFlow::Continue(())
        })
        .map(|_| text)
    }
}

//! Runs a search over a reader's blocks.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use super::matcher::Matcher;
use super::{ContextLine, Hit, Query};
use crate::block::read::Block;
use crate::error::HistoryError;
use crate::reader::Reader;

/// Where a line was found in a block's text.
#[derive(Debug, Clone)]
struct Place {
    line: u64,
    text: Range<usize>,
}

/// What is needed for each block.
struct Run<'a> {
    query: &'a Query,
    matcher: &'a Matcher,
    reader: &'a Reader,
    hit: Hit,
    /// Reading context failed.
    failed: Option<HistoryError>,
}

pub(super) fn run(
    query: &Query,
    matcher: &Matcher,
    reader: &Reader,
    cancel: &AtomicBool,
    hit: &mut dyn FnMut(&Hit) -> ControlFlow<()>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ControlFlow<()>, HistoryError> {
    let lines = query.lines.start.max(reader.first_line())..query.lines.end.min(reader.end_line());
    let all = lines.end.saturating_sub(lines.start);
    let mut run = Run {
        query,
        matcher,
        reader,
        hit: Hit::default(),
        failed: None,
    };
    let flow = reader.blocks(&lines, query.reverse, &mut |block| {
        if cancel.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        run.block(block, &lines, cancel, hit)?;
        let done = if query.reverse {
            lines.end - block.header.first.max(lines.start)
        } else {
            block.header.end.min(lines.end) - lines.start
        };
        progress(done, all);
        ControlFlow::Continue(())
    })?;
    match run.failed {
        Some(error) => Err(error),
        None => Ok(flow),
    }
}

impl Run<'_> {
    fn block(
        &mut self,
        block: &Block<'_>,
        lines: &Range<u64>,
        cancel: &AtomicBool,
        hit: &mut dyn FnMut(&Hit) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let span = block.span(lines);
        let first = block.header.first.max(lines.start);
        if !self.query.reverse {
            return self.scan(block, span, first, &mut |run, place| {
                run.found(block, &place, cancel, hit)
            });
        }
        // Matches are found forward only; a block's worth of places is little.
        let mut places = Vec::new();
        self.scan(block, span, first, &mut |_, place| {
            places.push(place);
            ControlFlow::Continue(())
        })?;
        for place in places.into_iter().rev() {
            self.found(block, &place, cancel, hit)?;
        }
        ControlFlow::Continue(())
    }

    /// Finds every line of `span` in which there is a match; may give lines in which there is none.
    fn scan(
        &mut self,
        block: &Block<'_>,
        span: Range<usize>,
        first: u64,
        found: &mut dyn FnMut(&mut Self, Place) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let text = block.text.get(..span.end).unwrap_or_default();
        let (mut at, mut line) = (span.start, first);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(start) = self.matcher.find(rest) else {
                break;
            };
            let (before, after) = rest.split_at_checked(start).unwrap_or((rest, &[]));
            let begin = at + memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
            line += memchr::memchr_iter(b'\n', before).count() as u64;
            let Some(end) = memchr::memchr(b'\n', after).map(|end| at + start + end) else {
                break;
            };
            found(
                self,
                Place {
                    line,
                    text: begin..end,
                },
            )?;
            at = end + 1;
            line += 1;
        }
        ControlFlow::Continue(())
    }

    fn found(
        &mut self,
        block: &Block<'_>,
        place: &Place,
        cancel: &AtomicBool,
        hit: &mut dyn FnMut(&Hit) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.hit.text.clear();
        push_text(
            &mut self.hit.text,
            block.text.get(place.text.clone()).unwrap_or_default(),
        );
        self.matcher.all(&self.hit.text, &mut self.hit.ranges);
        if self.hit.ranges.is_empty() {
            return ControlFlow::Continue(());
        }
        self.hit.line = place.line;
        self.context(block, place);
        if self.failed.is_some() || cancel.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        hit(&self.hit)
    }

    /// The lines around a hit: from the block itself where they are in it.
    fn context(&mut self, block: &Block<'_>, place: &Place) {
        self.hit.before.clear();
        self.hit.after.clear();
        let (before, after) = (self.query.before, self.query.after);
        let mut rest = block.text.get(..place.text.start).unwrap_or_default();
        let mut number = place.line;
        while self.hit.before.len() < before && number > block.header.first {
            let Some((_, lines)) = rest.split_last() else {
                break;
            };
            let start = memchr::memrchr(b'\n', lines).map_or(0, |end| end + 1);
            number -= 1;
            self.hit
                .before
                .push(context_line(number, lines.get(start..).unwrap_or_default()));
            rest = rest.get(..start).unwrap_or_default();
        }
        self.hit.before.reverse();
        let missing = (before - self.hit.before.len()) as u64;
        let mut earlier = self.fetch(number.saturating_sub(missing)..number);
        if !earlier.is_empty() {
            earlier.append(&mut self.hit.before);
            self.hit.before = earlier;
        }
        let mut rest = block.text.get(place.text.end + 1..).unwrap_or_default();
        let mut number = place.line + 1;
        while self.hit.after.len() < after
            && let Some(end) = memchr::memchr(b'\n', rest)
        {
            self.hit
                .after
                .push(context_line(number, rest.get(..end).unwrap_or_default()));
            rest = rest.get(end + 1..).unwrap_or_default();
            number += 1;
        }
        let missing = (after - self.hit.after.len()) as u64;
        let mut later = self.fetch(number..number.saturating_add(missing));
        self.hit.after.append(&mut later);
    }

    fn fetch(&mut self, lines: Range<u64>) -> Vec<ContextLine> {
        let mut fetched = Vec::new();
        if lines.is_empty() {
            return fetched;
        }
        let done = self.reader.lines(lines, &mut |number, line| {
            fetched.push(ContextLine {
                number,
                text: line.text.clone(),
            });
            ControlFlow::Continue(())
        });
        if let Err(error) = done {
            self.failed = Some(error);
        }
        fetched
    }
}

fn context_line(number: u64, text: &[u8]) -> ContextLine {
    let mut line = ContextLine {
        number,
        text: String::new(),
    };
    push_text(&mut line.text, text);
    line
}

/// Block texts are UTF-8; one that isn't shows replacement characters.
fn push_text(out: &mut String, text: &[u8]) {
    match std::str::from_utf8(text) {
        Ok(text) => out.push_str(text),
        Err(_) => out.push_str(&String::from_utf8_lossy(text)),
    }
}

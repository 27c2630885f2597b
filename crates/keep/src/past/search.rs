//! Searching disk and memory as one.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use mainstay_history::{HistoryError, Pattern, Query as DiskQuery, Search};
use mainstay_protocol::frame::request::{Hit, Query};
use regex::{Regex, RegexBuilder};

use super::Past;
use crate::error::KeepError;

/// Most hits when the query doesn't say.
const USUAL_LIMIT: u32 = 1000;
/// Most lines of context.
const MAX_CONTEXT: u8 = 20;

/// Searches the disk or the memory.
type Part = fn(
    &Past,
    &Query,
    &AtomicBool,
    &mut dyn FnMut(Hit) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, KeepError>;

impl Past {
    /// Hands out the places where the query's pattern stands, in the order that it asks for, on the main screen too.
    /// Stops at the query's limit, at a break, or as soon as `cancel` is set.
    ///
    /// # Errors
    /// If the pattern is no regular expression, or the history can't be read.
    pub fn search(
        &self,
        query: &Query,
        cancel: &AtomicBool,
        hit: &mut dyn FnMut(Hit) -> ControlFlow<()>,
    ) -> Result<(), KeepError> {
        let limit = query.limit.unwrap_or(USUAL_LIMIT);
        if query.pattern.is_empty() || limit == 0 {
            return Ok(());
        }
        let mut left = limit;
        let mut counted = |found: Hit| {
            left -= 1;
            hit(found)?;
            if left == 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let parts: [Part; 2] = if query.backward {
            [Self::search_memory, Self::search_disk]
        } else {
            [Self::search_disk, Self::search_memory]
        };
        for part in parts {
            if part(self, query, cancel, &mut counted)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn search_disk(
        &self,
        query: &Query,
        cancel: &AtomicBool,
        hit: &mut dyn FnMut(Hit) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, KeepError> {
        let lines = query.from.unwrap_or(0)..query.to.unwrap_or(u64::MAX).min(self.disk_end);
        if lines.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let context = usize::from(query.context.min(MAX_CONTEXT));
        let pattern = query.pattern.clone();
        let search = Search::new(DiskQuery {
            pattern: if query.regex {
                Pattern::Regex(pattern)
            } else {
                Pattern::Text(pattern)
            },
            case_sensitive: !query.ignore_case,
            lines,
            reverse: query.backward,
            before: context,
            after: context,
        })?;
        let texts = |lines: &[mainstay_history::ContextLine]| -> Vec<String> {
            lines.iter().map(|line| line.text.clone()).collect()
        };
        let ended = search.run(&self.reader, cancel, &mut |found| {
            let mut after = texts(&found.after);
            let next = found.line + 1 + after.len() as u64;
            if next == self.disk_end {
                // The context goes on in memory.
                let missing = (context - after.len().min(context)) as u64;
                let more = self.in_memory(next..next + missing);
                after.extend(more.map(|(_, line)| line.text.clone()));
            }
            let line = Around {
                number: found.line,
                text: &found.text,
                before: texts(&found.before),
                after,
            };
            line.tell(found.ranges.iter().cloned(), query.backward, hit)
        })?;
        Ok(ended)
    }

    fn search_memory(
        &self,
        query: &Query,
        cancel: &AtomicBool,
        hit: &mut dyn FnMut(Hit) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, KeepError> {
        let pattern = matcher(query)?;
        let context = u64::from(query.context.min(MAX_CONTEXT));
        let range = query.from.unwrap_or(0).max(self.disk_end)..query.to.unwrap_or(u64::MAX);
        let mut lines: Vec<_> = self.in_memory(range).collect();
        if query.backward {
            lines.reverse();
        }
        for (number, line) in lines {
            if cancel.load(Ordering::Relaxed) {
                return Ok(ControlFlow::Break(()));
            }
            let places: Vec<_> = pattern
                .find_iter(&line.text)
                .filter(|place| !place.is_empty())
                .map(|place| place.range())
                .collect();
            if places.is_empty() {
                continue;
            }
            let line = Around {
                number,
                text: &line.text,
                before: self.texts(number.saturating_sub(context)..number)?,
                after: self.texts(number + 1..number + 1 + context)?,
            };
            if line
                .tell(places.into_iter(), query.backward, hit)
                .is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn texts(&self, range: Range<u64>) -> Result<Vec<String>, KeepError> {
        let mut texts = Vec::new();
        self.each(range, &mut |_, line| {
            texts.push(line.text.clone());
            ControlFlow::Continue(())
        })
        .map(|_| texts)
    }
}

fn matcher(query: &Query) -> Result<Regex, KeepError> {
    let pattern = if query.regex {
        query.pattern.clone()
    } else {
        regex::escape(&query.pattern)
    };
    RegexBuilder::new(&pattern)
        .case_insensitive(query.ignore_case)
        .build()
        .map_err(|error| {
            let text = format!("{:?} can't be searched for: {error}", query.pattern);
            HistoryError::Query(text).into()
        })
}

/// A line in which something was found, with its neighbours.
struct Around<'a> {
    number: u64,
    text: &'a str,
    before: Vec<String>,
    after: Vec<String>,
}

impl Around<'_> {
    fn tell(
        &self,
        places: impl DoubleEndedIterator<Item = Range<usize>>,
        backward: bool,
        hit: &mut dyn FnMut(Hit) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut tell = |place: Range<usize>| {
            hit(Hit {
                line: self.number,
                // A line has at most `Line::MAX_TEXT` bytes.
                start: u32::try_from(place.start).unwrap_or(u32::MAX),
                end: u32::try_from(place.end).unwrap_or(u32::MAX),
                text: self.text.to_owned(),
                before: self.before.clone(),
                after: self.after.clone(),
            })
        };
        if backward {
            places.rev().try_for_each(&mut tell)
        } else {
            places.into_iter().try_for_each(&mut tell)
        }
    }
}

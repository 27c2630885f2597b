//! Finds text in lines.
//!
//! A block's text is searched as a whole, and only where something matches the line around it is looked at:
//! searching costs little more than reading. Matches never span lines; a line that was cut because of its
//! length ([`mainstay_protocol::Line::cut`]) counts as two.

mod matcher;
mod run;

use std::ops::{ControlFlow, Range};
use std::sync::atomic::AtomicBool;

use crate::error::HistoryError;
use crate::reader::Reader;
use matcher::Matcher;

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// This text.
    Text(String),
    /// What this regular expression matches within a line
    /// (syntax: <https://docs.rs/regex/latest/regex/#syntax>); `^` and `$` are the ends of the line.
    Regex(String),
}

/// A search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What.
    pub pattern: Pattern,
    /// Upper and lower case differ.
    pub case_sensitive: bool,
    /// Where.
    pub lines: Range<u64>,
    /// From the last line to the first.
    pub reverse: bool,
    /// Lines to give along before each hit.
    pub before: usize,
    /// Lines to give along after each hit.
    pub after: usize,
}

impl Query {
    /// A search in all lines, forward, in any case, without context.
    #[must_use]
    pub fn new(pattern: Pattern) -> Self {
        Self {
            pattern,
            case_sensitive: false,
            lines: 0..u64::MAX,
            reverse: false,
            before: 0,
            after: 0,
        }
    }
}

/// A line beside a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextLine {
    /// Its number.
    pub number: u64,
    /// Its text.
    pub text: String,
}

/// A line in which something was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hit {
    /// Its number.
    pub line: u64,
    /// Its text.
    pub text: String,
    /// Where in the text, in bytes, on character borders, from left to right; at least one. A pattern that
    /// matches nothing at all (`x*`) gives one empty range.
    pub ranges: Vec<Range<usize>>,
    /// The lines before it, oldest first.
    pub before: Vec<ContextLine>,
    /// The lines after it, oldest first.
    pub after: Vec<ContextLine>,
}

/// A query that can be run, on any number of readers.
#[derive(Debug)]
pub struct Search {
    query: Query,
    matcher: Matcher,
}

impl Search {
    /// Checks a query.
    ///
    /// # Errors
    /// [`HistoryError::Query`] says what is wrong with it, and where.
    pub fn new(query: Query) -> Result<Self, HistoryError> {
        let matcher = Matcher::new(&query)?;
        Ok(Self { query, matcher })
    }

    /// Hands out every line with a match, in order; the hit is only lent. Ends when `hit` breaks off (so a
    /// limit is the caller's) or soon after `cancel` is set; the result says whether one of that happened.
    ///
    /// # Errors
    /// If a file can't be read; damage is no error, see [`Reader::notes`].
    pub fn run(
        &self,
        reader: &Reader,
        cancel: &AtomicBool,
        hit: &mut dyn FnMut(&Hit) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, HistoryError> {
        self.run_with(reader, cancel, hit, &mut |_, _| {})
    }

    /// Same, and tells after each block how many lines of how many were searched.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_with(
        &self,
        reader: &Reader,
        cancel: &AtomicBool,
        hit: &mut dyn FnMut(&Hit) -> ControlFlow<()>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<ControlFlow<()>, HistoryError> {
        run::run(&self.query, &self.matcher, reader, cancel, hit, progress)
    }
}

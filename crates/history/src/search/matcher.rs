//! Finds a pattern in a text of many lines.

use std::ops::Range;

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use super::{Pattern, Query};
use crate::error::HistoryError;

/// Memory that a compiled regular expression may take, and its cache of states: the default of the crate
/// (10 MB and 2 MB) for the first, so that what works elsewhere works here.
const MAX_REGEX: usize = 10 << 20;
/// Longest pattern.
const MAX_PATTERN: usize = 64 * 1024;

/// A pattern made ready.
#[derive(Debug)]
pub(super) enum Matcher {
    Text(Box<Finder<'static>>),
    Regex(Box<Regex>),
}

impl Matcher {
    pub(super) fn new(query: &Query) -> Result<Self, HistoryError> {
        let (Pattern::Text(text) | Pattern::Regex(text)) = &query.pattern;
        let wrong = |what: &str| Err(HistoryError::Query(what.to_owned()));
        if text.is_empty() {
            return wrong("there is nothing to search for; give a text");
        }
        if text.len() > MAX_PATTERN {
            return wrong("the text to search for is too long; give at most 64 KiB");
        }
        match &query.pattern {
            Pattern::Text(text) if text.contains('\n') => {
                wrong("a search looks at one line at a time; give a text without a line break")
            }
            Pattern::Text(text) if query.case_sensitive || !has_case(text) => Ok(Self::Text(
                Box::new(Finder::new(text.as_bytes()).into_owned()),
            )),
            Pattern::Text(text) => Self::regex(&regex::escape(text), false),
            Pattern::Regex(text) => Self::regex(text, query.case_sensitive),
        }
    }

    fn regex(text: &str, case_sensitive: bool) -> Result<Self, HistoryError> {
        let built = RegexBuilder::new(text)
            .case_insensitive(!case_sensitive)
            .multi_line(true)
            .size_limit(MAX_REGEX)
            .build();
        match built {
            Ok(regex) => Ok(Self::Regex(Box::new(regex))),
            Err(regex::Error::CompiledTooBig(_)) => Err(HistoryError::Query(
                "the regular expression is too large; use smaller repetition counts".to_owned(),
            )),
            // The crate's text shows the expression with a mark below the place.
            Err(error) => Err(HistoryError::Query(format!(
                "the regular expression is wrong: {error}"
            ))),
        }
    }

    /// The first match in a text that begins at the start of a line. A match that spans lines is one too:
    /// the line that it begins in must be looked at alone.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Text(finder) => finder.find(text),
            Self::Regex(regex) => regex.find(text).map(|found| found.start()),
        }
    }

    /// All matches in one line.
    pub(super) fn all(&self, line: &str, ranges: &mut Vec<Range<usize>>) {
        ranges.clear();
        match self {
            Self::Text(finder) => {
                let found = finder.find_iter(line.as_bytes());
                ranges.extend(found.map(|start| start..start + finder.needle().len()));
            }
            Self::Regex(regex) => {
                for found in regex.find_iter(line.as_bytes()) {
                    if found.is_empty() && !line.is_char_boundary(found.start()) {
                        continue;
                    }
                    // `(?-u)` can match a part of a character.
                    let start = line.floor_char_boundary(found.start());
                    let range = start..line.ceil_char_boundary(found.end());
                    let empty = range.is_empty() && !ranges.is_empty();
                    let again = ranges.last().is_some_and(|last| last.end > range.start);
                    if !empty && !again {
                        if ranges.first().is_some_and(Range::is_empty) {
                            ranges.clear();
                        }
                        ranges.push(range);
                    }
                }
            }
        }
    }
}

/// A text without letters reads the same in any case, and is found faster as it is.
fn has_case(text: &str) -> bool {
    text.chars().any(|c| c.is_alphabetic())
}

//! Search against the plainest one that can be written.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mainstay_history::{ContextLine, HistoryError, Pattern, Query, Reader, Search};
use mainstay_protocol::Line;
use mainstay_seams::TestClock;
use proptest::prelude::*;

use crate::support::{Random, Session, all, hits, small};

/// A history in segments, in a block and in the open block.
fn history(folder: &std::path::Path) -> (Session, Vec<(u64, Line)>) {
    let clock = Arc::new(TestClock::default());
    let mut random = Random::new(5);
    let (mut session, _) = Session::open(folder, small(), &clock);
    session.output(&random.output(200_000));
    for number in 0..2000 {
        session
            .output(format!("Zeile {number} über Ärger im straße {}\n\n", number % 7).as_bytes());
    }
    let lines = all(&session.writer.shared().reader());
    (session, lines)
}

fn naive(lines: &[(u64, Line)], query: &Query) -> Vec<(u64, Vec<std::ops::Range<usize>>)> {
    let pattern = match &query.pattern {
        Pattern::Text(text) => regex::escape(text),
        Pattern::Regex(text) => text.clone(),
    };
    let mut builder = regex::RegexBuilder::new(&pattern);
    let regex = builder
        .case_insensitive(!query.case_sensitive)
        .build()
        .expect("a right pattern");
    let within = lines
        .iter()
        .filter(|(number, _)| query.lines.contains(number));
    let found = within.map(|(number, line)| {
        let mut ranges: Vec<_> = regex
            .find_iter(&line.text)
            .map(|found| found.range())
            .collect();
        if ranges.iter().any(|range| !range.is_empty()) {
            ranges.retain(|range| !range.is_empty());
        } else {
            ranges.truncate(1);
        }
        (*number, ranges)
    });
    let mut found: Vec<_> = found.filter(|(_, ranges)| !ranges.is_empty()).collect();
    if query.reverse {
        found.reverse();
    }
    found
}

#[test]
fn finds_what_a_plain_search_finds() {
    let temp = tempfile::tempdir().expect("a folder");
    let (mut session, lines) = history(temp.path());
    let last = lines.len() as u64;
    let patterns = [
        "ab",
        "A",
        "Zeile 12",
        "ÄRGER",
        "ss",
        "straße",
        " ",
        "7",
        "nowhere at all",
    ];
    let regexes = [
        "a.c",
        "^Zeile 1[0-9]{2} ",
        "5$",
        "^$",
        "x*",
        r"[^a]b",
        r"\s\d+\s",
        "über|Ärger",
        "(?-u:.)9",
    ];
    let patterns = patterns.iter().map(|text| Pattern::Text((*text).into()));
    let patterns = patterns.chain(regexes.iter().map(|text| Pattern::Regex((*text).into())));
    for pattern in patterns {
        for case_sensitive in [true, false] {
            for range in [0..u64::MAX, 100..last - 50, last - 20..last, 7..8, 9..9] {
                for reverse in [true, false] {
                    let query = Query {
                        case_sensitive,
                        reverse,
                        lines: range.clone(),
                        ..Query::new(pattern.clone())
                    };
                    // `(?-u:.)` isn't for texts; here it means the same.
                    let plain = match &query.pattern {
                        Pattern::Regex(text) if text.starts_with("(?-u:.)") => Query {
                            pattern: Pattern::Regex(text.replace("(?-u:.)", ".")),
                            ..query.clone()
                        },
                        _ => query.clone(),
                    };
                    let reader = session.writer.shared().reader();
                    let found = hits(&reader, query.clone());
                    let found: Vec<_> = found
                        .into_iter()
                        .map(|hit| (hit.line, hit.ranges))
                        .collect();
                    assert!(
                        found == naive(&lines, &plain),
                        "{query:?}: {} hits",
                        found.len()
                    );
                }
            }
        }
    }
    session.checkpoint().expect("a checkpoint");
    let query = Query::new(Pattern::Text("zeile 2".into()));
    let here = hits(&session.writer.shared().reader(), query.clone());
    let outside = hits(&Reader::open(temp.path()).expect("it opens"), query);
    assert_eq!(here, outside, "another process finds the same");
}

#[test]
fn context_is_what_is_around() {
    let temp = tempfile::tempdir().expect("a folder");
    let (session, lines) = history(temp.path());
    let query = Query {
        before: 3,
        after: 2,
        ..Query::new(Pattern::Text("9".into()))
    };
    let found = hits(&session.writer.shared().reader(), query);
    assert!(
        found.len() > 1000,
        "there are many, across blocks and segments"
    );
    for hit in found {
        let at = usize::try_from(hit.line).expect("few lines");
        let take = |range: std::ops::Range<usize>| -> Vec<ContextLine> {
            let lines = lines
                .get(range.start..range.end.min(lines.len()))
                .unwrap_or_default();
            lines
                .iter()
                .map(|(number, line)| ContextLine {
                    number: *number,
                    text: line.text.clone(),
                })
                .collect()
        };
        assert_eq!(
            hit.before,
            take(at.saturating_sub(3)..at),
            "before line {at}"
        );
        assert_eq!(hit.after, take(at + 1..at + 3), "after line {at}");
        assert_eq!(hit.text, lines[at].1.text, "line {at}");
    }
}

#[test]
fn ends_when_told_to_and_says_how_far_it_is() {
    let temp = tempfile::tempdir().expect("a folder");
    let (session, lines) = history(temp.path());
    let reader = session.writer.shared().reader();
    let search = Search::new(Query::new(Pattern::Text("e".into()))).expect("a right query");
    let mut count = 0;
    let flow = search.run(&reader, &false.into(), &mut |_| {
        count += 1;
        if count == 10 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(
        flow.expect("it runs").is_break() && count == 10,
        "a limit is the caller's"
    );
    let cancel = AtomicBool::new(false);
    let mut count = 0;
    let flow = search.run(&reader, &cancel, &mut |_| {
        count += 1;
        cancel.store(true, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    assert!(
        flow.expect("it runs").is_break() && count == 1,
        "cancelled between two hits"
    );
    let mut steps = Vec::new();
    let search = Search::new(Query::new(Pattern::Text("nowhere".into()))).expect("a right query");
    let flow = search.run_with(
        &reader,
        &false.into(),
        &mut |_| ControlFlow::Continue(()),
        &mut |done, all| steps.push((done, all)),
    );
    assert!(flow.expect("it runs").is_continue(), "it came to its end");
    let all = lines.len() as u64;
    assert!(
        steps.len() > 5 && steps.is_sorted(),
        "progress grows: {steps:?}"
    );
    assert_eq!(steps.last(), Some(&(all, all)), "up to everything");
}

#[test]
fn wrong_queries_say_what_is_wrong() {
    let error = |pattern| match Search::new(Query::new(pattern)) {
        Err(HistoryError::Query(text)) => text,
        other => panic!("not a wrong query: {other:?}"),
    };
    let text = error(Pattern::Regex("a(b".into()));
    assert!(
        text.contains("a(b\n     ^") && text.contains("unclosed group"),
        "{text}"
    );
    let text = error(Pattern::Regex("a{1000}{1000}{1000}".into()));
    assert!(text.contains("too large"), "{text}");
    assert!(
        error(Pattern::Text(String::new())).contains("nothing to search"),
        "an empty text"
    );
    assert!(
        error(Pattern::Text("a\nb".into())).contains("line break"),
        "a line break"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_found_like_a_plain_search_finds_it(
        lines in prop::collection::vec("[abß ]{0,6}", 1..60),
        text in "[abß ]{1,3}",
        case_sensitive in any::<bool>(),
        reverse in any::<bool>(),
    ) {
        let clock = Arc::new(TestClock::default());
        let temp = tempfile::tempdir().expect("a folder");
        let (mut session, _) = Session::open(temp.path(), small(), &clock);
        session.output((lines.join("\n") + "\n").as_bytes());
        let reader = session.writer.shared().reader();
        let query = Query { case_sensitive, reverse, ..Query::new(Pattern::Text(text)) };
        let found: Vec<_> =
            hits(&reader, query.clone()).into_iter().map(|hit| (hit.line, hit.ranges)).collect();
        prop_assert_eq!(found, naive(&all(&reader), &query));
    }
}

#[test]
fn readers_beside_a_writer_see_whole_lines_in_order() {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let (mut session, _) = Session::open(temp.path(), small(), &clock);
    let shared = session.writer.shared();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = 0;
                    while !done.load(Ordering::Relaxed) {
                        let reader = shared.reader();
                        let from = reader.end_line().saturating_sub(3000);
                        let mut expected = from;
                        let flow = reader.lines(from..u64::MAX, &mut |number, line| {
                            assert_eq!(number, expected, "no line is left out");
                            assert_eq!(line.text, format!("line {number}"), "nor another's");
                            expected += 1;
                            ControlFlow::Continue(())
                        });
                        assert!(flow.expect("it can be read").is_continue(), "to the end");
                        assert_eq!(expected, reader.end_line(), "up to the end");
                        assert_eq!(reader.notes(), [], "nothing is damaged");
                        seen += 1;
                    }
                    seen
                })
            })
            .collect();
        for number in 0..60_000 {
            session.output(format!("line {number}\n").as_bytes());
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            assert!(
                reader.join().expect("a reader") > 0,
                "it read while lines came"
            );
        }
    });
}

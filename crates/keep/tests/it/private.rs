//! Of a private run nothing is left but that it was, wherever its keeper is killed.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::crash::{Known, all_points, outcome, run};
use crate::support::script::Random;
use crate::support::{self, begin_spec, settings, take};
use mainstay_keep::journal::Reader;
use mainstay_keep::{Effects, EndedView, SessionFolder, failpoints, recover};
use mainstay_protocol::Size;
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::EndReason;
use mainstay_seams::{Clock, TestClock};

/// Texts of the generated output, in lines, titles, notifications, marks and reports.
const PRINTED: [&str; 8] = [
    "of the log",
    "colour",
    "wrapped",
    "full screen",
    "title ",
    "note ",
    "body ",
    "tool",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn journal(folder: &SessionFolder, number: u32) -> Vec<Entry> {
    let path = folder.run(&support::run_id(number)).journal_path();
    let reader = Reader::open(&path, 0).expect("a journal");
    reader.map(|entry| entry.expect("an entry")).collect()
}

/// Nothing that was printed is anywhere in the folder.
fn is_forgotten(folder: &SessionFolder, what: &str) {
    for path in files(folder.path()) {
        let bytes = fs::read(&path).expect("readable");
        let text = String::from_utf8_lossy(&bytes);
        for printed in PRINTED {
            assert!(
                !text.contains(printed),
                "{what}: {printed:?} is in {}",
                path.display()
            );
        }
        let is_segment = path.extension().is_some_and(|end| end == "seg");
        assert!(!is_segment, "{what}: {} is left", path.display());
    }
    let view = EndedView::open(folder).expect("readable");
    assert_eq!(
        view.notes(),
        [] as [String; 0],
        "{what}: nothing is damaged"
    );
    assert!(!view.has_screen(), "{what}: no screen is left");
    let lines = view.past().each(0..u64::MAX, &mut |number, line| {
        panic!("{what}: line {number} is left: {line:?}")
    });
    assert_eq!(lines.expect("readable"), ControlFlow::Continue(()));
}

/// What must stay of a run: entries by number, its end, and the same as its outcome.
fn is_on_record(folder: &SessionFolder, number: u32, known: &Known, what: &str) {
    let entries = journal(folder, number);
    for (entry, seq) in entries.iter().zip(1..) {
        assert_eq!(entry.seq, seq, "{what}: no gap in the journal");
    }
    let Some(Event::Exited(exit)) = entries.last().map(|entry| &entry.event) else {
        panic!("{what}: the end is missing: {:?}", entries.last());
    };
    if known.ended {
        assert_eq!(exit, &outcome(), "{what}");
    } else if exit != &outcome() {
        assert_eq!(exit.reason, EndReason::HostDied, "{what}");
    }
    let stored = folder.run(&support::run_id(number)).outcome();
    assert_eq!(stored.expect("readable").as_ref(), Some(exit), "{what}");
}

fn recovered(data: &Path, number: u32, known: &Known, what: &str) -> SessionFolder {
    let folder = support::folder(data);
    let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
    if known.ended {
        is_forgotten(&folder, &format!("{what}, before a recovery"));
    }
    for _ in 0..2 {
        let recovery = recover(&folder, &clock).expect("recovered");
        if recovery.ended.is_none() {
            assert_eq!(known.acked, None, "{what}: it began");
            return folder;
        }
        let text = format!("{:?}", recovery.entries);
        let told = PRINTED.iter().find(|printed| text.contains(**printed));
        assert_eq!(told, None, "{what}: {text}");
        is_forgotten(&folder, what);
        if folder.current().expect("read") == Some(support::run_id(number)) {
            is_on_record(&folder, number, known, what);
        }
    }
    folder
}

#[test]
fn killed_at_every_failpoint_it_leaves_nothing() {
    let mut random = Random::new(9);
    let mut reached = Vec::new();
    for point in all_points() {
        for hit in [1, 2, 20 + random.below(60)] {
            let seed = 5000 + random.below(1000) as u64;
            let plan = format!("{point}=kill@{hit}");
            let what = format!("seed {seed}, {plan}");
            let scratch = support::scratch();
            let data = scratch.path().join("data");
            let known = run(&data, "private", seed, &plan);
            if known.killed {
                reached.push(point);
            }
            recovered(&data, 1, &known, &what);
            let what = format!("{what}, and once more");
            let known = run(&data, "private again", seed + 1, "");
            assert!(known.ended, "{what}: it can go on");
            recovered(&data, 2, &known, &what);
        }
    }
    for point in [
        failpoints::END_PURGED,
        failpoints::END_FORGOTTEN,
        failpoints::END_DONE,
        mainstay_history::failpoints::PURGE_RECORDED,
        mainstay_history::failpoints::PURGE_DELETED,
    ] {
        assert!(reached.contains(&point), "{point} is not reached");
    }
}

#[test]
fn killed_while_it_recovers_it_leaves_nothing() {
    let mut reached = Vec::new();
    for point in all_points() {
        for hit in [1, 2] {
            let plan = format!("{point}=kill@{hit}");
            let what = format!("{plan} in a recovery");
            let scratch = support::scratch();
            let data = scratch.path().join("data");
            let crash = format!("{}=kill@47", failpoints::TOOK_FED);
            let known = run(&data, "private", 7, &crash);
            assert!(known.killed, "the run crashed");
            if run(&data, "recover", 7, &plan).killed {
                reached.push(point);
            }
            recovered(&data, 1, &known, &what);
        }
    }
    for point in [failpoints::END_PURGED, failpoints::END_FORGOTTEN] {
        assert!(reached.contains(&point), "{point} is not reached");
    }
}

#[test]
fn lines_go_on_after_a_private_run_and_what_came_before_is_gone_too() {
    let scratch = support::scratch();
    let data = scratch.path().join("data");
    let clock = Arc::new(TestClock::default());
    let mut effects = Effects::default();
    let mut spec = support::spec(1, Size::clamped(60, 12));
    spec.private = true;
    let mut keeper = begin_spec(&data, &spec, &clock, &settings());
    for n in 0..100 {
        take(
            &mut keeper,
            format!("secret {n}\r\n").as_bytes(),
            &mut effects,
        );
    }
    let mut shown = Vec::new();
    keeper.finish(outcome(), &mut effects).expect("written");
    let told: Vec<&Event> = effects.entries.iter().map(|entry| &entry.event).collect();
    assert_eq!(told, [&Event::Exited(outcome())]);
    keeper.snapshot(&mut shown);
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("secret 99"), "who looks still sees the end");
    assert_eq!(keeper.screen_text(10).expect("read"), "", "nobody else");
    assert_eq!(keeper.past().text(1000).expect("read"), "");
    keeper.finish(outcome(), &mut effects).expect("again");
    drop(keeper);

    let spec = support::spec(2, Size::clamped(60, 12));
    let mut keeper = begin_spec(&data, &spec, &clock, &settings());
    take(&mut keeper, b"open\r\n", &mut effects);
    keeper.finish(outcome(), &mut effects).expect("written");
    drop(keeper);
    let folder = support::folder(&data);
    let view = EndedView::open(&folder).expect("readable");
    let mut lines = Vec::new();
    view.past()
        .each(0..u64::MAX, &mut |number, line| {
            lines.push((number, line.text.clone()));
            ControlFlow::Continue(())
        })
        .map(drop)
        .expect("readable");
    lines.retain(|(_, text)| !text.is_empty() && !text.starts_with('─'));
    let [(number, text)] = lines.as_slice() else {
        panic!("one line is left: {lines:?}");
    };
    assert_eq!(text, "open");
    assert!(*number >= 88, "numbers go on: {number}");
    assert_eq!(folder.runs().expect("read").len(), 2);
}

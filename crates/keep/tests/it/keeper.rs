//! What a keeper gives its host, and what stands in the folder.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::support::{begin, folder, run_id, settings, spec, take};
use mainstay_history::{Disk, Space};
use mainstay_keep::{Effects, EndedView, KeepError, Keeper, recover};
use mainstay_protocol::frame::Note;
use mainstay_protocol::frame::request::{Hit, Query};
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::{Line, Size, Timestamp};
use mainstay_seams::{Clock, TestClock, failpoint};

struct Bench {
    _folder: tempfile::TempDir,
    data: std::path::PathBuf,
    clock: Arc<TestClock>,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            data: folder.path().join("data"),
            _folder: folder,
            clock: Arc::new(TestClock::default()),
        }
    }

    fn begin(&self, number: u32) -> Keeper {
        begin(&self.data, number, &self.clock, &settings())
    }
}

fn outcome() -> Outcome {
    Outcome {
        exit: Exit::Code { code: 0 },
        reason: EndReason::Natural,
        ended: Timestamp(1_795_188_999_000),
        ran_ms: 1,
    }
}

fn events(entries: &[Entry]) -> Vec<(u64, Option<u64>, &Event)> {
    entries
        .iter()
        .map(|entry| (entry.seq, entry.at, &entry.event))
        .collect()
}

fn texts(keeper: &Keeper) -> Vec<String> {
    let mut texts = Vec::new();
    keeper
        .past()
        .each(0..u64::MAX, &mut |_, line: &Line| {
            texts.push(line.text.clone());
            ControlFlow::Continue(())
        })
        .map(|_| ())
        .expect("readable");
    texts
}

#[test]
fn it_may_go_to_any_thread() {
    fn goes<T: Send>() {}
    fn is_shared<T: Send + Sync>() {}
    goes::<Keeper>();
    goes::<Effects>();
    is_shared::<mainstay_keep::Syncer>();
    is_shared::<mainstay_keep::Past>();
    is_shared::<mainstay_keep::journal::JournalSync>();
}

#[test]
fn output_has_effects() {
    let bench = Bench::new();
    let mut keeper = bench.begin(1);
    let mut effects = Effects::default();
    take(&mut keeper, b"hello\r\n", &mut effects);
    assert!(effects.first_output, "nothing was before");
    assert_eq!(effects.view, b"", "nobody looks");
    effects.view_wanted = true;
    take(
        &mut keeper,
        b"\x1b[6n\x07\x1b]52;c;aGk=\x07\x1b]0;title\x07there",
        &mut effects,
    );
    assert!(!effects.first_output);
    assert_eq!(effects.replies, b"\x1b[2;1R", "the cursor was asked for");
    let clipboard = Note::Clipboard {
        selection: "c".to_owned(),
        text: "hi".to_owned(),
    };
    assert_eq!(effects.notes, [Note::Bell, clipboard]);
    assert_eq!(events(&effects.entries), [(1, Some(12), &Event::Bell)]);
    assert!(effects.screen_changed, "it has a title");
    assert_eq!(keeper.state().title, "title");
    assert!(effects.view.ends_with(b"there"), "{:?}", effects.view);
    take(&mut keeper, b" and on", &mut effects);
    assert!(!effects.screen_changed, "the cursor alone does not count");
    assert_eq!(
        keeper.screen_text(0).expect("readable"),
        "hello\nthere and on"
    );
    assert_eq!(keeper.position(), 46, "every byte counts");
}

#[test]
fn bells_and_notifications_are_limited() {
    let bench = Bench::new();
    let mut keeper = bench.begin(1);
    let mut effects = Effects::default();
    take(&mut keeper, &b"\x07".repeat(5000), &mut effects);
    take(&mut keeper, b"\x07", &mut effects);
    assert_eq!(
        (effects.entries.len(), effects.notes.len()),
        (0, 0),
        "one per second"
    );
    bench.clock.advance(Duration::from_secs(1));
    take(&mut keeper, &b"\x1b]9;flood\x07".repeat(100), &mut effects);
    bench.clock.advance(Duration::from_secs(1));
    take(&mut keeper, b"\x1b]9;later\x07", &mut effects);
    let told: Vec<_> = effects.entries.iter().map(|entry| &entry.event).collect();
    let [Event::Custom { name, data }, Event::Notification(later)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(name, "mainstay.flood");
    assert_eq!(data["dropped"], 80, "the first twenty were let through");
    assert_eq!(later.body, "later");
    assert_eq!(keeper.last_entry(), 1 + 20 + 2);
}

#[test]
fn what_the_host_says_is_journalled() {
    let bench = Bench::new();
    let mut keeper = bench.begin(1);
    let mut effects = Effects::default();
    keeper
        .journal(Event::Spawned { pid: 4 }, &mut effects)
        .expect("written");
    assert_eq!(
        events(&effects.entries),
        [(1, None, &Event::Spawned { pid: 4 })]
    );
    let size = Size::clamped(100, 30);
    keeper.resize(size, &mut effects).expect("kept");
    assert_eq!(
        events(&effects.entries),
        [(2, Some(0), &Event::Resized { size })]
    );
    keeper.resize(size, &mut effects).expect("kept");
    assert_eq!(effects.entries, [], "the size did not change");
    keeper.finish(outcome(), &mut effects).expect("written");
    assert_eq!(
        events(&effects.entries),
        [(3, None, &Event::Exited(outcome()))]
    );
    let run = folder(&bench.data).run(&run_id(1));
    assert_eq!(run.outcome().expect("readable"), Some(outcome()));
    keeper
        .finish(outcome(), &mut effects)
        .expect("nothing to do");
    assert_eq!(effects.entries, [], "it ends once");
}

#[test]
fn what_programs_report_is_limited_too() {
    let bench = Bench::new();
    let mut keeper = bench.begin(1);
    let mut effects = Effects::default();
    let event = Event::Custom {
        name: "build.step".to_owned(),
        data: serde_json::json!({ "n": 1 }),
    };
    let mut report = |keeper: &mut Keeper| {
        let written = keeper.report(event.clone(), &mut effects).expect("written");
        (written, effects.entries.len())
    };
    for _ in 0..100 {
        assert_eq!(report(&mut keeper), (true, 1), "within the burst");
    }
    assert_eq!(report(&mut keeper), (false, 0), "too many at once");
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(
        report(&mut keeper),
        (true, 2),
        "with the number of those dropped"
    );
    assert_eq!(keeper.last_entry(), 102);
}

#[test]
fn no_secret_is_written() {
    let bench = Bench::new();
    drop(bench.begin(1));
    let run = folder(&bench.data).run(&run_id(1));
    let stored = run.spec().expect("readable").expect("there");
    assert_eq!(stored, spec(1, Size::clamped(60, 12)).without_secrets());
    let mut folders = vec![bench.data.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("own folder") {
            let entry = entry.expect("readable");
            if entry.file_type().expect("known").is_dir() {
                folders.push(entry.path());
            } else {
                let content = fs::read(entry.path()).expect("own file");
                let found = content.windows(5).any(|part| part == b"value");
                assert!(!found, "{} has the secret", entry.path().display());
            }
        }
    }
}

#[test]
fn one_host_and_one_start_per_run() {
    let bench = Bench::new();
    let keeper = bench.begin(1);
    let session = folder(&bench.data);
    assert!(session.is_live().expect("looked"));
    let busy = session.lock().expect_err("held");
    assert!(matches!(busy, KeepError::Busy { .. }), "{busy}");
    let clock: Arc<dyn Clock> = Arc::clone(&bench.clock) as _;
    recover(&session, &clock).expect_err("it has a host");
    drop(keeper);
    let lock = session.lock().expect("free");
    let again = Keeper::open(session, lock, &spec(1, Size::DEFAULT), &settings(), clock);
    let error = again.expect_err("started before");
    assert!(matches!(error, KeepError::RunExists { .. }), "{error}");
}

#[test]
fn a_resumed_run_goes_on_below_the_last_screen() {
    let bench = Bench::new();
    let mut effects = Effects::default();
    let mut keeper = bench.begin(1);
    take(&mut keeper, b"one\r\ntwo\r\n$ exit", &mut effects);
    keeper.finish(outcome(), &mut effects).expect("written");
    drop(keeper);
    let mut keeper = bench.begin(2);
    take(&mut keeper, b"three", &mut effects);
    let expected = [
        "one",
        "two",
        "$ exit",
        "── resumed 2026-11-20 15:36:00 UTC ──",
        "three",
    ];
    assert_eq!(texts(&keeper), expected);
    assert_eq!((keeper.top_line(), keeper.position()), (4, 5));
    assert_eq!(keeper.screen_text(0).expect("readable"), "three");
    assert_eq!(
        keeper.screen_text(2).expect("readable"),
        "$ exit\n── resumed 2026-11-20 15:36:00 UTC ──\nthree"
    );
    let lines = keeper.past().lines(1, 2, usize::MAX).expect("readable");
    assert_eq!((lines.first, lines.lines.len(), lines.end), (1, 2, 4));
    assert_eq!(keeper.last_entry(), 0, "the journal is the run's own");
}

#[test]
fn a_view_can_be_cleared_and_a_history_purged() {
    let bench = Bench::new();
    let mut effects = Effects::default();
    let mut keeper = bench.begin(1);
    let many: String = (0..500).map(|line| format!("line {line}\r\n")).collect();
    take(&mut keeper, many.as_bytes(), &mut effects);
    let top = keeper.top_line();
    assert_eq!(keeper.view_line(), 0);
    keeper.clear_view().expect("kept");
    assert_eq!(keeper.view_line(), top, "views begin here");
    assert_eq!(
        texts(&keeper).first().map(String::as_str),
        Some("line 0"),
        "still there"
    );
    drop(keeper);
    let session = folder(&bench.data);
    let view = EndedView::open(&session).expect("readable");
    assert_eq!(view.past().view_line(), top, "a crash changes nothing");
    assert_eq!(
        view.past().text(1000).expect("readable"),
        "",
        "nothing to view"
    );

    let mut keeper = bench.begin(2);
    keeper.purge(&mut effects).expect("purged");
    take(&mut keeper, b"after", &mut effects);
    assert_eq!(texts(&keeper), ["after"], "only the screen is left");
    assert!(keeper.top_line() > top, "numbers go on");
}

#[test]
fn everything_is_searched() {
    let bench = Bench::new();
    let mut effects = Effects::default();
    let mut keeper = bench.begin(1);
    let many: String = (0..2000).map(|line| format!("Line {line} ä\r\n")).collect();
    take(&mut keeper, many.as_bytes(), &mut effects);
    let find = |query: Query| {
        let mut hits: Vec<Hit> = Vec::new();
        let found = keeper
            .past()
            .search(&query, &AtomicBool::new(false), &mut |hit| {
                hits.push(hit);
                ControlFlow::Continue(())
            });
        found.map(|()| hits)
    };
    let every = Query {
        pattern: "line".to_owned(),
        ignore_case: true,
        limit: Some(10_000),
        ..Query::default()
    };
    let numbers = |hits: &[Hit]| hits.iter().map(|hit| hit.line).collect::<Vec<_>>();
    let forward = numbers(&find(every.clone()).expect("found"));
    assert_eq!(
        forward,
        (0..2000).collect::<Vec<u64>>(),
        "disk, memory and screen"
    );
    let backward = Query {
        backward: true,
        limit: Some(1500),
        ..every.clone()
    };
    let backward = numbers(&find(backward).expect("found"));
    assert_eq!(
        backward,
        (500..2000).rev().collect::<Vec<u64>>(),
        "newest first"
    );
    let none = Query {
        ignore_case: false,
        ..every
    };
    assert_eq!(find(none).expect("searched"), [], "the case counts");
    for line in [0_u64, 5, 1700, 1730, 1744, 1990, 1999] {
        let query = Query {
            pattern: format!("^Line {line} ä$"),
            regex: true,
            context: 20,
            ..Query::default()
        };
        let hits = find(query).expect("found");
        let [hit] = hits.as_slice() else {
            panic!("{hits:?}");
        };
        let neighbours = |lines: std::ops::Range<u64>| -> Vec<String> {
            lines.map(|line| format!("Line {line} ä")).collect()
        };
        assert_eq!(
            hit.before,
            neighbours(line.saturating_sub(20)..line),
            "{line}"
        );
        assert_eq!(
            hit.after,
            neighbours(line + 1..(line + 21).min(2000)),
            "{line}"
        );
        assert_eq!((hit.line, hit.start), (line, 0));
        assert_eq!(hit.end as usize, hit.text.len());
    }
    let wrong = Query {
        pattern: "(".to_owned(),
        regex: true,
        ..Query::default()
    };
    find(wrong).expect_err("no regular expression");
}

#[test]
fn a_full_disk_holds_up_nothing_and_is_made_up_for() {
    let bench = Bench::new();
    let mut effects = Effects::default();
    let mut keeper = bench.begin(1);
    let armed = failpoint::arm_thread("keep.journal.write=error;keep.file.write=error");
    let armed = armed.expect("armed");
    let space = keeper.space();
    space[..2].copy_from_slice(b"a\x07");
    let error = keeper.took(2, &mut effects).expect_err("the disk is full");
    assert!(error.is_full(), "{error}");
    assert_eq!(effects.entries, [], "not on disk, so not told");
    assert_eq!(
        keeper.screen_text(0).expect("readable"),
        "a",
        "the model goes on"
    );
    let error = keeper
        .finish(outcome(), &mut effects)
        .expect_err("the disk is full");
    assert!(error.is_full(), "{error}");
    drop(armed);
    keeper
        .finish(outcome(), &mut effects)
        .expect("there is room again");
    let expected = [
        (1, Some(2), &Event::Bell),
        (2, None, &Event::Exited(outcome())),
    ];
    assert_eq!(events(&effects.entries), expected, "nothing is missing");
}

/// A disk that a test fills.
#[derive(Debug, Default)]
struct Small {
    free: AtomicU64,
}

impl Disk for Small {
    fn space(&self, _folder: &Path) -> io::Result<Space> {
        Ok(Space {
            free: self.free.load(Ordering::Relaxed),
            total: 100_000_000_000,
        })
    }
}

#[test]
fn a_gap_is_journalled_where_it_begins_and_ends() {
    let bench = Bench::new();
    let disk = Arc::new(Small::default());
    disk.free.store(50_000_000_000, Ordering::Relaxed);
    let mut settings = settings();
    settings.history.disk = Arc::clone(&disk) as _;
    settings.history.retention.min_free = mainstay_history::Floor::default();
    let mut keeper = begin(&bench.data, 1, &bench.clock, &settings);
    let mut effects = Effects::default();
    let mut gaps = Vec::new();
    let many: String = (0..500).map(|line| format!("line {line}\r\n")).collect();
    for (round, free) in [
        50_000_000_000,
        1_000_000,
        1_000_000,
        50_000_000_000,
        50_000_000_000,
    ]
    .into_iter()
    .enumerate()
    {
        disk.free.store(free, Ordering::Relaxed);
        for _ in 0..40 {
            bench.clock.advance(Duration::from_secs(1));
            take(&mut keeper, many.as_bytes(), &mut effects);
            gaps.extend(
                effects
                    .entries
                    .iter()
                    .map(|entry| (round, entry.event.clone())),
            );
            keeper.tick(&mut effects).expect("kept");
            gaps.extend(
                effects
                    .entries
                    .iter()
                    .map(|entry| (round, entry.event.clone())),
            );
        }
    }
    let [
        (
            1,
            Event::Gap {
                from_line,
                to_line: None,
                ..
            },
        ),
        (
            3,
            Event::Gap {
                from_line: same,
                to_line: Some(to_line),
                reason,
            },
        ),
    ] = gaps.as_slice()
    else {
        panic!("{gaps:?}");
    };
    assert_eq!(from_line, same, "the same gap");
    assert!(from_line < to_line, "{from_line} to {to_line}");
    assert!(reason.contains("disk"), "{reason}");
    let past = keeper.past();
    let mut missing = None;
    let mut next = 0;
    past.each(0..u64::MAX, &mut |number, _| {
        if number != next {
            assert_eq!(missing, None, "one gap");
            missing = Some((next, number));
        }
        next = number + 1;
        ControlFlow::Continue(())
    })
    .map(|_| ())
    .expect("readable");
    assert_eq!(missing, Some((*from_line, *to_line)), "as the journal says");
}

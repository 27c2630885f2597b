//! kill -9 of the host at every named failpoint, while sessions start, print, are looked at, resized, paused, stopped and resumed.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use mainstay_crash_tests::host::{Ground, Live};
use mainstay_link::Connection;
use mainstay_protocol::Size;
use mainstay_protocol::frame::{FromHost, OpenView, Operation, ToHost};

/// Points that a life as below does not pass, and why.
const NOT_PASSED: &[(&str, &str)] = &[(
    "history.open.segment_deleted",
    "is passed by a recovery, which the test does itself; the tests of `keep` kill that one",
)];

/// Points that only private runs pass.
const PRIVATE: [&str; 2] = [
    mainstay_keep::failpoints::END_PURGED,
    mainstay_keep::failpoints::END_FORGOTTEN,
];

/// So many lines are enough for a checkpoint because the log is full.
const LINES: u64 = 160_000;

#[test]
fn nothing_that_was_read_is_lost_at_any_failpoint() {
    let all: Vec<&str> = [
        mainstay_history::failpoints::ALL,
        mainstay_keep::failpoints::ALL,
        mainstay_host::failpoints::ALL,
    ]
    .concat();
    let mut passed = BTreeSet::new();
    let mut wrong = Vec::new();
    for &point in &all {
        for nth in [1, 5] {
            // One point that fails must not hide the others; what went wrong is printed as it happens.
            match std::panic::catch_unwind(|| life(point, nth)) {
                Ok(true) => drop(passed.insert(point)),
                Ok(false) => {}
                Err(_) => wrong.push(format!("{point}@{nth}")),
            }
        }
    }
    assert!(wrong.is_empty(), "these went wrong: {wrong:?}");
    let excused: BTreeSet<&str> = NOT_PASSED.iter().map(|(point, _)| *point).collect();
    let missed: Vec<&&str> = all
        .iter()
        .filter(|point| !passed.contains(*point) && !excused.contains(*point))
        .collect();
    assert!(
        missed.is_empty(),
        "no host was killed at {missed:?}: add what passes them to the life"
    );
}

/// Two runs of a session, the second one resuming the first; both hosts are killed at the failpoint if they pass it so often.
/// Tells whether one was.
fn life(point: &str, nth: u32) -> bool {
    let ground = Ground::new();
    let forgets = forgets(point);
    let failpoints = format!("{point}=kill@{nth}");
    let context = format!("{failpoints}, run 1");
    let mut killed = run(&ground, "r1", 1, LINES, Ending::Natural, &failpoints);
    if PRIVATE.contains(&point) {
        ground.check_private(&context);
        killed |= run(&ground, "r2", 1, LINES, Ending::Stop, &failpoints);
        ground.check_private(&format!("{failpoints}, run 2"));
        return killed;
    }
    let last = ground.check(forgets, &context).last;

    let context = format!("{failpoints}, run 2 from line {}", last + 1);
    killed |= run(
        &ground,
        "r2",
        last + 1,
        1_000_000_000,
        Ending::Stop,
        &failpoints,
    );
    let after = ground.check(forgets, &context).last;
    assert!(
        after >= last,
        "{context}: what the first run printed is still there"
    );
    killed
}

/// Whether lines are deleted in the life of this point: not in the others, where every line must be there.
fn forgets(point: &str) -> bool {
    point.starts_with("history.retention") || point.starts_with("history.purge")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Natural,
    Stop,
}

/// Runs the scribe from a line on, with somebody looking; tells whether the host was killed.
fn run(
    ground: &Ground,
    id: &str,
    first: u64,
    count: u64,
    ending: Ending,
    failpoints: &str,
) -> bool {
    let tally = ground.path(&format!("tally-{id}"));
    let args = [
        &first.to_string(),
        &count.to_string(),
        "0",
        &*tally.to_string_lossy(),
    ]
    .map(str::to_owned);
    let mut spec = ground.spec(id, Path::new(env!("CARGO_BIN_EXE_scribe")), &args);
    spec.resumed = id != "r1";
    spec.private = PRIVATE.iter().any(|point| failpoints.starts_with(*point));
    let forgets = forgets(failpoints);
    if forgets {
        spec.retention.max_bytes = Some(1024 * 1024);
    }
    let Some(live) = ground.start(&spec, failpoints) else {
        return true;
    };
    look(&live, ending, forgets);
    live.was_killed()
}

/// Looks at the run and does to it what can be done, until it ends or its host dies. A connection that breaks is what this test
/// is about, so errors end the look.
fn look(live: &Live, ending: Ending, forgets: bool) {
    let Some(mut connection) = live.connect() else {
        return;
    };
    let view = OpenView {
        size: Some(Size::clamped(220, 30)),
        focused: true,
        ..OpenView::default()
    };
    let opened = connection
        .send(&ToHost::OpenView(view))
        .and_then(|()| connection.send(&ToHost::OpenJournal(0)));
    if opened.is_err() {
        return;
    }
    let actor = live
        .connect()
        .map(|connection| thread::spawn(move || act(connection, ending, forgets)));
    while let Ok(frame) = connection.recv() {
        let sent = match frame {
            FromHost::Snapshot(piece) if piece.last => {
                connection.send(&ToHost::AckView(piece.position))
            }
            FromHost::Output(position, bytes) => {
                connection.send(&ToHost::AckView(position + bytes.len() as u64))
            }
            FromHost::Journal(entries) => match entries.last() {
                Some(last) => connection.send(&ToHost::AckJournal(last.seq)),
                None => Ok(()),
            },
            _ => Ok(()),
        };
        if sent.is_err() {
            break;
        }
    }
    if let Some(actor) = actor {
        actor.join().expect("the actor does not panic");
    }
}

fn act(mut connection: Connection, ending: Ending, forgets: bool) {
    let operations = [
        Operation::Pause,
        Operation::Unpause,
        Operation::Screen { history: 10 },
    ];
    for operation in operations {
        if connection.ask(operation).is_err() {
            return;
        }
    }
    if forgets && connection.ask(Operation::Purge).is_err() {
        return;
    }
    if ending == Ending::Stop {
        connection.ask(Operation::Stop { grace_ms: Some(50) }).ok();
    }
    // Stays until the host lets go, so that the end is seen by one who listens.
    while connection.recv().is_ok() {}
}

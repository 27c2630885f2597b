//! A keeper that is killed loses nothing it had logged and doubles nothing, wherever it is killed.
//!
//! The test program runs itself again as the process that is killed (`child`).

use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::support::script::{Random, Step, script};
use crate::support::{self, model::Model};
use mainstay_keep::{Effects, EndedView, failpoints, recover};
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::{Size, Timestamp};
use mainstay_seams::{Clock, TestClock, failpoint};

const FOLDER: &str = "KEEP_TEST_FOLDER";
const MODE: &str = "KEEP_TEST_MODE";
/// How often a run is killed at a random moment, if not the usual number of times.
const RUNS: &str = "KEEP_TEST_RUNS";
const SEED: &str = "KEEP_TEST_SEED";

/// Bytes that a run prints: some checkpoints and segments.
const BYTES: usize = 150_000;

fn first_size() -> Size {
    Size::clamped(60, 12)
}

/// The process that is killed; does nothing where it isn't wanted as such.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let plan = std::env::var(failpoint::ENV).unwrap_or_default();
    failpoint::arm_from(&plan).expect("a good plan");
    let seed = std::env::var(SEED)
        .expect("given")
        .parse()
        .expect("a number");
    let data = Path::new(&folder);
    match std::env::var(MODE).expect("given").as_str() {
        "first" => keep(data, 1, seed, false),
        "second" => keep(data, 2, seed, false),
        "private" => keep(data, 1, seed, true),
        "private again" => keep(data, 2, seed, true),
        "recover" => {
            let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
            recover(&support::folder(data), &clock).expect("recovered");
        }
        other => panic!("{other} is no mode"),
    }
}

/// Keeps a whole run and tells after each read that it is kept.
fn keep(data: &Path, number: u32, seed: u64, private: bool) {
    let clock = Arc::new(TestClock::default());
    let mut spec = support::spec(number, first_size());
    spec.private = private;
    let mut keeper = support::begin_spec(data, &spec, &clock, &support::settings());
    let mut effects = Effects::default();
    let spawned = Event::Spawned { pid: 7 };
    keeper.journal(spawned, &mut effects).expect("written");
    println!("ack 0");
    for step in script(seed, BYTES) {
        clock.advance(Duration::from_secs(1));
        match step {
            Step::Output(bytes) => {
                support::take(&mut keeper, &bytes, &mut effects);
                println!("ack {}", keeper.position());
            }
            Step::Resize(size) => keeper.resize(size, &mut effects).expect("kept"),
            Step::Tick => {
                keeper.tick(&mut effects).expect("kept");
                keeper.syncer().sync().expect("synced");
            }
        }
    }
    keeper.finish(outcome(), &mut effects).expect("written");
    println!("ended");
}

pub(crate) fn outcome() -> Outcome {
    Outcome {
        exit: Exit::Code { code: 3 },
        reason: EndReason::Natural,
        ended: Timestamp(1_795_188_999_000),
        ran_ms: 39_000,
    }
}

fn start(data: &Path, mode: &str, seed: u64, plan: &str) -> Child {
    Command::new(std::env::current_exe().expect("own path"))
        .args(["crash::child", "--exact", "--nocapture"])
        .env(FOLDER, data)
        .env(MODE, mode)
        .env(SEED, seed.to_string())
        .env(failpoint::ENV, plan)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// What is known of a process that ended.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) killed: bool,
    /// Bytes that it said were kept.
    pub(crate) acked: Option<u64>,
    pub(crate) ended: bool,
}

impl Known {
    fn read(&mut self, line: &str) {
        // The test harness prints on the same lines.
        if let Some((_, position)) = line.rsplit_once("ack ") {
            self.acked = Some(position.trim().parse().expect("a position"));
        }
        self.ended |= line.trim_end().ends_with("ended");
    }

    fn end(&mut self, status: ExitStatus) {
        self.killed = status.signal() == Some(9);
    }
}

pub(crate) fn run(data: &Path, mode: &str, seed: u64, plan: &str) -> Known {
    let output = start(data, mode, seed, plan)
        .wait_with_output()
        .expect("it ends");
    let mut known = Known::default();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        known.read(line);
    }
    known.end(output.status);
    assert!(
        known.killed || output.status.success(),
        "{mode} with seed {seed} and {plan}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    known
}

/// One run that was killed or came to its end: looks at it, recovers it, looks again.
fn check_first(data: &Path, seed: u64, known: &Known, what: &str) {
    let folder = support::folder(data);
    assert!(!folder.is_live().expect("looked"), "{what}: nobody is left");
    let Some(begun) = begun(&folder, known, what) else {
        return;
    };
    let size = begun.size();
    let position = begun.position();
    assert!(
        known.acked.is_none_or(|acked| position >= acked),
        "{what}: {position} bytes are there, {:?} were told",
        known.acked
    );
    let mut model = Model::new(first_size());
    model.run(&script(seed, BYTES), position, size);
    model.compare(&begun, &format!("{what}, not recovered"));

    let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
    let recovery = recover(&folder, &clock).expect("recovered");
    assert_eq!(
        recovery.notes,
        [] as [String; 0],
        "{what}: nothing is damaged"
    );
    let view = EndedView::open(&folder).expect("readable");
    model.compare(&view, &format!("{what}, recovered"));
    let entries = model.compare_journal(&folder, 1, what);
    check_end(&folder, &entries, known, what);

    let again = recover(&folder, &clock).expect("recovered again");
    assert_eq!(again.entries, [], "{what}: there is nothing left to do");
    assert_eq!(again.ended, recovery.ended, "{what}: nothing changed");
    let view = EndedView::open(&folder).expect("readable");
    model.compare(&view, &format!("{what}, recovered twice"));
}

/// The folder as somebody sees it who only looks; nothing if the run never began.
fn begun(folder: &mainstay_keep::SessionFolder, known: &Known, what: &str) -> Option<EndedView> {
    let current = folder.current().expect("readable");
    let has_model = folder.history_dir().exists()
        && EndedView::open(folder).is_ok_and(|view| view.has_screen());
    if current.is_some() && has_model {
        return Some(EndedView::open(folder).expect("readable"));
    }
    assert_eq!(known.acked, None, "{what}: no output before the begin");
    let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
    let recovery = recover(folder, &clock).expect("recovered");
    match (current, recovery.ended) {
        (None, None) => {}
        (Some(run), Some((ended, outcome))) => {
            assert_eq!(run, ended, "{what}");
            assert!(
                matches!(outcome.exit, Exit::NotStarted { .. }),
                "{what}: {outcome:?}"
            );
        }
        other => panic!("{what}: {other:?}"),
    }
    None
}

fn check_end(folder: &mainstay_keep::SessionFolder, entries: &[Entry], known: &Known, what: &str) {
    let exits: Vec<_> = entries
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::Exited(outcome) => Some(outcome.clone()),
            _ => None,
        })
        .collect();
    let [exit] = exits.as_slice() else {
        panic!("{what}: {} ends", exits.len());
    };
    assert!(
        matches!(
            entries.last().map(|last| &last.event),
            Some(Event::Exited(_))
        ),
        "{what}: the end is the last entry"
    );
    if known.ended {
        assert_eq!(exit, &outcome(), "{what}: it ended by itself");
    } else if exit != &outcome() {
        assert_eq!(exit.reason, EndReason::HostDied, "{what}");
    }
    let run = folder.current().expect("readable").expect("there is one");
    let stored = folder.run(&run).outcome().expect("readable");
    assert_eq!(
        stored.as_ref(),
        Some(exit),
        "{what}: journal and outcome agree"
    );
}

pub(crate) fn all_points() -> impl Iterator<Item = &'static str> {
    failpoints::ALL
        .iter()
        .chain(mainstay_history::failpoints::ALL)
        .copied()
}

/// What only a recovery passes, which is killed there below, and what only a private run passes (`private.rs`).
const NOT_HERE: &[&str] = &[
    failpoints::REPLAYED,
    failpoints::END_PURGED,
    failpoints::END_FORGOTTEN,
];

#[test]
fn killed_at_every_failpoint() {
    let mut random = Random::new(1);
    let mut reached = Vec::new();
    for point in all_points() {
        for hit in [1, 3, 20 + random.below(60)] {
            let seed = 100 + random.below(1000) as u64;
            let what = format!("seed {seed}, {point}=kill@{hit}");
            let folder = support::scratch();
            let data = folder.path().join("data");
            let known = run(&data, "first", seed, &format!("{point}=kill@{hit}"));
            if known.killed {
                reached.push(point);
            }
            check_first(&data, seed, &known, &what);
        }
    }
    // The history's own tests go through all of its points.
    for point in failpoints::ALL {
        assert!(
            reached.contains(point) || NOT_HERE.contains(point),
            "{point} is not reached by a run"
        );
    }
    reached.dedup();
    let of_history = reached.len() + NOT_HERE.len() - failpoints::ALL.len();
    assert!(
        of_history >= 12,
        "{of_history} points of the history were reached"
    );
}

#[test]
fn killed_within_a_write_of_the_journal() {
    for hit in [3, 12, 25] {
        for torn in [1, 10, 50, 70] {
            let what = format!("entry {hit} of seed 5 without its last {torn} bytes");
            let folder = support::scratch();
            let data = folder.path().join("data");
            let plan = format!("{}=kill@{hit}", failpoints::JOURNAL_WRITTEN);
            let known = run(&data, "first", 5, &plan);
            assert!(known.killed, "{what}: it was there");
            let journal = support::folder(&data)
                .run(&support::run_id(1))
                .journal_path();
            let length = std::fs::metadata(&journal).expect("there").len();
            let file = std::fs::OpenOptions::new().write(true).open(&journal);
            file.and_then(|file| file.set_len(length - torn))
                .expect("torn");
            check_first(&data, 5, &known, &what);
        }
    }
}

#[test]
fn killed_while_it_recovers() {
    let mut reached = Vec::new();
    for point in all_points() {
        for hit in [1, 2] {
            let what = format!("{point}=kill@{hit} in a recovery");
            let folder = support::scratch();
            let data = folder.path().join("data");
            let crash = format!("{}=kill@47", failpoints::TOOK_FED);
            let known = run(&data, "first", 7, &crash);
            assert!(known.killed, "the run crashed");
            let second = run(&data, "recover", 7, &format!("{point}=kill@{hit}"));
            if second.killed {
                reached.push(point);
            }
            check_first(&data, 7, &known, &what);
        }
    }
    for point in [
        failpoints::REPLAYED,
        failpoints::CHECKPOINTED,
        failpoints::END_JOURNALLED,
        failpoints::END_OUTCOME,
        failpoints::SETTLED,
    ] {
        assert!(
            reached.contains(&point),
            "{point} is not reached by a recovery"
        );
    }
}

#[test]
fn killed_while_it_resumes() {
    let mut random = Random::new(3);
    for point in all_points() {
        for hit in [1, 20 + random.below(20)] {
            let seed = 2000 + random.below(1000) as u64;
            let what = format!("seed {seed}, {point}=kill@{hit} in a second run");
            let folder = support::scratch();
            let data = folder.path().join("data");
            let crash = format!("{}=kill@31", failpoints::TOOK_LOGGED);
            assert!(
                run(&data, "first", 7, &crash).killed,
                "the first run crashed"
            );
            let session = support::folder(&data);
            let first = EndedView::open(&session).expect("readable");
            let known = run(&data, "second", seed, &format!("{point}=kill@{hit}"));
            check_second(&data, &first, seed, &known, &what);
        }
    }
}

fn check_second(data: &Path, first: &EndedView, seed: u64, known: &Known, what: &str) {
    let folder = support::folder(data);
    let mut model = Model::new(first_size());
    model.run(&script(7, BYTES), first.position(), first.size());

    let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
    recover(&folder, &clock).expect("recovered");
    let entries = model.compare_journal(&folder, 1, what);
    let exits = |entry: &&Entry| matches!(entry.event, Event::Exited(_));
    assert_eq!(
        entries.iter().filter(exits).count(),
        1,
        "{what}: the first run ended once"
    );

    let view = EndedView::open(&folder).expect("readable");
    if view.past().end_line() > first.past().end_line() || view.position() != first.position() {
        model.resume(first_size());
        model.run(&script(seed, BYTES), view.position(), view.size());
        let entries = model.compare_journal(&folder, 2, what);
        check_end(&folder, &entries, known, what);
    } else {
        assert_eq!(known.acked, None, "{what}: the second run did not begin");
    }
    model.compare(&view, what);
}

#[test]
fn killed_at_random_moments() {
    let runs = std::env::var(RUNS).map_or(24, |runs| runs.parse().expect("a number"));
    for seed in 0..runs {
        let mut random = Random::new(seed);
        let what = format!("seed {seed}");
        let folder = support::scratch();
        let data = folder.path().join("data");
        let mut child = start(&data, "first", seed, "");
        let mut known = Known::default();
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        let last = random.below(100);
        for read in 0.. {
            line.clear();
            if output.read_line(&mut line).expect("readable") == 0 {
                break;
            }
            known.read(&line);
            if read == last {
                child.kill().expect("it is ours");
            }
        }
        known.end(child.wait().expect("it ends"));
        check_first(&data, seed, &known, &what);
    }
}

/// A host that lives and can't be reached: whoever looks at its folder sees some moment, and only true lines.
#[test]
fn looked_at_while_it_runs() {
    let folder = support::scratch();
    let data = folder.path().join("data");
    let mut model = Model::new(first_size());
    for step in script(11, BYTES) {
        match step {
            Step::Output(bytes) => model.terminal.feed(&bytes, &mut model.taken),
            Step::Resize(size) => model.terminal.resize(size, &mut model.taken),
            Step::Tick => {}
        }
    }
    let mut child = start(&data, "first", 11, "");
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    let mut looks = 0;
    while output.read_line(&mut line).expect("readable") > 0 {
        if line.trim_end().ends_with('0') {
            let view = EndedView::open(&support::folder(&data)).expect("readable");
            // What may still change is in memory.
            let settled = view.past().end_line().saturating_sub(300);
            let mut next = 0;
            view.past()
                .each(0..settled, &mut |number, line| {
                    assert_eq!(number, next, "each line once, in order");
                    next += 1;
                    let place = usize::try_from(number).expect("small");
                    assert_eq!(
                        model.taken.lines[place].as_ref(),
                        Some(line),
                        "line {number}"
                    );
                    ControlFlow::Continue(())
                })
                .map(|_| ())
                .expect("readable");
            assert_eq!(next, settled, "none is missing");
            looks += 1;
        }
        line.clear();
    }
    assert!(
        child.wait().expect("it ends").success(),
        "it was not disturbed"
    );
    assert!(looks > 2, "looked {looks} times");
}

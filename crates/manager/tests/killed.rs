//! A manager that is killed at each of its failpoints: the next one finds every session in its true state, no event is missing
//! or told twice, and what was begun can be brought to its end with nothing left over.

#![cfg(unix)]

mod support;

use std::collections::{HashMap, HashSet};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use mainstay_keep::Places;
use mainstay_manager::{Manager, failpoints};
use mainstay_protocol::session::{
    Change, Delete, EventQuery, NewSession, Retry, SessionQuery, Start, Status,
};
use mainstay_protocol::{Code, EventKind, Problem, RunId, SessionEvent, SessionId};
use mainstay_seams::failpoint;
use support::ground::{FORCE, Ground, sh};
use support::watch::Watch;

/// Where the killed manager works, and what kills it.
const DATA: &str = "MANAGER_TEST_DATA";
const POINTS: &str = "MANAGER_TEST_POINTS";

/// The program that is killed: it runs in a process of its own.
#[test]
#[ignore = "the other tests run it in a process of its own"]
fn the_manager_that_is_killed() {
    let Some(data) = std::env::var_os(DATA) else {
        return;
    };
    failpoint::arm_from(&std::env::var(POINTS).expect("points")).expect("armed");
    let manager = Ground::at(&PathBuf::from(data)).manager();
    play(&manager);
    manager.close();
}

fn program(ground: &Ground, points: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command
        .args([
            "--exact",
            "the_manager_that_is_killed",
            "--ignored",
            "--quiet",
        ])
        .env(DATA, ground.root())
        .env(POINTS, points)
        .env_remove("MAINSTAY_FAILPOINTS");
    command
}

fn run(ground: &Ground, points: &str) -> ExitStatus {
    let output = program(ground, points).output().expect("it runs");
    let status = output.status;
    assert!(
        status.success() || status.signal() == Some(9),
        "{points}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    status
}

fn id(text: &str) -> SessionId {
    text.parse().expect("an id")
}

/// Everything that can happen to sessions. Goes on where an earlier one was killed.
fn play(manager: &Manager) {
    let mut watch = Watch::new(manager);
    let mut ended = |manager: &Manager, id: &SessionId| {
        watch.until_true(|| {
            let session = manager.show(id).expect("there");
            !session.status.is_live() && session.retrying.is_none()
        });
    };
    let mut private = sh("private", "echo secret");
    private.settings.private = true;
    let mut flaky = sh("flaky", "exit 1");
    flaky.settings.retry = Some(Retry {
        count: 1,
        delay_ms: 5,
        ..Retry::default()
    });
    let mut missing = sh("missing", "");
    missing.settings.command = vec!["no-such-program-anywhere".to_owned()];
    for new in [sh("done", "echo x"), private, flaky, missing] {
        let id = new.id.clone().expect("given");
        make(manager, new);
        ended(manager, &id);
    }
    let (done, live) = (id("done"), id("live"));
    if manager.show(&done).expect("there").deleted.is_none() {
        unless_deleted(manager.resume(&done, Start::default()));
        ended(manager, &done);
    }
    make(manager, sh("live", "sleep 1000"));
    if let Ok(session) = manager.show(&live)
        && session.deleted.is_none()
    {
        let change = Change {
            name: Some(format!("{:?}", session.name)),
            ..Change::default()
        };
        unless_deleted(manager.change(&live, change));
        if session.status.is_live() {
            unless_deleted(manager.stop(&live, FORCE));
            ended(manager, &live);
        }
        unless_deleted(manager.resume(&live, Start::default()));
    }
    let force = Delete {
        force: true,
        ..Delete::default()
    };
    for name in ["done", "private", "flaky", "missing", "live"] {
        manager.delete(&id(name), force).expect("deleted");
    }
}

/// A deletion that an earlier manager had begun goes on beside us.
fn unless_deleted<T>(result: Result<T, Problem>) {
    if let Err(problem) = result {
        let is_going = matches!(problem.code, Code::Deleted | Code::WrongState);
        assert!(is_going, "{problem:?}");
    }
}

/// Makes a session, unless an earlier manager came to it.
fn make(manager: &Manager, new: NewSession) {
    let id = new.id.clone().expect("given");
    if manager.show(&id).is_err() {
        let fails = id.as_str() == "missing";
        assert_eq!(manager.create(new).is_err(), fails, "{id}");
    }
}

/// What must hold whenever a manager has found everything again.
fn check(manager: &Manager, ground: &Ground, context: &str) {
    let events = manager.events(&EventQuery {
        limit: Some(10_000),
        ..EventQuery::default()
    });
    let events = events.expect("the log");
    let mut by_run: HashMap<RunId, Vec<&SessionEvent>> = HashMap::new();
    let mut created = HashSet::new();
    for event in &events {
        if event.kind == EventKind::Created {
            assert!(created.insert(&event.session_id), "{context}: made once");
        }
        if let Some(run) = &event.run_id {
            by_run.entry(run.clone()).or_default().push(event);
        }
    }
    let query = SessionQuery {
        deleted: true,
        ..SessionQuery::default()
    };
    for session in manager.list(&query).expect("a list").sessions {
        let runs = manager.runs(&session.id).expect("its runs");
        let numbers: Vec<u32> = runs.iter().map(|run| run.number).collect();
        let expected: Vec<u32> = (1..=session.runs).collect();
        assert_eq!(numbers, expected, "{context}: {}", session.id);
        for run in &runs {
            let told = by_run.remove(&run.id).unwrap_or_default();
            let count = |name: &str| {
                told.iter()
                    .filter(|event| event.kind.name() == name)
                    .count()
            };
            let context = format!("{context}: {} run {}: {told:#?}", session.id, run.number);
            for name in [
                "created",
                "resuming",
                "started",
                "cancel_initiated",
                "exited",
            ] {
                assert!(count(&format!("session.{name}")) <= 1, "{name} {context}");
            }
            let ends = count("session.exited") + count("session.interrupted");
            let failed = count("session.error");
            let is_newest = session.run.as_ref() == Some(&run.id);
            let is_live = is_newest && session.status.is_live();
            assert_eq!(
                run.outcome.is_none(),
                is_live,
                "an outcome at its end: {context}"
            );
            assert_eq!(ends + failed, usize::from(!is_live), "one end: {context}");
            assert_eq!(
                run.ready.is_some(),
                count("session.started") == 1,
                "{context}"
            );
        }
        let folder = ground.places().session_dir(&session.id);
        assert!(
            session.deleted.is_none() || !folder.exists(),
            "{context}: {} is deleted and has a folder",
            session.id
        );
        assert!(!session.stopping || session.status.is_live(), "{context}");
    }
}

fn settle(manager: &Manager) {
    let mut watch = Watch::new(manager);
    let page = manager.list(&SessionQuery::default()).expect("a list");
    for session in page.sessions {
        let goes_on = session.id == id("live");
        watch.until_true(|| {
            let now = manager.show(&session.id).expect("there");
            let is_there = now.status != Status::Pending && now.retrying.is_none();
            is_there && (goes_on || !now.status.is_live())
        });
    }
}

/// Kills managers one after the other, then checks, brings all to its end, and checks again. True if the last was killed.
fn killed_at(stages: &[&str], before: impl Fn(&Ground)) -> bool {
    let context = stages.join(", then ");
    let ground = Ground::new();
    before(&ground);
    let mut last = None;
    for points in stages {
        last = run(&ground, points).signal();
    }
    let manager = ground.manager();
    settle(&manager);
    check(&manager, &ground, &context);
    play(&manager);
    check(&manager, &ground, &context);
    manager.close();
    let left = |path: PathBuf| {
        let entries = std::fs::read_dir(path).expect("a folder").flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let Places { runtime, .. } = ground.places();
    assert_eq!(
        left(ground.places().sessions_dir()),
        [] as [PathBuf; 0],
        "{context}"
    );
    assert_eq!(left(runtime), [] as [PathBuf; 0], "{context}");
    last == Some(9)
}

/// A session whose database is gone.
fn lost(ground: &Ground) {
    let manager = ground.manager();
    make(&manager, sh("done", "echo x"));
    make(&manager, sh("live", "sleep 1000"));
    manager.close();
    for name in ["mainstay.db", "mainstay.db-wal", "mainstay.db-shm"] {
        std::fs::remove_file(ground.places().data.join(name)).ok();
    }
}

/// A session whose host is gone.
fn dead(ground: &Ground) {
    let manager = ground.manager();
    make(&manager, sh("live", "sleep 1000"));
    Watch::new(&manager).named(&id("live"), "session.started", 1);
    manager.close();
    let mut host = ground.dial(&id("live"));
    let pid = i32::try_from(ground.host_pid(&id("live"))).expect("a pid");
    let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
    while host.recv().is_ok() {}
}

#[test]
fn killed_at_every_failpoint() {
    for point in failpoints::ALL {
        let kill = format!("{point}=kill");
        let was_killed = match *point {
            failpoints::REBUILD_READ | failpoints::REBUILD_MADE => killed_at(&[&kill], lost),
            failpoints::SETTLED => killed_at(&[&kill], dead),
            failpoints::REFUSED => {
                let stored = format!("{}=kill", failpoints::RECORD_WRITTEN);
                killed_at(&[&stored, &kill], |_| {})
            }
            _ => killed_at(&[&kill], |_| {}),
        };
        assert!(was_killed, "{point} was not passed");
    }
}

#[test]
fn killed_at_later_passes_too() {
    for point in [
        failpoints::TAKE_RECEIVED,
        failpoints::TAKE_STORED,
        failpoints::TAKE_ACKED,
        failpoints::LAUNCHED,
        failpoints::RECORD_WRITTEN,
    ] {
        for nth in [2, 3, 5] {
            killed_at(&[&format!("{point}=kill@{nth}")], |_| {});
        }
    }
}

/// Kills a manager from outside at a moment of its life.
#[test]
fn killed_at_random_moments() {
    let moments = std::env::var("MAINSTAY_KILLS").map_or(8, |n| n.parse().expect("a number"));
    let seed = std::env::var("MAINSTAY_SEED").map_or(1, |n| n.parse().expect("a number"));
    let mut random: u64 = seed;
    for n in 0..moments {
        // Knuth's multiplier; the upper bits are good enough for moments.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let after = std::time::Duration::from_micros((random >> 33) % 1_500_000);
        let context = format!("seed {seed}, moment {n}: {after:?}");
        killed_at(&[], |ground| {
            let mut child = program(ground, "").spawn().expect("it runs");
            let clock = mainstay_seams::SystemClock;
            let deadline = mainstay_seams::Clock::monotonic(&clock) + after;
            let alarm = mainstay_seams::Alarm::default();
            mainstay_seams::Clock::wait(&clock, &alarm, Some(deadline));
            child.kill().expect("killed, or over");
            child.wait().expect("gone");
            println!("{context}");
        });
    }
}

//! Holds a manager and asks it for things, until it is done or killed.
//!
//! `steward HOME MODE LIFE SEED MOMENT`: MODE as in `stewards::Mode`, MOMENT is `LINES,MICROSECONDS` or `-`. Failpoints are
//! armed from the environment, as in the programs.
#![expect(
    clippy::panic,
    reason = "all of this is for tests, where a panic is the verdict"
)]

use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use mainstay_manager::Manager;
use mainstay_manager_tests::home::{self, Home};
use mainstay_manager_tests::log::{Log, Moment, Op};
use mainstay_manager_tests::programs::Program;
use mainstay_manager_tests::steward::Steward;
use mainstay_manager_tests::stewards::{Alone, Mode};
use mainstay_manager_tests::{rambling, script};
use mainstay_protocol::SessionId;
use mainstay_protocol::session::NewSession;
use mainstay_seams::{Alarm, Clock as _, SystemClock, failpoint};

fn main() {
    let failpoints = std::env::var(failpoint::ENV).unwrap_or_default();
    failpoint::arm_from(&failpoints).expect("failpoints in their form");
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [path, mode, life, seed, moment] = words.as_slice() else {
        panic!("usage: steward HOME MODE LIFE SEED MOMENT");
    };
    let home = Home::of(Path::new(path));
    let mode = Mode::of(mode).expect("a mode");
    let life: u32 = life.parse().expect("a number");
    let seed: u64 = seed.parse().expect("a number");
    let mut log = Log::open(&home.log());
    if let Some((lines, micros)) = moment.split_once(',') {
        log = log.kill_at(Moment {
            lines: lines.parse().expect("a number"),
            then: Duration::from_micros(micros.parse().expect("a number")),
        });
    }
    let opened = Manager::open(home.config(Arc::new(SystemClock)));
    let (manager, _) = opened.expect("the manager opens");
    let steward = Steward { home, manager, log };
    match mode {
        Mode::Script => script::run(&steward, life),
        Mode::Ramble => rambling::run(&steward, life, seed),
        Mode::Many(count) => many(&steward, count),
        Mode::One(alone) => one(&steward, alone),
        Mode::Watch => {
            SystemClock.wait(&Alarm::default(), None);
        }
        Mode::Tick(count) => tick(&steward, count),
    }
    // No goodbye: whatever ends a manager, the next one must find everything.
    std::process::exit(0);
}

fn many(steward: &Steward, count: usize) {
    let start = Barrier::new(count);
    std::thread::scope(|scope| {
        for n in 0..count {
            let start = &start;
            scope.spawn(move || {
                let id: SessionId = format!("many-{n}").parse().expect("an id");
                start.wait();
                let made = steward.ask(&id, &Op::Create(Program::Sleeper));
                assert!(made, "session {n} was made");
            });
        }
    });
}

fn one(steward: &Steward, alone: Alone) {
    let id: SessionId = "one".parse().expect("an id");
    let made = steward.ask(&id, &Op::Create(alone.program()));
    assert!(made, "the session was made");
    if alone == Alone::Later {
        steward.until(&id, "the retry is announced", |session| {
            session.retrying.is_some()
        });
    }
}

fn tick(steward: &Steward, count: u64) {
    let mut settings = Program::Sleeper.settings(steward.home.path());
    settings.env.clear();
    let ticker = home::program("ticker").to_string_lossy().into_owned();
    settings.command = vec![ticker, count.to_string()];
    let made = steward.manager.create(NewSession {
        id: Some("tick".parse().expect("an id")),
        settings,
        ..NewSession::default()
    });
    made.expect("the ticker starts");
}

//! Retries and timeouts with the manager killed in between, wall clocks that jump, machines that slept.
#![cfg(unix)]

use std::sync::Arc;
use std::time::Duration;

use mainstay_manager::Manager;
use mainstay_manager_tests::checks;
use mainstay_manager_tests::clock::JumpingClock;
use mainstay_manager_tests::home::Home;
use mainstay_manager_tests::processes;
use mainstay_manager_tests::programs::{HOUR, Program};
use mainstay_manager_tests::stewards::{Alone, Life, Mode};
use mainstay_manager_tests::three::{id, make, until_status};
use mainstay_manager_tests::until::until;
use mainstay_protocol::event::EventKind;
use mainstay_protocol::journal::TimeoutKind;
use mainstay_protocol::outcome::EndReason;
use mainstay_protocol::session::{EventQuery, Status};
use mainstay_protocol::spec::Origin;
use mainstay_seams::Clock;

const MINUTE: Duration = Duration::from_secs(60);

fn hour_ms() -> i64 {
    i64::try_from(HOUR).expect("an hour is short")
}

/// A home whose manager was killed when it had announced a retry in an hour.
fn waiting() -> Home {
    let home = Home::new();
    assert!(
        !Life::new(Mode::One(Alone::Later), 0).live(&home),
        "it fails and is to be tried again"
    );
    home
}

fn open(home: &Home) -> (Manager, Arc<JumpingClock>) {
    let clock = Arc::new(JumpingClock::default());
    let (manager, _) = home.open_with(Arc::clone(&clock) as Arc<dyn Clock>);
    (manager, clock)
}

fn runs(manager: &Manager) -> usize {
    manager.runs(&id("one")).expect("its runs").len()
}

/// Waits until something that was planned after everything else has happened: what was due before has happened too.
fn until_timers_passed(home: &Home, manager: &Manager, name: &str) {
    let program = Program::Numbers {
        count: 1,
        code: 1,
        retries: 1,
        private: false,
    };
    make(home, manager, name, &program);
    until(home, manager, "another session is retried", || {
        let found = manager
            .show(&id(name))
            .map_err(|problem| problem.to_string())?;
        let done = found.runs == 2 && found.status == Status::Failed;
        if done {
            Ok(())
        } else {
            Err(format!("{found:?}"))
        }
    });
}

fn until_runs(home: &Home, manager: &Manager, wanted: usize) {
    until(home, manager, &format!("there are {wanted} runs"), || {
        let found = manager
            .runs(&id("one"))
            .map_err(|problem| problem.to_string())?;
        let ended = found.last().is_some_and(|run| run.outcome.is_some());
        if found.len() == wanted && ended {
            Ok(())
        } else {
            Err(format!("{found:?}"))
        }
    });
    let runs = manager.runs(&id("one")).expect("its runs");
    assert!(
        runs.iter().skip(1).all(|run| run.origin == Origin::Retry),
        "{runs:?}"
    );
}

#[test]
fn a_retry_waits_for_its_hour_and_for_no_jump_of_the_wall_clock() {
    let home = waiting();
    let (manager, clock) = open(&home);
    assert_eq!(runs(&manager), 1);
    clock.jump_wall(5 * hour_ms());
    until_timers_passed(&home, &manager, "forward");
    assert_eq!(runs(&manager), 1, "the clock went forward");
    clock.jump_wall(-50 * hour_ms());
    until_timers_passed(&home, &manager, "back");
    assert_eq!(runs(&manager), 1, "the clock went back");
    clock.pass(Duration::from_millis(HOUR) - MINUTE);
    until_timers_passed(&home, &manager, "nearly");
    assert_eq!(runs(&manager), 1, "a minute is left");
    clock.pass(MINUTE);
    until_runs(&home, &manager, 2);
    manager.close();
}

#[test]
fn a_retry_that_was_due_while_no_manager_was_there_comes_at_once() {
    let home = waiting();
    let clock = Arc::new(JumpingClock::default());
    clock.jump_wall(2 * hour_ms());
    let (manager, _) = home.open_with(Arc::clone(&clock) as Arc<dyn Clock>);
    until_runs(&home, &manager, 2);
    manager.close();
}

#[test]
fn a_wall_clock_that_went_back_while_no_manager_was_there_postpones_no_retry_by_more_than_its_pause()
 {
    let home = waiting();
    let clock = Arc::new(JumpingClock::default());
    clock.jump_wall(-1_000 * hour_ms());
    let (manager, _) = home.open_with(Arc::clone(&clock) as Arc<dyn Clock>);
    until_timers_passed(&home, &manager, "other");
    assert_eq!(runs(&manager), 1);
    clock.pass(Duration::from_millis(HOUR));
    until_runs(&home, &manager, 2);
    manager.close();
}

#[test]
fn a_machine_that_slept_loses_no_session_and_retries_what_is_due() {
    let home = waiting();
    let (manager, clock) = open(&home);
    make(&home, &manager, "sleeper", &Program::Sleeper);
    until_status(&home, &manager, "sleeper", Status::Running);
    let before = types(&manager, "sleeper");
    // Three nights, in a machine whose monotonic clock stands while it sleeps …
    clock.jump_wall(72 * hour_ms());
    until_timers_passed(&home, &manager, "other");
    assert_eq!(
        runs(&manager),
        1,
        "what doesn't count doesn't shorten a pause"
    );
    // … and in one where it goes on.
    clock.pass(Duration::from_millis(72 * HOUR));
    until_runs(&home, &manager, 2);
    assert_eq!(types(&manager, "sleeper"), before, "it just goes on");
    let sleeper = manager.show(&id("sleeper")).expect("it is there");
    assert!(
        sleeper.connected && sleeper.status == Status::Running,
        "{sleeper:?}"
    );
    manager.close();
}

fn types(manager: &Manager, name: &str) -> Vec<String> {
    let query = EventQuery {
        session: Some(id(name)),
        ..EventQuery::default()
    };
    let events = manager.events(&query).expect("the events");
    let names = events.iter().map(|event| event.kind.name().to_owned());
    names.filter(|name| name != "session.updated").collect()
}

/// The session's clock runs out, whether a manager is there at that time or not.
fn timeout(alone: Alone, wait: bool) {
    let context = format!("{alone:?}, with no manager at that time: {wait}");
    let home = Home::new();
    assert!(
        !Life::new(Mode::One(alone), 0).live(&home),
        "{context}: it starts"
    );
    if wait {
        for process in processes::of(&home).iter().filter(|one| !one.is_host()) {
            if let Some(watch) = process.watch() {
                assert!(
                    processes::ended_within(&watch, 30),
                    "{context}: it is ended"
                );
            }
        }
    }
    let (manager, _) = home.open();
    until(&home, &manager, &context, || {
        checks::everything(&home, &manager)
    });
    let (which, reason, status) = match alone {
        Alone::Unready => (TimeoutKind::Start, EndReason::StartTimeout, Status::Failed),
        _ => (TimeoutKind::Run, EndReason::RunTimeout, Status::Terminated),
    };
    let session = manager.show(&id("one")).expect("it is there");
    assert_eq!(session.status, status, "{context}");
    assert_eq!(
        session.outcome.map(|outcome| outcome.reason),
        Some(reason),
        "{context}"
    );
    let query = EventQuery::default();
    let events = manager.events(&query).expect("the events").into_iter();
    let told: Vec<_> = events
        .filter_map(|event| match event.kind {
            EventKind::Timeout { which, .. } => Some(which),
            _ => None,
        })
        .collect();
    assert_eq!(told, [which], "{context}: told once");
    manager.close();
    checks::settled(&home, &context);
}

#[test]
fn timeouts_are_kept_while_no_manager_is_there() {
    for alone in [Alone::Unready, Alone::Overlong] {
        for wait in [false, true] {
            timeout(alone, wait);
        }
    }
}

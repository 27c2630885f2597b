//! A host that is killed, and a machine that restarts: what was on the screen and above it is there, and sessions can be resumed.
#![cfg(unix)]

use std::fs;

use mainstay_keep::EndedView;
use mainstay_manager::Manager;
use mainstay_manager_tests::checks;
use mainstay_manager_tests::home::Home;
use mainstay_manager_tests::lines;
use mainstay_manager_tests::processes;
use mainstay_manager_tests::programs::{Program, SHOWN};
use mainstay_manager_tests::three::{self, id, until_status};
use mainstay_manager_tests::until::until;
use mainstay_protocol::session::{EventQuery, Start, Status, Stop};

/// Sessions of the machine that restarts.
const SESSIONS: usize = 24;

fn make(home: &Home, manager: &Manager, name: &str) {
    three::make(home, manager, name, &Program::Shown);
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

/// All that the program printed is there, and the last of it on the screen.
fn shows_everything(home: &Home, name: &str, runs: u32) {
    let folder = home.folder(&id(name)).expect("its folder");
    let numbers = lines::numbers(&folder).expect("it can be read");
    let expected: Vec<u64> = (0..runs).flat_map(|_| 1..=u64::from(SHOWN)).collect();
    assert_eq!(numbers, expected, "{name}: every line once, in order");
    let view = EndedView::open(&folder).expect("it can be read");
    let screen = view.screen_text(0).expect("it can be read");
    assert!(
        view.has_screen() && screen.trim_end().ends_with(&format!("\nn {SHOWN}")),
        "{name}: the last screen: {screen:?}"
    );
}

#[test]
fn a_killed_host_interrupts_its_session_which_can_be_resumed() {
    let home = Home::new();
    let (manager, _) = home.open();
    make(&home, &manager, "a");
    make(&home, &manager, "other");
    until_status(&home, &manager, "a", Status::Running);
    let hosts: Vec<_> = processes::of(&home)
        .into_iter()
        .filter(|one| one.is_host() && one.session == Some(id("a")))
        .collect();
    assert_eq!(hosts.len(), 1, "it has one host");
    processes::kill(&hosts);
    let session = until_status(&home, &manager, "a", Status::Interrupted);
    let reason = session.reason.unwrap_or_default();
    assert!(reason.contains("host"), "it says why: {reason:?}");
    shows_everything(&home, "a", 1);

    let resumed = manager
        .resume(&id("a"), Start::default())
        .expect("it is resumed");
    assert_eq!(resumed.runs, 2);
    until_status(&home, &manager, "a", Status::Running);
    manager
        .stop(&id("a"), Stop::default())
        .expect("it is stopped");
    until_status(&home, &manager, "a", Status::Terminated);
    until(&home, &manager, "its host goes", || {
        checks::everything(&home, &manager)
    });
    shows_everything(&home, "a", 2);
    let expected = [
        "created",
        "started",
        "interrupted",
        "resuming",
        "started",
        "cancel_initiated",
        "exited",
    ];
    let expected: Vec<String> = expected.map(|name| format!("session.{name}")).to_vec();
    assert_eq!(types(&manager, "a"), expected);
    assert_eq!(
        types(&manager, "other"),
        ["session.created", "session.started"]
    );
    manager.close();
}

#[test]
fn a_restarted_machine_interrupts_all_sessions_and_all_can_be_resumed() {
    let home = Home::new();
    let names: Vec<String> = (0..SESSIONS).map(|n| format!("s{n}")).collect();
    let (manager, _) = home.open();
    at_once(&names, |name| make(&home, &manager, name));
    for name in &names {
        until_status(&home, &manager, name, Status::Running);
    }
    // One that had ended before isn't concerned.
    let ended = manager.stop(&id("s0"), Stop::default());
    ended.expect("it is stopped");
    until_status(&home, &manager, "s0", Status::Terminated);
    manager.pause(&id("s1")).expect("it is paused");
    drop(manager);
    home.kill_all();
    fs::remove_dir_all(home.places().runtime).expect("the runtime directory is emptied");

    let (manager, report) = home.open();
    assert_eq!(report.interrupted.len(), SESSIONS - 1, "{report:?}");
    for name in &names[1..] {
        let session = manager.show(&id(name)).expect("it is there");
        assert_eq!(session.status, Status::Interrupted, "{name}");
        let reason = session.reason.unwrap_or_default();
        assert!(reason.contains("machine"), "{name} says why: {reason:?}");
        shows_everything(&home, name, 1);
    }
    let first = manager.show(&id("s0")).expect("it is there");
    assert_eq!(first.status, Status::Terminated);
    until(&home, &manager, "all are settled", || {
        checks::everything(&home, &manager)
    });

    at_once(&names, |name| {
        let resumed = manager.resume(&id(name), Start::default());
        assert!(resumed.is_ok(), "{name}: {:?}", resumed.err());
    });
    for name in &names {
        until_status(&home, &manager, name, Status::Running);
    }
    until(&home, &manager, "all run again", || {
        checks::everything(&home, &manager)
    });
    drop(manager);
    home.kill_all();
    checks::settled(&home, "killed once more");
    for name in &names {
        shows_everything(&home, name, 2);
    }
    checks::emptied(&home, "at the end");
}

fn at_once(names: &[String], act: impl Fn(&str) + Sync) {
    std::thread::scope(|scope| {
        for name in names {
            let act = &act;
            scope.spawn(move || act(name));
        }
    });
}

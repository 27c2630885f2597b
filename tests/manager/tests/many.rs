//! 200 sessions that start at the same moment: found again after a restart, and nothing is left of them once they are deleted.
#![cfg(unix)]

use std::path::Path;
use std::time::Duration;

use mainstay_keep::Places;
use mainstay_link::Connection;
use mainstay_manager::Manager;
use mainstay_manager_tests::checks::{self, Seen, leftovers};
use mainstay_manager_tests::home::Home;
use mainstay_manager_tests::processes;
use mainstay_manager_tests::stewards::{Life, Mode};
use mainstay_manager_tests::until::until;
use mainstay_protocol::session::{Delete, SessionQuery};
use mainstay_seams::{Clock as _, SystemClock};

const MANY: usize = 200;
/// What is reached on a machine that does nothing else is 2 s (the figure is printed). This is for one that is busy.
const LONGEST: Duration = Duration::from_secs(10);

#[test]
fn two_hundred_sessions_are_found_again_and_leave_nothing() {
    let home = Home::new();
    let begun = SystemClock.monotonic();
    assert!(
        !Life::new(Mode::Many(MANY), 0).live(&home),
        "all of them start"
    );
    println!(
        "{MANY} sessions started at once in {:?}",
        SystemClock.monotonic() - begun
    );
    println!("{MANY} bare dials take {:?}", dial_all(&home.places()));

    let begun = SystemClock.monotonic();
    let (manager, report) = home.open();
    let took = SystemClock.monotonic() - begun;
    println!("{MANY} sessions found again in {took:?}");
    assert_eq!(
        report.following, MANY,
        "all of them are followed: {report:?}"
    );
    assert!(took < LONGEST, "found again in {took:?}");
    until(&home, &manager, "all are there", || {
        checks::everything(&home, &manager)
    });
    let live = manager.health();
    assert_eq!(
        (live.live, live.connected),
        (MANY as u64, MANY as u64),
        "{live:?}"
    );

    let begun = SystemClock.monotonic();
    delete_all(&manager);
    until(&home, &manager, "nothing is left", || {
        leftovers::nothing(&home)
    });
    println!(
        "{MANY} sessions deleted in {:?}",
        SystemClock.monotonic() - begun
    );
    let list = manager.list(&SessionQuery::default()).expect("a list");
    assert_eq!(list.total, 0, "none is listed");
    let left: Vec<String> = processes::descriptors()
        .into_iter()
        .filter(|name| name.starts_with("socket:") || name.contains("/sessions/"))
        .collect();
    assert!(
        left.is_empty(),
        "descriptors of sessions that are gone: {left:?}"
    );
    manager.close();
}

/// How long it takes to reach every host, one after the other, and do nothing there: what no manager can be faster than but by
/// doing several at once.
fn dial_all(places: &Places) -> Duration {
    let begun = SystemClock.monotonic();
    for id in places.sessions().expect("the sessions") {
        let folder = mainstay_keep::SessionFolder::open(places, &id).expect("its folder");
        let run = folder.current().expect("it can be read").expect("it runs");
        let host = folder
            .run(&run)
            .host()
            .expect("it can be read")
            .expect("a host");
        let dialled = Connection::dial(Path::new(&host.socket), &host.token, "manager tests");
        assert!(dialled.is_ok(), "{id}: {:?}", dialled.err());
    }
    SystemClock.monotonic() - begun
}

fn delete_all(manager: &Manager) {
    let seen = Seen::of(manager).expect("a list");
    std::thread::scope(|scope| {
        for session in &seen.sessions {
            scope.spawn(move || {
                let deleted = manager.delete(&session.id, Delete::default());
                assert_eq!(deleted, Ok(()), "{} is deleted", session.id);
            });
        }
    });
}

//! A session that prints a numbered line every millisecond, while the manager is killed several times.
#![cfg(unix)]

use std::time::Duration;

use mainstay_manager_tests::checks;
use mainstay_manager_tests::home::Home;
use mainstay_manager_tests::lines;
use mainstay_manager_tests::log::Moment;
use mainstay_manager_tests::random::{Random, seed};
use mainstay_manager_tests::stewards::{Life, Mode};
use mainstay_manager_tests::until::until;
use mainstay_protocol::SessionId;
use mainstay_protocol::session::{EventQuery, Status};

/// Numbers, and milliseconds.
const NUMBERS: u64 = 5_000;
/// Managers that are killed while it counts.
const KILLED: u32 = 12;

#[test]
fn every_number_is_there_once_whatever_happens_to_the_manager() {
    let home = Home::new();
    let mut random = Random::of(seed());
    assert!(!Life::new(Mode::Tick(NUMBERS), 0).live(&home), "it starts");
    for number in 1..=KILLED {
        let moment = Moment {
            lines: 0,
            then: Duration::from_micros(random.below(300_000)),
        };
        let life = Life {
            moment: Some(moment),
            ..Life::new(Mode::Watch, number)
        };
        assert!(life.live(&home), "manager {number} is killed at {moment:?}");
    }
    let (manager, report) = home.open();
    let id: SessionId = "tick".parse().expect("an id");
    assert_eq!(report.following, 1, "it still counts");
    until(&home, &manager, "it comes to its end", || {
        let found = manager.show(&id).map_err(|problem| problem.to_string())?;
        if found.status == Status::Completed {
            Ok(())
        } else {
            Err(format!("{found:?}"))
        }
    });
    until(&home, &manager, "its host goes", || {
        checks::everything(&home, &manager)
    });
    let numbers = lines::numbers(&home.folder(&id).expect("its folder")).expect("it can be read");
    let expected: Vec<u64> = (1..=NUMBERS).collect();
    assert_eq!(numbers.len(), expected.len(), "as many as were printed");
    assert_eq!(numbers, expected, "every number once, in order");
    let events = manager.events(&EventQuery::default()).expect("the events");
    let names: Vec<&str> = events
        .iter()
        .map(|event| event.kind.name())
        .filter(|name| *name != "session.updated")
        .collect();
    let expected = [
        "session.created",
        "session.started",
        "session.exited",
        "session.completed",
    ];
    assert_eq!(names, expected);
    manager.close();
}

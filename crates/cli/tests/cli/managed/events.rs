//! The event log for scripts and people.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use serde_json::Value;

use crate::support::house::House;

#[test]
fn every_event_is_an_object_and_a_line() {
    let house = House::new();
    house.start("s1", &["true"]);
    house.get(&["wait", "s1"]);
    let events: Vec<Value> = house
        .get(&["events", "--json"])
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let types: Vec<_> = events
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    for kind in [
        "session.created",
        "session.started",
        "session.exited",
        "session.completed",
    ] {
        assert!(types.contains(&kind), "{kind} in {types:?}");
    }
    assert!(
        events.iter().all(|event| event["session_id"] == "s1"),
        "{events:?}"
    );

    let third = events[2]["seq"].to_string();
    let rest = house.get(&["events", "--since", &third]);
    assert_eq!(
        rest.lines().count(),
        events.len() - 3,
        "those after it: {rest}"
    );
    let some = house.get(&["events", "--type", "started,exited", "--session", "s1"]);
    assert_eq!(some.lines().count(), 2, "{some}");
    assert!(some.contains("exit code 0"), "{some}");
}

#[test]
fn ctrl_c_ends_it_quietly() {
    let house = House::new();
    house.start("s1", &["cat"]);
    let mut follow = house
        .command()
        .args(["events", "--follow", "--since", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(follow.stdout.take().expect("a pipe")).lines();
    lines.next().expect("an event").expect("text");
    let pid = i32::try_from(follow.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    rustix::process::kill_process(pid.expect("a pid"), rustix::process::Signal::INT)
        .expect("it runs");
    let ended = follow.wait_with_output().expect("it ends");
    assert_eq!(ended.status.signal(), Some(2), "130 in a shell");
    assert_eq!(ended.stderr, b"", "quietly");
}

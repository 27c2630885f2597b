//! Managers that start, end, and follow each other.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::house::House;

/// Process ids of the managers of a house.
fn managers(house: &House) -> Vec<u32> {
    let folder = format!("MAINSTAY_DATA_DIR={}", house.data().display());
    let processes = std::fs::read_dir("/proc").expect("Linux");
    let mut found: Vec<u32> = processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            let read =
                |file: &str| std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            let has = |file: &str, word: &str| {
                read(file)
                    .split(|&b| b == 0)
                    .any(|part| part == word.as_bytes())
            };
            has("cmdline", "serve") && has("environ", &folder)
        })
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn twenty_at_once_start_one() {
    let house = House::new();
    let children: Vec<_> = (0..20)
        .map(|_| {
            house
                .command()
                .args(["ls", "--json"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it runs")
        })
        .collect();
    for child in children {
        let ran = child.wait_with_output().expect("it ends");
        assert!(ran.status.success(), "nobody fails: {ran:?}");
        assert_eq!(ran.stdout, b"[]\n");
    }
    assert_eq!(managers(&house).len(), 1, "exactly one");
}

#[test]
fn a_killed_manager_is_replaced_and_nothing_is_lost() {
    let house = House::new();
    house.start("s1", &["cat"]);
    let before = house.json(&["show", "s1", "--json"]);
    let first = house.manager();
    house.kill_manager();
    let after = house.json(&["show", "s1", "--json"]);
    assert_ne!(house.manager(), first, "another one");
    for field in ["status", "pid", "run", "created", "started"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    house.get(&["input", "s1", "typed", "--enter"]);
    house.get(&["stop", "s1", "--force"]);
}

#[test]
fn one_in_the_foreground() {
    let house = House::new();
    let mut first = house
        .command()
        .arg("serve")
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut said = BufReader::new(first.stderr.take().expect("a pipe")).lines();
    let line = said.next().expect("a line").expect("text");
    assert!(line.contains("the manager runs"), "{line}");
    house.start("s1", &["cat"]);

    let second = house.run(&["serve"]);
    assert_eq!(second.code(), 1, "{}", second.stderr());
    assert!(
        second.stderr().contains(&first.id().to_string()),
        "which: {}",
        second.stderr()
    );
    assert!(
        second.stderr().contains("--replace"),
        "and what to do: {}",
        second.stderr()
    );

    let mut third = house
        .command()
        .args(["serve", "--replace"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut said = BufReader::new(third.stderr.take().expect("a pipe")).lines();
    let line = said.next().expect("a line").expect("text");
    assert!(line.contains("1 session runs"), "{line}");
    assert!(first.wait().expect("it ends").success(), "it made room");
    assert_eq!(house.json(&["show", "s1", "--json"])["status"], "running");

    let pid = i32::try_from(third.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    rustix::process::kill_process(pid.expect("a pid"), rustix::process::Signal::INT)
        .expect("it runs");
    assert!(
        third.wait().expect("it ends").success(),
        "ctrl-c is its usual end"
    );
    assert_eq!(
        house.json(&["show", "s1", "--json"])["status"],
        "running",
        "it went on"
    );
}

#[test]
fn a_wait_survives_the_manager() {
    let house = House::new();
    house.start("s1", &["cat"]);
    let mut waiting = house
        .command()
        .args([
            "events",
            "--follow",
            "--since",
            "0",
            "--json",
            "--session",
            "s1",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(waiting.stdout.take().expect("a pipe")).lines();
    let mut seen = Vec::new();
    let mut until = |kind: &str| loop {
        let line = lines.next().expect("it goes on").expect("text");
        let event: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        seen.push(event["seq"].as_u64().expect("a number"));
        if event["type"] == kind {
            break;
        }
    };
    until("session.started");
    house.kill_manager();
    house.get(&["stop", "s1", "--force"]);
    until("session.exited");
    assert!(
        seen.is_sorted_by(|a, b| a < b),
        "each once, in order: {seen:?}"
    );
    waiting.kill().expect("it runs");
    waiting.wait().expect("it ends");
}

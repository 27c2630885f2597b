//! Who needs a manager gets one, and there is only one: programs that come at once, the window that takes over, managers that are
//! killed while they start and end.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use mainstay_api::failpoints;
use mainstay_manager_tests::checks;
use mainstay_manager_tests::home::{Home, program};
use mainstay_manager_tests::processes::{self, Process};
use rustix::process::{Pid, Signal, kill_process};

/// Programs that come at the same moment.
const AT_ONCE: usize = 20;

fn front(home: &Home, words: &[&str], failpoints: &str) -> Child {
    let mut command = Command::new(program("front"));
    command.args(words).stdout(Stdio::piped());
    command.env("FRONT_HOME", home.path());
    command.env("MAINSTAY_DATA_DIR", home.data());
    command.env("MAINSTAY_FAILPOINTS", failpoints);
    command.spawn().expect("it starts")
}

/// The process id that a program says, if it ended well.
fn told(child: Child) -> Option<u32> {
    let output = child.wait_with_output().expect("our child");
    let text = String::from_utf8(output.stdout).expect("a number");
    output
        .status
        .success()
        .then(|| text.trim().parse().expect("a number"))
}

/// Several programs want a session each; gives the managers they met.
fn come(home: &Home, names: &str) -> BTreeSet<u32> {
    let all: Vec<Child> = (0..AT_ONCE)
        .map(|n| front(home, &["new", &format!("{names}{n}")], ""))
        .collect();
    let met: Vec<Option<u32>> = all.into_iter().map(told).collect();
    assert!(met.iter().all(Option::is_some), "nobody fails: {met:?}");
    met.into_iter().flatten().collect()
}

/// The managers that live.
fn managers(home: &Home) -> Vec<Process> {
    let all = processes::of(home).into_iter();
    all.filter(|one| one.program == "front").collect()
}

/// Everything that was asked for is there, whatever became of the managers.
fn settled(home: &Home, sessions: usize, context: &str) {
    processes::kill(&managers(home));
    checks::settled(home, context);
    assert_eq!(
        processes::folders(home).len(),
        sessions,
        "{context}: all sessions"
    );
    checks::emptied(home, context);
}

#[test]
fn twenty_at_once_start_one_manager_and_the_app_takes_over_from_it() {
    let home = Home::new();
    let met = come(&home, "first");
    assert_eq!(met.len(), 1, "they all met the same one: {met:?}");
    let alive: Vec<u32> = managers(&home).iter().map(|one| one.pid).collect();
    assert_eq!(alive, met.into_iter().collect::<Vec<_>>(), "there is one");

    let mut app = front(&home, &["app"], "");
    // More come while the window takes over; they meet the one or the other.
    come(&home, "second");
    let mut line = String::new();
    let mut stdout = BufReader::new(app.stdout.take().expect("piped"));
    stdout
        .read_line(&mut line)
        .expect("it says that it is there");
    let pid: u32 = line.trim().parse().expect("a number");
    let met = come(&home, "third");
    assert_eq!(met, BTreeSet::from([pid]), "the window is the manager now");
    let watches: Vec<_> = managers(&home)
        .iter()
        .filter(|one| one.pid != pid)
        .filter_map(Process::watch)
        .collect();
    assert!(
        watches
            .iter()
            .all(|watch| processes::ended_within(watch, 30)),
        "the other one ends"
    );
    app.kill().expect("our child");
    app.wait().expect("our child");
    settled(&home, 3 * AT_ONCE, "after all of that");
}

#[test]
fn a_manager_that_is_killed_while_it_starts_keeps_nobody_from_starting_another() {
    for point in [failpoints::SERVE_OPENED, failpoints::SERVE_LISTENING] {
        let home = Home::new();
        assert!(
            told(front(&home, &["new", "before"], "")).is_some(),
            "{point}: it starts"
        );
        processes::kill(&managers(&home));
        let killed = told(front(&home, &["new", "lost"], &format!("{point}=kill")));
        assert_eq!(managers(&home), [], "{point}: it was killed ({killed:?})");
        assert_eq!(come(&home, "after").len(), 1, "{point}: there is one");
        let lost = usize::from(killed.is_some());
        settled(&home, 1 + AT_ONCE + lost, point);
    }
}

#[test]
fn a_manager_that_is_killed_while_it_closes_leaves_everything() {
    let point = failpoints::SERVE_CLOSING;
    let home = Home::new();
    assert!(
        told(front(&home, &["new", "before"], &format!("{point}=kill"))).is_some(),
        "it starts"
    );
    let manager = managers(&home);
    assert_eq!(manager.len(), 1, "it runs");
    let watch = manager[0].watch().expect("it runs");
    let pid = i32::try_from(manager[0].pid).ok().and_then(Pid::from_raw);
    kill_process(pid.expect("a pid"), Signal::TERM).expect("it is asked to end");
    assert!(processes::ended_within(&watch, 30), "it ends");
    assert!(
        home.places().api_token().exists(),
        "it was killed before it had put its things away"
    );
    assert_eq!(come(&home, "after").len(), 1, "there is another one");
    settled(&home, 1 + AT_ONCE, point);
}

//! Stopping, pausing, and what descends from a program.
#![cfg(target_os = "linux")]

mod support;

use std::time::Duration;

use mainstay_protocol::frame::{ErrorCode, Operation};
use mainstay_protocol::journal::Event;
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_seams::{Alarm, Clock as _, SystemClock, Wake};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use support::client::{Client, LIMIT};
use support::home::{Home, Run, spec};

/// A process of the test as /proc has it: its state letter, nothing once it is gone.
fn state_of(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(')').next()?.trim().chars().next()
}

fn is_alive(pid: u32) -> bool {
    state_of(pid).is_some_and(|state| state != 'Z')
}

/// Waits for what no event tells: the state of a process.
fn until_state(what: &str, holds: impl Fn() -> bool) {
    let alarm = Alarm::default();
    let limit = SystemClock.monotonic() + LIMIT;
    while !holds() {
        assert!(SystemClock.monotonic() < limit, "waiting for {what}");
        let soon = SystemClock.monotonic() + Duration::from_millis(5);
        assert_eq!(SystemClock.wait(&alarm, Some(soon)), Wake::Deadline);
    }
}

/// The number that stands after `name=` on the screen, waited for.
fn number(client: &mut Client, name: &str) -> u32 {
    let find = |client: &Client| -> Option<u32> {
        let text = client.text();
        let (_, rest) = text.split_once(&format!("{name}="))?;
        let (number, _) = rest.split_once(';')?;
        number.parse().ok()
    };
    client.until(&format!("{name}=…;"), |client| find(client).is_some());
    find(client).expect("just found")
}

/// A script, and a viewer of it.
fn viewed<'a>(home: &'a Home, script: &str) -> (Run<'a>, Client) {
    let run = home.script(script);
    let client = run.client();
    client.view(80, 24);
    (run, client)
}

/// A shell with job control at its prompt, and a viewer of it.
fn interactive(home: &Home) -> (Run<'_>, Client) {
    let mut spec = spec("");
    spec.args = vec!["--norc".into(), "--noprofile".into(), "-i".into()];
    let run = home.start(&spec);
    let mut client = run.client();
    client.view(80, 24);
    client.until("a prompt", |client| client.text().ends_with('$'));
    (run, client)
}

/// Waits for the end that viewers are told.
fn end_of(client: &mut Client) -> Outcome {
    client.until("the end", |client| client.ended.is_some());
    client.ended.clone().expect("ended")
}

fn process(pid: u32) -> Pid {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.expect("a pid")
}

fn stop(client: &mut Client, grace_ms: u64) {
    let grace_ms = Some(grace_ms);
    client
        .order(Operation::Stop { grace_ms })
        .expect("a stop is done at once");
}

#[test]
fn a_stop_asks_first() {
    let home = Home::new();
    // It has its own way to end; a hang-up would end it at once.
    let (run, mut client) = viewed(
        &home,
        "trap 'sleep 0.3; echo asked; exit 5' TERM; echo up; while :; do read x; done",
    );
    client.until_text("up");
    stop(&mut client, 60_000);
    let outcome = end_of(&mut client);
    assert!(
        client.text().contains("asked"),
        "the last output came: {}",
        client.text()
    );
    assert_eq!(
        (outcome.exit, outcome.reason),
        (Exit::Code { code: 5 }, EndReason::Stopped)
    );
    let asked = |event: &Event| matches!(event, Event::StopRequested { grace_ms: 60_000 });
    assert!(
        run.journal().iter().any(|entry| asked(&entry.event)),
        "the journal says so"
    );
    let refused = client
        .order(Operation::Stop { grace_ms: None })
        .expect_err("it has ended");
    assert_eq!(refused.code, ErrorCode::Ended);
}

#[test]
fn what_ignores_everything_is_killed_with_all_that_descends_from_it() {
    let home = Home::new();
    // One that ignores signals, one that left the session, one whose parents are gone, one that forks all the time.
    let (run, mut client) = viewed(&home, "trap '' TERM HUP INT
         (trap '' TERM HUP; echo \"plain=$BASHPID;\"; exec sleep 600) &
         setsid bash -c 'trap \"\" TERM HUP; echo \"away=$$;\"; exec sleep 600' &
         (setsid bash -c '(trap \"\" TERM HUP; echo \"orphan=$BASHPID;\"; exec sleep 600) & exit' &)
         (trap '' TERM HUP; echo \"forker=$BASHPID;\"; while :; do (sleep 600 &) ; sleep 0.01; done) &
         while :; do sleep 600; done");
    let names = ["plain", "away", "orphan", "forker"];
    let pids: Vec<u32> = names.iter().map(|name| number(&mut client, name)).collect();
    stop(&mut client, 300);
    let outcome = end_of(&mut client);
    assert!(
        matches!(outcome.exit, Exit::Signal { signal: 9, .. }),
        "{outcome:?}"
    );
    for (name, pid) in names.iter().zip(&pids) {
        assert!(!is_alive(*pid), "{name} is gone when the end is told");
    }
    let left = children_of(run.started.host_pid);
    assert!(left.is_empty(), "the host has no children left: {left:?}");
}

fn children_of(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").expect("/proc");
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        after.split_whitespace().nth(1) == Some(&parent.to_string())
    })
    .collect()
}

#[test]
fn a_natural_end_leaves_disowned_children_alone() {
    let home = Home::new();
    // It says that it is there before its parent ends: until then it would be hung up with it.
    let (_run, mut client) = viewed(&home, "trap 'exit 0' USR1
         setsid bash -c 'echo \"child=$$;\"; kill -USR1 $PPID; exec sleep 600 >/dev/null 2>&1 </dev/null' &
         wait");
    let child = number(&mut client, "child");
    client.until("the end", |client| client.ended.is_some());
    assert!(is_alive(child), "nobody asked for its end");
    let outcome = client.ended.clone().expect("ended");
    assert_eq!(outcome.reason, EndReason::Natural);
    kill_process(process(child), Signal::KILL).expect("ours");
}

#[test]
fn a_background_child_that_keeps_the_terminal_does_not_hold_the_end_up() {
    let home = Home::new();
    // Out of the shell's process group, or the end of the session leader would hang it up.
    let (_run, mut client) = viewed(
        &home,
        "set -m; (trap '' HUP; sleep 600; echo late) & echo \"child=$!;\"; exit 7",
    );
    let child = number(&mut client, "child");
    let outcome = end_of(&mut client);
    assert_eq!(outcome.exit, Exit::Code { code: 7 });
    kill_process_group(process(child), Signal::KILL).expect("ours");
}

#[test]
fn a_program_that_closes_its_terminal_still_runs() {
    let home = Home::new();
    let (_run, mut client) = viewed(
        &home,
        "exec </dev/null >/dev/null 2>&1; sleep 0.2; echo back >/dev/tty; sleep 600",
    );
    client.until_text("back");
    assert!(
        client.ended.is_none(),
        "a terminal that nobody has open is no end"
    );
}

#[test]
fn a_program_that_stops_itself_confuses_nobody() {
    let home = Home::new();
    let (_run, mut client) = viewed(
        &home,
        "echo \"me=$$;\"; kill -STOP $$; echo on; read x; exit 4",
    );
    let pid = number(&mut client, "me");
    until_state("it stopped itself", || state_of(pid) == Some('T'));
    client.order(Operation::Pause).expect("paused");
    client.order(Operation::Unpause).expect("continued");
    assert_eq!(
        state_of(pid),
        Some('T'),
        "what stopped itself stays stopped"
    );
    kill_process(process(pid), Signal::CONT).expect("ours");
    client.until_text("on");
    client.type_in("\r");
    assert_eq!(end_of(&mut client).exit, Exit::Code { code: 4 });
}

#[test]
fn a_stopped_program_can_be_ended() {
    let home = Home::new();
    let (_run, mut client) = viewed(&home, "echo \"me=$$;\"; kill -STOP $$; sleep 600");
    let pid = number(&mut client, "me");
    until_state("it stopped itself", || state_of(pid) == Some('T'));
    stop(&mut client, 60_000);
    let outcome = end_of(&mut client);
    assert!(
        matches!(outcome.exit, Exit::Signal { signal: 15 | 1, .. }),
        "{outcome:?}"
    );
}

#[test]
fn a_paused_shell_with_job_control_does_not_notice() {
    let home = Home::new();
    let (run, mut client) = interactive(&home);
    // `sh -c` stays as the parent of its child, so there are two levels below the shell.
    client.type_in("sh -c 'echo \"job=$$;\"; while read x; do echo \"<$x>\"; done; :'\r");
    // The command line itself has the text too.
    client.until("the job runs", |client| {
        client.text().matches("job=").count() > 1
    });
    let text = client.text();
    let job = text
        .rsplit("job=")
        .next()
        .and_then(|rest| rest.split(';').next());
    let job: u32 = job.and_then(|job| job.parse().ok()).expect("a pid");
    for round in 0..3 {
        client.order(Operation::Pause).expect("paused");
        assert!(client.state().paused, "the state says so");
        for pid in [run.started.pid, job] {
            until_state("all are stopped", || state_of(pid) == Some('T'));
        }
        client.type_in(&format!("line{round}\r"));
        client.order(Operation::Unpause).expect("continued");
        client.until_text(&format!("<line{round}>"));
    }
    assert!(
        !client.text().contains("Stopped"),
        "the shell saw no stopped job: {}",
        client.text()
    );
    client.order(Operation::Pause).expect("paused");
    stop(&mut client, 60_000);
    client.until("the end", |client| client.ended.is_some());
    let events: Vec<Event> = run.journal().into_iter().map(|entry| entry.event).collect();
    let paused = events
        .iter()
        .filter(|event| matches!(event, Event::Paused))
        .count();
    assert_eq!(paused, 4, "each pause is in the journal");
}

#[test]
fn vim_under_bash_is_paused_and_goes_on() {
    let vim = [
        "/usr/bin/vim.basic",
        "/usr/bin/vim",
        "/usr/bin/vim.tiny",
        "/usr/bin/vi",
    ];
    let Some(vim) = vim
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
    else {
        println!("no vim here: not tested");
        return;
    };
    let home = Home::new();
    let (_run, mut client) = interactive(&home);
    client.type_in(&format!("{vim} -u NONE -i NONE -n\r"));
    client.until("vim's screen", |client| client.text().contains("\n~\n~\n"));
    client.order(Operation::Pause).expect("paused");
    client.order(Operation::Unpause).expect("continued");
    client.type_in("ihello from vim");
    client.until_text("hello from vim");
    assert!(
        client.text().contains("\n~\n~\n"),
        "vim still has the screen: {}",
        client.text()
    );
    client.type_in("\u{1b}:q!\r");
    client.until("the shell again", |client| {
        !client.text().contains("\n~\n~\n")
    });
    assert!(
        !client.text().contains("Stopped"),
        "the shell saw no stopped job: {}",
        client.text()
    );
}

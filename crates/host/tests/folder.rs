//! The host knows the folder of a shell that says nothing of it, and leaves that to the next run.
#![cfg(any(target_os = "linux", target_os = "macos"))]

mod support;

use std::path::PathBuf;

use mainstay_protocol::frame::{FromHost, Operation, ToHost};
use mainstay_protocol::spec::RunSpec;
use rustix::process::{Pid, Signal, kill_process};
use support::client::Client;
use support::home::{Home, Run, spec};

/// A shell that waits for a person, in the root folder.
fn shell() -> RunSpec {
    let mut spec = spec("");
    spec.args = ["--norc", "--noprofile", "-i"].map(str::to_owned).to_vec();
    spec
}

/// A folder in the home, by the name that the system has for it.
fn folder(home: &Home, name: &str) -> String {
    let path: PathBuf = home.path().canonicalize().expect("there").join(name);
    std::fs::create_dir_all(&path).expect("made");
    path.into_os_string().into_string().expect("text")
}

/// Waits until the host says that the session is in this folder.
fn until_in(client: &mut Client, folder: &str) {
    loop {
        let frame = client.step().expect("the host goes on");
        if matches!(frame, FromHost::State(state) if state.cwd.as_deref() == Some(folder)) {
            return;
        }
    }
}

fn follower(run: &Run<'_>) -> Client {
    let mut client = run.client();
    client.view(80, 24);
    client.send(&ToHost::Follow(1));
    until_in(&mut client, "/");
    client.until_text("$");
    client
}

#[test]
fn a_shell_that_went_elsewhere_is_found_there() {
    let home = Home::new();
    let there = folder(&home, "there");
    let run = home.start(&shell());
    let mut client = follower(&run);
    assert_eq!(run.folder().cwd().expect("read"), None, "nothing to tell");
    client.type_in(&format!("cd {there}\r"));
    until_in(&mut client, &there);
    let kept = || run.folder().cwd().expect("read");
    assert_eq!(kept().as_deref(), Some(&*there), "kept before it is told");
    client.type_in("cd /\r");
    until_in(&mut client, "/");
    assert_eq!(kept().as_deref(), Some("/"), "and back");
}

#[test]
fn the_last_folder_is_known_after_the_end() {
    let home = Home::new();
    let there = folder(&home, "there");
    let run = home.start(&shell());
    let mut client = follower(&run);
    client.type_in(&format!("cd {there}; echo here\r"));
    client.until_text("here\n$");
    // Right after the prompt: the system is asked before this is typed in.
    client.type_in("exit\r");
    client.until("the end", |client| client.ended.is_some());
    let kept = run.folder().cwd().expect("read");
    assert_eq!(kept.as_deref(), Some(&*there));
}

#[test]
fn the_last_folder_is_known_after_a_stop() {
    let home = Home::new();
    let there = folder(&home, "there");
    let script = format!("cd {there}; sleep 1000 & echo here; wait");
    let run = home.script(&script);
    let mut client = run.client();
    client.view(80, 24);
    client.until_text("here");
    client
        .order(Operation::Stop { grace_ms: Some(0) })
        .expect("it obeys");
    client.until("the end", |client| client.ended.is_some());
    let kept = run.folder().cwd().expect("read");
    assert_eq!(kept.as_deref(), Some(&*there), "nothing was typed");
}

#[test]
fn a_killed_host_leaves_the_folder() {
    let home = Home::new();
    let there = folder(&home, "there");
    let run = home.start(&shell());
    let mut client = follower(&run);
    client.type_in(&format!("cd {there}\r"));
    until_in(&mut client, &there);
    let host = i32::try_from(run.started.host_pid).ok();
    let host = host.and_then(Pid::from_raw).expect("a pid");
    kill_process(host, Signal::KILL).expect("killed");
    client.until_closed();
    let kept = run.folder().cwd().expect("read");
    assert_eq!(kept.as_deref(), Some(&*there));
}

#[test]
fn what_the_shell_says_wins_and_other_machines_do_not() {
    let home = Home::new();
    let there = folder(&home, "there");
    let link = format!("{}/link", home.path().display());
    std::os::unix::fs::symlink(&there, &link).expect("a link");
    let run = home.start(&shell());
    let mut client = follower(&run);
    client.type_in("PROMPT_COMMAND='printf \"\\033]7;file://localhost$PWD\\007\"'\r");
    client.type_in(&format!("cd {link}\r"));
    until_in(&mut client, &link);
    client
        .type_in("PROMPT_COMMAND=; printf '\\033]7;file://elsewhere.invalid/usr\\007'; cd /etc\r");
    until_in(&mut client, "/etc");
    assert_eq!(client.state().screen.cwd.as_deref(), Some(&*link));
}

#[test]
fn the_folder_of_a_private_run_is_not_written_down() {
    let home = Home::new();
    let there = folder(&home, "there");
    let mut spec = shell();
    spec.private = true;
    let run = home.start(&spec);
    let mut client = follower(&run);
    client.type_in(&format!("cd {there}\r"));
    until_in(&mut client, &there);
    client.type_in("exit\r");
    client.until("the end", |client| client.ended.is_some());
    assert_eq!(run.folder().cwd().expect("read"), None);
}

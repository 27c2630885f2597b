//! A store that says no: programs are stopped all the same, and nothing that happened meanwhile is lost.

#![cfg(unix)]

mod support;

use std::path::PathBuf;
use std::process::Command;

use mainstay_protocol::session::{EventQuery, Status};
use mainstay_protocol::{Code, SessionId};
use mainstay_seams::failpoint;
use support::ground::{FORCE, Ground, sh};
use support::watch::{Watch, names};

/// Where the manager with the full disk works.
const DATA: &str = "MANAGER_TEST_FULL";

/// The program whose disk becomes full: failpoints of the store's own thread are those of the process.
#[test]
#[ignore = "the other test runs it in a process of its own"]
fn the_manager_with_a_full_disk() {
    let Some(data) = std::env::var_os(DATA) else {
        return;
    };
    failpoint::arm_from("store.commit=error@20+").expect("armed");
    let ground = Ground::at(&PathBuf::from(data));
    let manager = ground.manager();
    let id = manager.create(sh("live", "sleep 1000")).expect("starts").id;
    Watch::new(&manager).named(&id, "session.started", 1);
    let mut change = serde_json::Map::new();
    let problem = (0..100).find_map(|n| {
        change.insert("grace_ms".to_owned(), (1000 + n).into());
        manager.set_settings(&change).err()
    });
    let problem = problem.expect("the disk is full");
    assert_eq!(problem.code, Code::Storage, "{problem}");
    let refused = manager.create(sh("other", "true")).expect_err("full");
    assert_eq!(refused.code, Code::Storage, "{refused}");
    assert!(!manager.health().trouble.is_empty(), "it says so");
    let host = ground.dial(&id);
    drop(host);
    manager.stop(&id, FORCE).expect("a stop needs no store");
    ground.until_exited(&id);
    manager.close();
}

#[test]
fn a_full_disk_keeps_no_program_from_being_stopped() {
    let ground = Ground::new();
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "the_manager_with_a_full_disk", "--ignored"])
        .env(DATA, ground.root())
        .output()
        .expect("it runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let manager = ground.manager();
    let id: SessionId = "live".parse().expect("an id");
    Watch::new(&manager).named(&id, "session.exited", 1);
    assert_eq!(manager.show(&id).expect("there").status, Status::Terminated);
    let events = manager.events(&EventQuery::default()).expect("the log");
    let told = names(&events, &id);
    assert_eq!(told, ["created", "started", "cancel_initiated", "exited"]);
    let other: SessionId = "other".parse().expect("an id");
    manager.show(&other).expect_err("it was never made");
    assert!(!ground.places().session_dir(&other).exists());
    assert!(manager.health().trouble.is_empty(), "all is well again");
}

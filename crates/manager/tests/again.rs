//! Managers that go away and come back: nothing is lost, nothing is told twice.

#![cfg(unix)]

mod support;

use mainstay_manager::{Manager, OpenError};
use mainstay_protocol::session::{EventQuery, SessionQuery, Start, Status, Timeouts};
use mainstay_protocol::{SessionEvent, SessionId};
use mainstay_seams::SystemClock;
use rustix::process::{Pid, Signal, kill_process};
use std::sync::Arc;
use support::ground::{FORCE, Ground, LIMIT, sh};
use support::watch::{Watch, names};

fn all(manager: &Manager) -> Vec<SessionEvent> {
    manager.events(&EventQuery::default()).expect("the log")
}

fn kill(pid: u32) {
    let pid = Pid::from_raw(pid.try_into().expect("a pid")).expect("a pid");
    kill_process(pid, Signal::KILL).expect("killed");
}

#[test]
fn one_manager_has_the_data_directory() {
    let ground = Ground::new();
    let first = ground.manager();
    let second = Manager::open(ground.config(Arc::new(SystemClock)));
    assert!(matches!(second, Err(OpenError::Held { .. })), "{second:?}");
    drop(first);
    ground.open();
}

#[test]
fn a_live_session_is_found_again() {
    let ground = Ground::new();
    let manager = ground.manager();
    let made = manager.create(sh("l", "sleep 1000")).expect("starts");
    Watch::new(&manager).named(&made.id, "session.started", 1);
    let pid = manager.show(&made.id).expect("there").pid;
    drop(manager);
    let (manager, report) = ground.open();
    assert_eq!((report.following, report.interrupted.len()), (1, 0));
    let session = manager.show(&made.id).expect("there");
    assert_eq!((session.status, session.pid), (Status::Running, pid));
    assert!(session.connected);
    manager.stop(&made.id, FORCE).expect("it obeys");
    Watch::new(&manager).named(&made.id, "session.exited", 1);
    let told = names(&all(&manager), &made.id);
    assert_eq!(told, ["created", "started", "cancel_initiated", "exited"]);
}

#[test]
fn what_ends_while_nobody_looks_is_told_afterwards() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut new = sh("t", "sleep 1000");
    new.settings.timeouts = Timeouts {
        run_ms: Some(300),
        ..Timeouts::default()
    };
    let id = manager.create(new).expect("starts").id;
    manager.close();
    ground.until_exited(&id);
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    watch.named(&id, "session.exited", 1);
    let session = manager.show(&id).expect("there");
    assert_eq!(session.status, Status::Terminated);
    let told = names(&all(&manager), &id);
    assert_eq!(told, ["created", "started", "timeout", "exited"]);
}

#[test]
fn a_killed_host_leaves_an_interrupted_session_that_can_go_on() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    let id = manager
        .create(sh("k", "echo before; sleep 1000"))
        .expect("starts")
        .id;
    watch.named(&id, "session.started", 1);
    kill(ground.host_pid(&id));
    watch.named(&id, "session.interrupted", 1);
    let session = manager.show(&id).expect("there");
    assert_eq!(session.status, Status::Interrupted);
    assert!(session.reason.is_some() && session.pid.is_none());
    assert_eq!(
        names(&all(&manager), &id),
        ["created", "started", "interrupted"],
        "an interruption is no exit"
    );
    manager.resume(&id, Start::default()).expect("goes on");
    watch.named(&id, "session.started", 2);
    manager.stop(&id, FORCE).expect("stopped");
    watch.named(&id, "session.exited", 1);
}

#[test]
fn a_host_killed_while_nobody_looks_is_found_at_the_next_start() {
    let ground = Ground::new();
    let manager = ground.manager();
    let id = manager.create(sh("n", "sleep 1000")).expect("starts").id;
    Watch::new(&manager).named(&id, "session.started", 1);
    drop(manager);
    let mut host = ground.dial(&id);
    kill(ground.host_pid(&id));
    while host.recv().is_ok() {}
    let (manager, report) = ground.open();
    // The lock goes with the last of the host's files, a moment after its connections.
    Watch::new(&manager).named(&id, "session.interrupted", 1);
    assert!(report.interrupted.len() <= 1);
    assert_eq!(
        manager.show(&id).expect("there").status,
        Status::Interrupted
    );
}

/// What a session is, as far as the folders can tell it.
fn told(manager: &Manager, id: &SessionId) -> (Status, Option<String>, u32, Vec<&'static str>) {
    let session = manager.show(id).expect("there");
    let names = names(&all(manager), id);
    (session.status, session.name, session.runs, names)
}

#[test]
fn a_lost_database_is_made_again_from_the_folders() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    let mut named = sh("done", "true");
    named.settings.name = Some("a name".to_owned());
    let done = manager.create(named).expect("starts").id;
    watch.named(&done, "session.completed", 1);
    manager.resume(&done, Start::default()).expect("resumes");
    watch.named(&done, "session.completed", 2);
    let failed = manager.create(sh("failed", "exit 7")).expect("starts").id;
    watch.named(&failed, "session.exited", 1);
    let live = manager.create(sh("live", "sleep 1000")).expect("starts").id;
    watch.named(&live, "session.started", 1);
    let ids = [&done, &failed, &live];
    let before = ids.map(|id| told(&manager, id));
    let outcome = manager.show(&failed).expect("there").outcome;
    let log = manager.log_id();
    manager.close();
    for name in ["mainstay.db", "mainstay.db-wal", "mainstay.db-shm"] {
        std::fs::remove_file(ground.places().data.join(name)).ok();
    }
    let (manager, report) = ground.open();
    assert_eq!(report.rebuilt.len(), 3, "{report:?}");
    assert_ne!(manager.log_id(), log, "the numbers of events are others");
    Watch::new(&manager).named(&live, "session.started", 1);
    assert_eq!(ids.map(|id| told(&manager, id)), before);
    assert_eq!(manager.show(&failed).expect("there").outcome, outcome);
    manager.stop(&live, FORCE).expect("it is followed");
    Watch::new(&manager).named(&live, "session.exited", 1);
}

#[test]
fn a_database_deleted_under_us_is_made_again_at_once() {
    let ground = Ground::new();
    let manager = ground.manager();
    let live = manager.create(sh("live", "sleep 1000")).expect("starts").id;
    Watch::new(&manager).named(&live, "session.started", 1);
    for name in ["mainstay.db", "mainstay.db-wal", "mainstay.db-shm"] {
        std::fs::remove_file(ground.places().data.join(name)).ok();
    }
    let other = manager.create(sh("other", "true")).expect("starts").id;
    let mut watch = Watch::new(&manager);
    watch.named(&other, "session.completed", 1);
    manager.stop(&live, FORCE).expect("stopped");
    watch.named(&live, "session.exited", 1);
    let told = names(&all(&manager), &live);
    assert_eq!(told, ["created", "started", "cancel_initiated", "exited"]);
    drop(manager);
    let (manager, report) = ground.open();
    assert!(!report.fresh, "what was made again is what is there");
    let page = manager.list(&SessionQuery::default()).expect("a list");
    assert_eq!(page.total, 2);
}

#[test]
fn a_database_damaged_under_us_is_made_again_at_once() {
    let ground = Ground::new();
    let manager = ground.manager();
    let live = manager.create(sh("live", "sleep 1000")).expect("starts").id;
    Watch::new(&manager).named(&live, "session.started", 1);
    let log = manager.log_id();
    let mut subscription = manager.subscribe(manager.last_seq().expect("the log"));
    for name in ["mainstay.db", "mainstay.db-wal"] {
        let path = ground.places().data.join(name);
        let length = std::fs::metadata(&path).expect("there").len();
        let file = std::fs::OpenOptions::new().write(true).open(&path);
        let nonsense = vec![0xa5; usize::try_from(length).expect("small")];
        std::os::unix::fs::FileExt::write_all_at(&file.expect("ours"), &nonsense, 0)
            .expect("damaged");
    }
    // What is in memory still makes sense; whoever reads after a change finds that the rest doesn't.
    let mut change = serde_json::Map::new();
    change.insert("grace_ms".to_owned(), 1_234.into());
    manager.set_settings(&change).ok();
    manager.list(&SessionQuery::default()).ok();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let made_again = async {
        while manager.log_id() == log {
            assert!(subscription.woken().await, "the manager goes on");
        }
    };
    let in_time = async { tokio::time::timeout(LIMIT, made_again).await };
    let made_again = runtime.expect("a runtime").block_on(in_time);
    made_again.expect("it is made again");
    let mut watch = Watch::new(&manager);
    watch.named(&live, "session.started", 1);
    let other = manager.create(sh("other", "true")).expect("starts").id;
    watch.named(&other, "session.completed", 1);
    manager.stop(&live, FORCE).expect("stopped");
    watch.named(&live, "session.exited", 1);
    let told = names(&all(&manager), &live);
    assert_eq!(told, ["created", "started", "cancel_initiated", "exited"]);
    let kept = std::fs::read_dir(ground.places().data).expect("a folder");
    let kept = kept.filter(|entry| {
        let name = entry.as_ref().expect("an entry").file_name();
        name.to_string_lossy().starts_with("mainstay.db.damaged-")
    });
    assert!(kept.count() > 0, "the damaged one is kept");
}

//! Sessions, runs and settings come back as they were put in.

use std::collections::BTreeMap;

use mainstay_protocol::journal::TimeoutKind;
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::session::{CleanUp, Retry, Retrying, Status, Success, Timeouts};
use mainstay_protocol::spec::{Origin, Readiness};
use mainstay_protocol::state::Progress;
use mainstay_protocol::{EventKind, Size, Timestamp};
use mainstay_store::{SessionRow, StoreError};
use serde_json::json;

use crate::support::{NOON, append, insert, run, run_id, session, session_id, store};

fn outcome() -> Outcome {
    Outcome {
        exit: Exit::Signal {
            signal: 9,
            name: "SIGKILL".to_owned(),
            core: true,
        },
        reason: EndReason::OutOfMemory,
        ended: Timestamp(9),
        ran_ms: 12,
    }
}

/// A session with something in every field.
fn full(id: &str) -> SessionRow {
    let mut row = session(id);
    let session = &mut row.session;
    session.name = Some("ein Name, 日本".to_owned());
    session.status = Status::Interrupted;
    session.settings.profile = "agent".to_owned();
    session.settings.env = BTreeMap::from([("A".to_owned(), "b\u{0}'\"".to_owned())]);
    session.settings.size = Size::clamped(100, 30);
    session.settings.timeouts = Timeouts {
        start_ms: Some(0),
        run_ms: Some(u64::MAX),
        grace_ms: None,
    };
    session.settings.ready = Some(Readiness::Pattern {
        pattern: "^>".to_owned(),
    });
    session.settings.success = Some(Success::Codes(vec![0, -1]));
    session.settings.retry = Some(Retry::default());
    session.settings.clean_up = Some(CleanUp {
        after_ms: 5,
        only_completed: true,
    });
    session.settings.private = true;
    session.pid = Some(u32::MAX);
    session.run = Some(run_id("r2"));
    session.runs = 2;
    session.started = Some(Timestamp(1));
    session.ended = Some(Timestamp(2));
    session.last_active = Some(Timestamp(3));
    session.outcome = Some(outcome());
    session.reason = Some("the host died".to_owned());
    session.stopping = true;
    session.retrying = Some(Retrying {
        attempt: 2,
        of: 5,
        at: Timestamp(4),
    });
    session.title = "vim".to_owned();
    session.current_dir = Some("/tmp".to_owned());
    session.progress = Progress::Percent(40);
    session.size = Size::clamped(120, 40);
    session.viewers = 3;
    session.deleted = Some(Timestamp(5));
    row.attempt = 2;
    row.delete_at = Some(Timestamp(6));
    row
}

#[test]
fn a_session_comes_back_as_it_was() {
    let (_ground, store) = store();
    let (plain, everything) = (session("plain"), full("full"));
    insert(&store, [plain.clone(), everything.clone()]);
    let read = |id: &str| {
        store
            .read(|read| read.session(&session_id(id)))
            .expect("read")
    };
    assert_eq!(read("plain"), Some(plain));
    assert_eq!(read("full"), Some(everything), "every field");
    assert_eq!(read("other"), None);
}

#[test]
fn a_change_writes_all_but_the_times_of_the_log() {
    let (_ground, store) = store();
    insert(&store, [session("a")]);
    let mut changed = full("a");
    changed.session.deleted = None;
    changed.session.created = Timestamp(7);
    changed.session.updated = Timestamp(8);
    let job = changed.clone();
    store
        .write(move |write| write.update_session(&job))
        .expect("stored");
    let after = store
        .read(|read| read.session(&session_id("a")))
        .expect("read");
    changed.session.created = NOON;
    changed.session.updated = NOON;
    assert_eq!(after, Some(changed));
    let missing = session("b");
    let error = store.write(move |write| write.update_session(&missing));
    assert_eq!(error, Err(StoreError::UnknownSession(session_id("b"))));
}

#[test]
fn an_id_is_given_once_for_ever() {
    let (_ground, store) = store();
    insert(&store, [session("a"), full("deleted")]);
    for id in ["a", "deleted"] {
        let again = session(id);
        let error = store.write(move |write| write.insert_session(&again));
        assert_eq!(error, Err(StoreError::DuplicateId(session_id(id))), "{id}");
    }
}

#[test]
fn what_waits_for_something_is_found() {
    let (_ground, store) = store();
    let with = |id: &str, change: fn(&mut SessionRow)| {
        let mut row = session(id);
        row.session.status = Status::Completed;
        change(&mut row);
        row
    };
    insert(
        &store,
        [
            with("done", |_| ()),
            with("gone", |row| {
                row.session.status = Status::Running;
                row.session.deleted = Some(NOON);
            }),
            with("paused", |row| row.session.status = Status::Paused),
            with("pending", |row| row.session.status = Status::Pending),
            with("reaped", |row| row.delete_at = Some(NOON)),
            with("retried", |row| {
                row.session.retrying = Some(Retrying {
                    attempt: 1,
                    of: 1,
                    at: NOON,
                });
            }),
            with("running", |row| row.session.status = Status::Running),
        ],
    );
    let ids = |rows: Vec<SessionRow>| {
        let ids = rows.iter().map(|row| row.session.id.to_string());
        ids.collect::<Vec<_>>()
    };
    let live = store.read(|read| read.live()).expect("read");
    assert_eq!(ids(live), ["paused", "pending", "running"]);
    let timers = store.read(|read| read.with_timers()).expect("read");
    assert_eq!(ids(timers), ["reaped", "retried"]);
    let known = store.read(|read| read.known_sessions()).expect("read");
    assert_eq!(known.len(), 7, "all of them");
    let deleted: Vec<_> = known.iter().filter(|known| known.deleted).collect();
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0].id, session_id("gone"));
    assert_eq!(
        store.read(|read| read.session_ids()).expect("read").len(),
        6
    );
}

#[test]
fn a_run_comes_back_as_it_was() {
    let (_ground, store) = store();
    insert(&store, [session("a"), session("b")]);
    let first = run("a", "r1", 1);
    let mut second = run("a", "r2", 2);
    let rows = (first.clone(), second.clone());
    store
        .write(move |write| {
            write.insert_run(&rows.1)?;
            write.insert_run(&rows.0)
        })
        .expect("stored");
    second.run.spawned = Some(Timestamp(1));
    second.run.ready = Some(Timestamp(2));
    second.run.pid = Some(12);
    second.run.outcome = Some(outcome());
    second.run.origin = Origin::Retry;
    second.host_seq = 77;
    second.stopping = true;
    second.timed_out = Some(TimeoutKind::Run);
    second.paused = true;
    let row = second.clone();
    store
        .write(move |write| write.update_run(&row))
        .expect("stored");
    let runs = store
        .read(|read| read.runs(&session_id("a")))
        .expect("read");
    assert_eq!(
        runs,
        [first, second.clone()],
        "in the order of their numbers"
    );
    let one = store.read(|read| read.run(&run_id("r2"))).expect("read");
    assert_eq!(one, Some(second));

    let refused = |row| store.write(move |write| write.insert_run(&row));
    let duplicate = |id| Err(StoreError::DuplicateRun(run_id(id)));
    assert_eq!(
        refused(run("b", "r1", 1)),
        duplicate("r1"),
        "an id is taken"
    );
    assert_eq!(
        refused(run("a", "r9", 2)),
        duplicate("r9"),
        "a number is taken"
    );
    let unknown = Err(StoreError::UnknownSession(session_id("c")));
    assert_eq!(refused(run("c", "r3", 1)), unknown);
    let error = store.write(|write| write.update_run(&run("a", "r8", 8)));
    assert_eq!(error, Err(StoreError::UnknownRun(run_id("r8"))));
}

#[test]
fn settings_are_json_by_name() {
    let (_ground, store) = store();
    let value = json!({"start_ms": 5, "list": [1, "x", null]});
    let job = value.clone();
    store
        .write(move |write| {
            write.set_setting("timeouts", Some(&json!(1)))?;
            write.set_setting("timeouts", Some(&job))?;
            write.set_setting("other", Some(&json!(null)))
        })
        .expect("stored");
    let get = |key: &str| store.read(|read| read.setting(key)).expect("read");
    assert_eq!(get("timeouts"), Some(value), "the last one");
    assert_eq!(get("other"), Some(json!(null)), "null is a value");
    store
        .write(|write| write.set_setting("timeouts", None))
        .expect("taken away");
    assert_eq!(get("timeouts"), None);
    let all = store.read(|read| read.settings()).expect("read");
    assert_eq!(all.keys().collect::<Vec<_>>(), ["other"]);
}

#[test]
fn what_another_program_wrote_is_told_and_not_guessed() {
    let (ground, store) = store();
    insert(&store, [session("a")]);
    append(&store, "a", EventKind::Created).expect("stored");
    let other = rusqlite::Connection::open(ground.path()).expect("another program");
    other
        .execute("UPDATE sessions SET status = 'dreaming'", [])
        .expect("it writes");
    let error = store
        .read(|read| read.session(&session_id("a")))
        .expect_err("no status");
    assert!(matches!(error, StoreError::Content { .. }), "{error}");
    assert!(error.to_string().contains("dreaming"), "{error}");
}

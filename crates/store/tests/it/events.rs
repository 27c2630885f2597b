//! The event log: numbers, what events tell, subscribers, counts, retention.

use mainstay_protocol::event::{EventCount, Metadata, Phase};
use mainstay_protocol::session::EventQuery;
use mainstay_protocol::spec::Origin;
use mainstay_protocol::{EventKind, SessionEvent, Timestamp};
use mainstay_store::{NewEvent, Store, StoreError};

use crate::support::{
    Ground, NOON, append, event, insert, run, run_id, session, session_id, store,
};

fn events(store: &Store, query: &EventQuery) -> Vec<SessionEvent> {
    store.read(|read| read.events(query)).expect("events")
}

fn add(store: &Store, new: NewEvent) -> SessionEvent {
    store
        .write(move |write| write.append_event(new))
        .expect("stored")
}

#[test]
fn an_event_tells_of_its_session_as_it_is_then() {
    let (_ground, store) = store();
    let mut row = session("a");
    insert(&store, [row.clone()]);
    let later = Timestamp(NOON.millis() + 5);
    let first = add(
        &store,
        NewEvent {
            time: later,
            origin: Some(Origin::Window),
            ..event("a", EventKind::Created)
        },
    );
    let told = SessionEvent {
        seq: 1,
        time: later,
        session_id: session_id("a"),
        run_id: None,
        origin: Some(Origin::Window),
        kind: EventKind::Created,
        metadata: Some(Metadata {
            start_time: NOON,
            modified_time: later,
            summary: "htop".to_owned(),
        }),
    };
    assert_eq!(first, told);
    let known = store
        .read(|read| read.session(&session_id("a")))
        .expect("read");
    assert_eq!(
        known.map(|row| row.session.updated),
        Some(later),
        "its last event"
    );

    row.session.summary = "vim".to_owned();
    row.session.deleted = Some(later);
    let (changed, error) = (
        row.clone(),
        EventKind::Error {
            phase: Phase::Cleanup,
            error: "no".to_owned(),
            pid: Some(3),
        },
    );
    let kind = error.clone();
    store
        .write(move |write| {
            write.update_session(&changed)?;
            write.append_event(event("a", kind)).map(drop)
        })
        .expect("stored");
    let all = events(&store, &EventQuery::default());
    assert_eq!(all.first(), Some(&told), "an old event stays as it was");
    let last = all.last().expect("the second");
    assert_eq!((last.seq, &last.kind), (2, &error));
    assert_eq!(last.metadata, None, "nothing is told of a deleted session");
    assert_eq!(
        append(&store, "b", EventKind::Created),
        Err(StoreError::UnknownSession(session_id("b")))
    );
}

#[test]
fn an_entry_of_a_journal_gives_each_event_once() {
    let (_ground, store) = store();
    insert(&store, [session("a")]);
    store
        .write(|write| write.insert_run(&run("a", "r1", 1)))
        .expect("stored");
    let of_host = |host_seq: u64, kind: EventKind| NewEvent {
        run: Some(run_id("r1")),
        host_seq: Some(host_seq),
        ..event("a", kind)
    };
    let first = add(&store, of_host(7, EventKind::Paused));
    let mut watch = store.watch();
    assert_eq!(
        add(&store, of_host(7, EventKind::Paused)),
        first,
        "the same one"
    );
    assert!(!watch.has_changed().expect("open"), "nobody is told again");
    assert_eq!(
        add(&store, of_host(7, EventKind::Unpaused)).seq,
        2,
        "another type"
    );
    assert_eq!(
        add(&store, of_host(8, EventKind::Paused)).seq,
        3,
        "another entry"
    );
    assert_eq!(*watch.borrow_and_update(), 3);
    let none = NewEvent {
        host_seq: None,
        ..of_host(0, EventKind::Paused)
    };
    assert_eq!(
        (add(&store, none.clone()).seq, add(&store, none).seq),
        (4, 5),
        "not of a journal"
    );
}

#[test]
fn queries_find_by_session_run_and_type() {
    let (_ground, store) = store();
    insert(&store, [session("a"), session("b")]);
    store
        .write(|write| write.insert_run(&run("a", "r1", 1)))
        .expect("stored");
    add(&store, event("a", EventKind::Created));
    add(&store, event("b", EventKind::Created));
    add(
        &store,
        NewEvent {
            run: Some(run_id("r1")),
            ..event("a", EventKind::Paused)
        },
    );
    add(&store, event("b", EventKind::Background));
    let find = |query: EventQuery| {
        let found = events(&store, &query);
        found.iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    let all = EventQuery::default;
    assert_eq!(find(all()), [1, 2, 3, 4]);
    assert_eq!(find(EventQuery { since: 2, ..all() }), [3, 4]);
    assert_eq!(
        find(EventQuery {
            limit: Some(2),
            ..all()
        }),
        [1, 2]
    );
    assert_eq!(
        find(EventQuery {
            session: Some(session_id("a")),
            ..all()
        }),
        [1, 3]
    );
    assert_eq!(
        find(EventQuery {
            run: Some(run_id("r1")),
            ..all()
        }),
        [3]
    );
    let types = vec![
        "session.created".to_owned(),
        "session.background".to_owned(),
    ];
    let of_b = EventQuery {
        types,
        session: Some(session_id("b")),
        since: 1,
        ..all()
    };
    assert_eq!(find(of_b), [2, 4]);
}

#[test]
fn who_follows_misses_nothing_and_sees_nothing_twice() {
    let (ground, store) = store();
    insert(&store, [session("a")]);
    for _ in 0..3 {
        append(&store, "a", EventKind::Updated).expect("stored");
    }
    store.close();
    let (store, _) = ground.open();
    let mut watch = store.watch();
    assert_eq!(*watch.borrow_and_update(), 3, "the newest of before");
    let writer = std::thread::spawn({
        let store = store.clone();
        move || {
            for _ in 0..500 {
                append(&store, "a", EventKind::Updated).expect("stored");
            }
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let followed = runtime.block_on(async {
        let (mut since, mut seen) = (0, Vec::new());
        while since < 503 {
            let batch = store.events_since(since, 7).expect("events");
            if let Some(last) = batch.last() {
                since = last.seq;
                seen.extend(batch.iter().map(|event| event.seq));
            } else {
                watch.changed().await.expect("the store is open");
            }
        }
        seen
    });
    writer.join().expect("it wrote all");
    assert_eq!(followed, (1..=503).collect::<Vec<_>>());
    let from_file = events(
        &store,
        &EventQuery {
            since: 490,
            ..EventQuery::default()
        },
    );
    let from_memory = store.events_since(490, 100).expect("events");
    assert!(
        from_memory.iter().map(|event| &**event).eq(&from_file),
        "memory and file agree"
    );
}

#[test]
fn a_failed_job_tells_nothing() {
    let (_ground, store) = store();
    insert(&store, [session("a")]);
    let watch = store.watch();
    let failed = store.write(|write| {
        write.append_event(event("a", EventKind::Created))?;
        Err::<(), _>(StoreError::Closed)
    });
    assert_eq!(failed, Err(StoreError::Closed));
    assert!(!watch.has_changed().expect("open"), "nobody was woken");
    assert_eq!(store.events_since(0, 9), Ok(vec![]));
    assert_eq!(
        append(&store, "a", EventKind::Created),
        Ok(1),
        "its number was told to nobody"
    );
}

#[test]
fn events_are_counted_by_hour_and_type_and_let_go_when_old() {
    const HOUR: u64 = 3_600_000;
    let ground = Ground::new();
    let (store, _) = ground.open();
    insert(&store, [session("a")]);
    let times = [0, 1, HOUR - 1, HOUR, 3 * HOUR];
    for (at, time) in times.into_iter().enumerate() {
        let kind = if at == 1 {
            EventKind::Paused
        } else {
            EventKind::Updated
        };
        add(
            &store,
            NewEvent {
                time: Timestamp(time),
                ..event("a", kind)
            },
        );
    }
    let counts = |from: u64, to: u64| {
        let counts = store.read(|read| read.event_counts(Timestamp(from), Timestamp(to)));
        let tuple = |count: EventCount| (count.hour.millis() / HOUR, count.kind, count.count);
        counts
            .expect("counts")
            .into_iter()
            .map(tuple)
            .collect::<Vec<_>>()
    };
    let (paused, updated) = ("session.paused".to_owned(), "session.updated".to_owned());
    assert_eq!(
        counts(0, u64::MAX),
        [
            (0, paused, 1),
            (0, updated.clone(), 2),
            (1, updated.clone(), 1),
            (3, updated.clone(), 1)
        ]
    );
    assert_eq!(counts(HOUR, 3 * HOUR), [(1, updated, 1)]);

    let delete = |before: u64, most: u32| {
        store.write(move |write| write.delete_events_before(Timestamp(before), most))
    };
    assert_eq!(delete(HOUR, 2), Ok(2), "at most as many as asked");
    assert_eq!(delete(HOUR, 2), Ok(1), "the rest");
    assert_eq!(delete(u64::MAX, 99), Ok(2), "all");
    assert_eq!(events(&store, &EventQuery::default()), []);
    assert_eq!(store.read(|read| read.last_seq()), Ok(5));
    store.close();
    let (store, report) = ground.open();
    assert!(!report.restored, "an emptied log is no older one");
    assert_eq!(
        append(&store, "a", EventKind::Updated),
        Ok(6),
        "a number is never given twice"
    );
}

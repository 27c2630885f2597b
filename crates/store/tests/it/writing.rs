//! Jobs: whole or not at all, each for itself, in their order.

use std::sync::Barrier;
use std::sync::mpsc::sync_channel;

use mainstay_protocol::session::{EventQuery, SessionQuery};
use mainstay_protocol::{Code, EventKind, Problem};
use mainstay_store::{Store, StoreError};

use crate::support::{append, event, insert, session, session_id, store};

fn total(store: &Store) -> u64 {
    let query = SessionQuery::default();
    store
        .read(|read| read.sessions(&query))
        .expect("read")
        .total
}

/// Asks for one job.
type Asker = Box<dyn FnOnce(&Store) -> Result<(), StoreError> + Send>;

/// Runs jobs in one group: they wait while the writer is held.
fn together(store: &Store, jobs: Vec<Asker>) -> Vec<Result<(), StoreError>> {
    let (hold, held) = sync_channel::<()>(0);
    let (reached, is_reached) = sync_channel(0);
    let asked = Barrier::new(jobs.len() + 1);
    std::thread::scope(|scope| {
        let holder = scope.spawn(move || {
            store.write(move |_| {
                reached.send(()).expect("the test waits");
                // Until the other end is dropped.
                assert!(held.recv().is_err(), "nobody sends anything");
                Ok(())
            })
        });
        is_reached.recv().expect("the writer is held");
        let askers: Vec<_> = jobs
            .into_iter()
            .map(|job| {
                let asked = &asked;
                scope.spawn(move || {
                    asked.wait();
                    job(store)
                })
            })
            .collect();
        asked.wait();
        drop(hold);
        holder.join().expect("no panic").expect("stored");
        let done = askers
            .into_iter()
            .map(|asker| asker.join().expect("no panic"));
        done.collect()
    })
}

#[test]
fn a_failing_job_takes_nothing_of_the_others_along() {
    let (_ground, store) = store();
    insert(&store, [session("taken")]);
    let job = |n: usize| -> Asker {
        Box::new(move |store| {
            store.write(move |write| {
                write.insert_session(&session(&format!("s{n}")))?;
                write.append_event(event(&format!("s{n}"), EventKind::Created))?;
                match n % 4 {
                    1 => write.insert_session(&session("taken")),
                    2 => Err(Problem::new(Code::WrongState, "no").into()),
                    3 => panic!("job {n} panics"),
                    _ => Ok(()),
                }
            })
        })
    };
    let done = together(&store, (0..40).map(job).collect());
    for (n, done) in done.into_iter().enumerate() {
        let expected = match n % 4 {
            1 => Err(StoreError::DuplicateId(session_id("taken"))),
            2 => Err(Problem::new(Code::WrongState, "no").into()),
            3 => Err(StoreError::Panicked(format!("job {n} panics"))),
            _ => Ok(()),
        };
        assert_eq!(done, expected, "job {n}");
        let there = store.read(|read| read.session(&session_id(&format!("s{n}"))));
        assert_eq!(
            there.expect("read").is_some(),
            n % 4 == 0,
            "all of job {n} or nothing"
        );
    }
    let log = store
        .read(|read| read.events(&EventQuery::default()))
        .expect("read");
    assert_eq!(log.len(), 10, "one event for each that succeeded");
    assert_eq!(
        store.events_since(0, 99).expect("events").len(),
        10,
        "and those were told"
    );
}

#[test]
fn a_job_sees_itself_and_others_see_it_when_it_is_stored() {
    let (_ground, store) = store();
    let outside = store.clone();
    let seen = store.write(move |write| {
        write.insert_session(&session("a"))?;
        let inside = write.session(&session_id("a"))?.is_some();
        Ok((inside, total(&outside)))
    });
    assert_eq!(seen, Ok((true, 0)), "not before the commit");
    assert_eq!(total(&store), 1);
}

#[test]
fn a_look_is_of_one_moment() {
    let (_ground, store) = store();
    let seen = store.read(|read| {
        let before = read.session_ids()?.len();
        insert(&store, [session("a")]);
        Ok((before, read.session_ids()?.len()))
    });
    assert_eq!(seen, Ok((0, 0)));
    assert_eq!(total(&store), 1, "the next look sees it");
}

#[test]
fn many_look_and_write_at_once() {
    let (_ground, store) = store();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..20 {
                    let id = format!("t{thread}-{n}");
                    insert(store, [session(&id)]);
                    append(store, &id, EventKind::Created).expect("stored");
                    let found = store.read(|read| read.session(&session_id(&id)));
                    assert!(found.expect("read").is_some(), "{id} was stored");
                }
            });
        }
    });
    assert_eq!(total(&store), 320);
    let log = store
        .read(|read| read.events(&EventQuery::default()))
        .expect("read");
    let numbers: Vec<_> = log.iter().map(|event| event.seq).collect();
    assert_eq!(numbers, (1..=320).collect::<Vec<_>>());
}

#[test]
fn a_job_that_asks_for_another_is_refused_and_not_stuck() {
    let (_ground, store) = store();
    let same = store.clone();
    let nested = store.write(move |_| same.write(|_| Ok(())));
    assert_eq!(nested, Err(StoreError::Nested));
    let same = store.clone();
    assert_eq!(
        store.write(move |_| same.reopen().map(drop)),
        Err(StoreError::Nested)
    );
}

#[test]
fn closing_stores_what_was_asked_for() {
    let (ground, store) = store();
    let done = together(
        &store,
        vec![
            Box::new(|store: &Store| store.write(|write| write.insert_session(&session("a")))),
            Box::new(|store: &Store| {
                store.close();
                Ok(())
            }),
        ],
    );
    assert!(
        done.iter()
            .all(|done| matches!(done, Ok(()) | Err(StoreError::Closed)))
    );
    assert_eq!(store.write(|_| Ok(())), Err(StoreError::Closed));
    assert_eq!(store.read(|_| Ok(())), Err(StoreError::Closed));
    assert!(matches!(store.reopen(), Err(StoreError::Closed)));
    store.close();
    let stored = u64::from(done.first().is_some_and(Result::is_ok));
    assert!(
        !ground.beside("-wal").exists(),
        "closed well: all is in the one file"
    );
    let (store, _) = ground.open();
    assert_eq!(
        total(&store),
        stored,
        "what was answered is there, what was refused is not"
    );
}

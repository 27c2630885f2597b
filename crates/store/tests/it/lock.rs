//! Another program holds the database.

use mainstay_store::StoreError;

use crate::support::{insert, session, store};

#[test]
fn a_lock_is_told_and_passes() {
    let (ground, store) = store();
    insert(&store, [session("a")]);
    let other = rusqlite::Connection::open(ground.path()).expect("another program");
    other.execute_batch("BEGIN IMMEDIATE").expect("it locks");
    let error = store
        .write(|write| write.insert_session(&session("b")))
        .expect_err("it is locked");
    assert_eq!(
        error,
        StoreError::Locked {
            path: ground.path()
        }
    );
    assert!(error.is_transient());
    assert!(
        error.to_string().contains("locked by another program"),
        "{error}"
    );
    let seen = store
        .read(|read| read.session_ids())
        .expect("looking goes on");
    assert_eq!(seen.len(), 1);
    other.execute_batch("ROLLBACK").expect("it lets go");
    insert(&store, [session("b")]);
}

#[test]
fn a_lock_at_the_opening_is_told() {
    let (ground, store) = store();
    store.close();
    let other = rusqlite::Connection::open(ground.path()).expect("another program");
    other.execute_batch("BEGIN IMMEDIATE").expect("it locks");
    let error = ground.try_open().expect_err("it is locked");
    assert_eq!(
        error,
        StoreError::Locked {
            path: ground.path()
        }
    );
    other.execute_batch("ROLLBACK").expect("it lets go");
    let (_store, report) = ground.open();
    assert!(
        !report.fresh && report.damaged_kept_as.is_none(),
        "{report:?}"
    );
}

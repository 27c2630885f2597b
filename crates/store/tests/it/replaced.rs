//! The file is deleted or replaced while it is open.
#![cfg(unix)]

use std::fs;

use mainstay_protocol::EventKind;
use mainstay_store::{Store, StoreError};

use crate::support::{Ground, append, insert, session, session_id, store};

fn is_told(store: &Store, ground: &Ground) {
    for _ in 0..2 {
        let error = store.write(|write| write.insert_session(&session("lost")));
        assert_eq!(
            error,
            Err(StoreError::Replaced {
                path: ground.path()
            })
        );
    }
    assert!(
        !StoreError::Replaced {
            path: ground.path()
        }
        .is_transient()
    );
}

fn ids(store: &Store) -> Vec<String> {
    let ids = store.read(|read| read.session_ids()).expect("read");
    ids.iter().map(ToString::to_string).collect()
}

#[test]
fn all_files_deleted() {
    let (ground, store) = store();
    insert(&store, [session("a")]);
    assert_eq!(append(&store, "a", EventKind::Created), Ok(1));
    let log = store.log_id();
    for ending in ["", "-wal", "-shm"] {
        fs::remove_file(ground.beside(ending)).expect("deleted");
    }
    is_told(&store, &ground);
    assert!(
        !ground.path().exists(),
        "nothing is made behind anybody's back"
    );
    let report = store.reopen().expect("a new one");
    assert!(
        report.fresh && report.damaged_kept_as.is_none(),
        "{report:?}"
    );
    assert_ne!(report.log_id, log, "another log");
    assert_eq!(store.log_id(), report.log_id);
    assert_eq!(ids(&store), Vec::<String>::new());
    insert(&store, [session("b")]);
    assert_eq!(
        append(&store, "b", EventKind::Created),
        Ok(1),
        "numbered anew"
    );
    assert_eq!(store.events_since(0, 9).expect("events").len(), 1);
    store.close();
    assert_eq!(ids(&ground.open().0), ["b"]);
}

#[test]
fn only_the_write_ahead_log_deleted() {
    let (ground, store) = store();
    insert(&store, [session("a")]);
    fs::remove_file(ground.beside("-wal")).expect("deleted");
    is_told(&store, &ground);
    let report = store.reopen().expect("the same file");
    assert!(report.damaged_kept_as.is_none(), "{report:?}");
    insert(&store, [session("b")]);
}

#[test]
fn another_file_in_its_place_is_taken_and_not_mixed_up() {
    let (ground, store) = store();
    insert(&store, [session("a")]);
    store.close();
    let backup = fs::read(ground.path()).expect("the file");

    let (store, _) = ground.open();
    let log = store.log_id();
    insert(&store, (0..200).map(|n| session(&format!("later{n}"))));
    append(&store, "a", EventKind::Created).expect("stored");
    // What was stored since is in the write-ahead log, which stays where it is.
    let restored = ground.beside(".restored");
    fs::File::create(&restored)
        .and_then(|mut file| std::io::Write::write_all(&mut file, &backup))
        .expect("a copy");
    fs::rename(&restored, ground.path()).expect("in its place");
    is_told(&store, &ground);
    let report = store.reopen().expect("the other file");
    assert!(report.restored && !report.fresh, "{report:?}");
    assert!(report.damaged_kept_as.is_none(), "{report:?}");
    assert_ne!(report.log_id, log);
    assert_eq!(
        ids(&store),
        ["a"],
        "nothing of the other file's log is in it"
    );
    assert!(
        ground
            .names()
            .contains(&"mainstay.db.orphan-wal".to_owned()),
        "{:?}",
        ground.names()
    );
    insert(&store, [session("b")]);
    store.close();
    assert_eq!(ids(&ground.open().0), ["a", "b"]);
}

#[test]
fn opening_again_fails_and_succeeds_later() {
    let (ground, store) = store();
    insert(&store, [session("a")]);
    let away = ground.folder().with_extension("away");
    fs::rename(ground.folder(), &away).expect("the folder is gone");
    is_told(&store, &ground);
    let error = store.reopen().expect_err("there is no folder");
    assert!(error.to_string().contains("mainstay.db"), "{error}");
    is_told(&store, &ground);
    fs::rename(&away, ground.folder()).expect("it is back");
    let report = store.reopen().expect("the same file");
    assert!(!report.fresh && !report.restored, "{report:?}");
    assert_eq!(
        store.read(|read| read.session_ids()),
        Ok(vec![session_id("a")])
    );
    insert(&store, [session("b")]);
}

#[test]
fn a_store_that_was_replaced_leaves_the_other_file_alone_when_it_closes() {
    let (ground, store) = store();
    insert(&store, [session("a")]);
    for ending in ["", "-wal", "-shm"] {
        fs::remove_file(ground.beside(ending)).expect("deleted");
    }
    let (other, _) = ground.open();
    insert(&other, [session("b")]);
    store.close();
    assert!(
        ground.beside("-wal").exists(),
        "the other's write-ahead log"
    );
    insert(&other, [session("c")]);
    other.close();
    assert_eq!(ids(&ground.open().0), ["b", "c"]);
}

//! A backup takes the place of the database while the program doesn't run.

use std::fs;

use mainstay_protocol::EventKind;

use crate::support::{Ground, append, insert, session};

/// Copies the database as it is on the disk over the present one, as a person would.
fn restore(ground: &Ground, backup: &[u8]) {
    fs::File::create(ground.path())
        .and_then(|mut file| std::io::Write::write_all(&mut file, backup))
        .expect("restored");
}

#[test]
fn an_older_file_is_another_log() {
    let ground = Ground::new();
    let (store, first) = ground.open();
    assert!(first.fresh && !first.restored);
    insert(&store, [session("a")]);
    append(&store, "a", EventKind::Created).expect("stored");
    store.close();
    let backup = fs::read(ground.path()).expect("the file");
    let (store, second) = ground.open();
    assert_eq!(
        (&second.log_id, second.fresh),
        (&first.log_id, false),
        "the same log"
    );
    store.close();

    restore(&ground, &backup);
    let (store, third) = ground.open();
    assert!(
        third.restored && !third.fresh,
        "it was opened less often than the folder knows"
    );
    assert_ne!(third.log_id, first.log_id, "another log");
    assert!(
        third.notes.concat().contains("restored from a backup"),
        "{:?}",
        third.notes
    );
    store.close();
    let (_store, fourth) = ground.open();
    assert!(!fourth.restored, "told once");
    assert_eq!(fourth.log_id, third.log_id, "from then on it is the log");
}

#[test]
fn an_older_file_of_the_same_opening_is_noticed_by_its_events() {
    let ground = Ground::new();
    let (store, first) = ground.open();
    insert(&store, [session("a")]);
    append(&store, "a", EventKind::Created).expect("stored");
    let copy = rusqlite::Connection::open(ground.path()).expect("a backup program");
    let into = ground.beside(".backup");
    copy.execute("VACUUM INTO ?1", [into.to_str().expect("a text")])
        .expect("a backup");
    drop(copy);
    append(&store, "a", EventKind::Updated).expect("stored");
    store.close();
    restore(&ground, &fs::read(into).expect("the backup"));
    let (store, second) = ground.open();
    assert!(second.restored, "{second:?}");
    assert_ne!(second.log_id, first.log_id);
    assert_eq!(
        append(&store, "a", EventKind::Updated),
        Ok(2),
        "number 2 of another log"
    );
}

#[test]
fn a_lost_mark_is_no_news() {
    let ground = Ground::new();
    let (store, first) = ground.open();
    insert(&store, [session("a")]);
    append(&store, "a", EventKind::Created).expect("stored");
    store.close();
    for nonsense in [None, Some("nonsense")] {
        match nonsense {
            None => fs::remove_file(ground.beside(".mark")).expect("gone"),
            Some(text) => fs::File::create(ground.beside(".mark"))
                .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
                .expect("written"),
        }
        let (store, report) = ground.open();
        assert!(!report.restored && !report.fresh, "{report:?}");
        assert_eq!(report.log_id, first.log_id);
        store.close();
    }
}

#[test]
fn a_deleted_database_is_a_fresh_one() {
    let ground = Ground::new();
    let (store, first) = ground.open();
    store.close();
    fs::remove_file(ground.path()).expect("deleted");
    let (_store, second) = ground.open();
    assert!(second.fresh && !second.restored, "{second:?}");
    assert_ne!(second.log_id, first.log_id);
}

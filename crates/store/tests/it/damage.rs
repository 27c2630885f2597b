//! Files that can't be used: newer ones are left alone, what makes no sense is kept under another name.

use std::fs;
use std::io::{Seek, SeekFrom, Write};

use mainstay_protocol::EventKind;
use mainstay_store::StoreError;

use crate::support::{Ground, append, insert, session, session_id};

/// A closed store with a few hundred sessions.
fn ground() -> Ground {
    let ground = Ground::new();
    let (store, report) = ground.open();
    assert!(report.fresh && report.notes.is_empty(), "{report:?}");
    insert(&store, (0..300).map(|n| session(&format!("s{n}"))));
    append(&store, "s0", EventKind::Created).expect("stored");
    store.close();
    ground
}

#[test]
fn sqlite_is_no_older_than_the_fix_of_the_write_ahead_log() {
    // Before 3.51.3 a checkpoint beside a writer could corrupt the file (<https://www.sqlite.org/wal.html#walreset>).
    assert!(
        rusqlite::version_number() >= 3_051_003,
        "{}",
        rusqlite::version()
    );
}

#[test]
fn a_newer_file_is_refused_with_words_and_left_alone() {
    let ground = ground();
    let newer = rusqlite::Connection::open(ground.path()).expect("the newer program");
    newer
        .pragma_update(None, "user_version", 99)
        .expect("its version");
    newer
        .execute_batch("CREATE TABLE dreams (of TEXT)")
        .expect("its table");
    // It was killed: what it wrote last is in the write-ahead log.
    fs::copy(ground.path(), ground.beside(".copy")).expect("copied");
    fs::copy(ground.beside("-wal"), ground.beside(".copy-wal")).expect("copied");
    drop(newer);
    fs::rename(ground.beside(".copy"), ground.path()).expect("as it was");
    fs::rename(ground.beside(".copy-wal"), ground.beside("-wal")).expect("as it was");
    let content = |ending: &str| fs::read(ground.beside(ending)).expect("a file");
    let before = (content(""), content("-wal"));
    for _ in 0..2 {
        let error = ground.try_open().expect_err("it is newer");
        let StoreError::Newer { path, found, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!((path, *found), (&ground.path(), 99));
        assert!(error.to_string().contains("newer Mainstay"), "{error}");
        assert_eq!((content(""), content("-wal")), before, "not touched");
    }
    assert!(!ground.names().iter().any(|name| name.contains("damaged")));
}

/// Opens what was made unusable, and looks at what becomes of it.
fn is_set_aside(ground: &Ground, what: &str) {
    let left = fs::read(ground.path()).expect("a file");
    let (store, report) = ground.open();
    assert!(report.fresh && !report.restored, "{what}: {report:?}");
    let kept = report.damaged_kept_as.expect("it was kept");
    assert!(
        kept.display()
            .to_string()
            .contains(".damaged-2026-11-20T15-36-00-000Z"),
        "{kept:?}"
    );
    assert_eq!(fs::read(&kept).expect("kept"), left, "{what}: as it was");
    let note = report.notes.concat();
    assert!(note.contains(&kept.display().to_string()), "{what}: {note}");
    assert_eq!(
        store.read(|read| read.session_ids()),
        Ok(vec![]),
        "{what}: a new one"
    );
    insert(&store, [session("a")]);
    store.close();
    let (store, report) = ground.open();
    assert!(
        !report.fresh && report.damaged_kept_as.is_none(),
        "{what}: {report:?}"
    );
    assert!(
        store
            .read(|read| read.session(&session_id("a")))
            .expect("read")
            .is_some()
    );
}

#[test]
fn a_damaged_file_is_kept_and_a_new_one_made() {
    let ground = ground();
    fs::File::create(ground.path())
        .and_then(|mut file| file.write_all(&[b'x'; 5000]))
        .expect("nonsense");
    is_set_aside(&ground, "nonsense");

    // Again, at the same time of the clock: the second one gets another name.
    let size = fs::metadata(ground.path()).expect("a file").len();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(ground.path())
        .expect("a file");
    file.seek(SeekFrom::Start(4096)).expect("the second page");
    let pages = vec![0xa5; usize::try_from(size - 4096).expect("small")];
    file.write_all(&pages).expect("nonsense");
    drop(file);
    is_set_aside(&ground, "all pages but the first");
    let kept = ground.names();
    let kept = kept
        .iter()
        .filter(|name| name.contains(".damaged-") && name.ends_with('Z'));
    assert_eq!(kept.count(), 1);
    assert!(
        ground.names().iter().any(|name| name.ends_with("Z-2")),
        "{:?}",
        ground.names()
    );
}

#[test]
fn one_bad_page_is_noticed_at_the_next_opening() {
    let ground = ground();
    let size = fs::metadata(ground.path()).expect("a file").len();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(ground.path())
        .expect("a file");
    file.seek(SeekFrom::Start(size / 4096 / 2 * 4096))
        .expect("a page in the middle");
    file.write_all(&[0xff; 4096]).expect("nonsense");
    drop(file);
    is_set_aside(&ground, "one page");
}

#[test]
fn a_truncated_file_is_noticed() {
    let ground = ground();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(ground.path())
        .expect("a file");
    file.set_len(3 * 4096).expect("cut");
    drop(file);
    is_set_aside(&ground, "cut");
}

#[test]
fn another_programs_database_is_not_used() {
    let ground = Ground::new();
    let other = rusqlite::Connection::open(ground.path()).expect("the other program");
    other
        .execute_batch("CREATE TABLE sessions (cookie TEXT)")
        .expect("its table");
    drop(other);
    is_set_aside(&ground, "another program's");
}

#[test]
fn a_file_without_one_of_the_tables_is_not_used() {
    let ground = ground();
    let other = rusqlite::Connection::open(ground.path()).expect("another program");
    other.execute_batch("DROP TABLE settings").expect("gone");
    drop(other);
    is_set_aside(&ground, "without a table");
}

#[test]
fn an_empty_file_is_a_new_database() {
    let ground = Ground::new();
    fs::File::create(ground.path()).expect("an empty file");
    let (_store, report) = ground.open();
    assert!(
        report.fresh && report.damaged_kept_as.is_none(),
        "{report:?}"
    );
}

#[test]
fn damage_under_a_running_store_is_told_and_healed_by_opening_again() {
    let ground = ground();
    let (store, _) = ground.open();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(ground.path())
        .expect("a file");
    let size = file.metadata().expect("a file").len();
    file.seek(SeekFrom::Start(4096)).expect("the second page");
    let pages = usize::try_from(size - 4096).expect("small");
    file.write_all(&vec![0xa5; pages]).expect("nonsense");
    drop(file);
    let error = store
        .read(|read| read.sessions(&mainstay_protocol::session::SessionQuery::default()))
        .expect_err("it is damaged");
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("mainstay.db"), "{error}");
    let report = store.reopen().expect("a new one");
    assert!(
        report.damaged_kept_as.is_some() && report.fresh,
        "{report:?}"
    );
    insert(&store, [session("a")]);
    assert_eq!(
        store.read(|read| read.session_ids()),
        Ok(vec![session_id("a")])
    );
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let ground = Ground::new();
    fs::File::create(ground.path()).expect("an empty file");
    fs::set_permissions(ground.path(), fs::Permissions::from_mode(0o644)).expect("own file");
    let (store, _) = ground.open();
    insert(&store, [session("a")]);
    for name in ground.names() {
        let path = ground.folder().join(&name);
        let mode = fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
    assert!(ground.names().len() >= 5, "{:?}", ground.names());
}

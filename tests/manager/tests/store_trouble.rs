//! A database that is locked, deleted, restored from a backup, damaged, of a newer version: people are told in words, no session
//! is lost, and a stop still stops.
#![cfg(unix)]

use std::fs::{self, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use mainstay_manager::{Manager, OpenError};
use mainstay_manager_tests::checks;
use mainstay_manager_tests::home::Home;
use mainstay_manager_tests::processes;
use mainstay_manager_tests::programs::Program;
use mainstay_manager_tests::three::{
    COUNTER, all_there, begin, create, id, make, program, stops, told, until_status,
};
use mainstay_manager_tests::until::until;
use mainstay_protocol::session::{SessionQuery, Start, Status};
use mainstay_seams::SystemClock;
use mainstay_store::{Store, StoreError};

/// Where the version of a database is in its file (`user_version`, <https://www.sqlite.org/fileformat.html>).
const VERSION_AT: u64 = 60;

#[test]
fn a_locked_database_is_told_and_a_stop_still_stops() {
    let home = Home::new();
    let (manager, _) = home.open();
    begin(&home, &manager);
    let watch = program(&home, "live");
    let other = Store::open(&home.database(), Arc::new(SystemClock)).expect("another program");
    let (locked, is_locked) = sync_channel(1);
    let (release, released) = sync_channel::<()>(1);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let held = other.store.write(move |_| {
                locked.send(()).ok();
                released.recv().ok();
                Ok(())
            });
            held.expect("a transaction that lasts");
        });
        is_locked.recv().expect("it is locked");
        // Its answer may have to wait for the store; the program doesn't.
        scope.spawn(|| stops(&manager, "live", &watch));
        assert!(
            processes::ended_within(&watch, 4),
            "it is stopped though the database is locked"
        );
        let problem = create(&home, &manager, "new", &COUNTER).expect_err("nothing can be stored");
        told(&problem, "lock");
        let health = manager.health();
        assert!(health.trouble.join(" ").contains("lock"), "{health:?}");
        assert_eq!(health.sessions, 3, "what is stored can be seen");
        release.send(()).expect("it is let go");
    });
    other.store.close();
    until_status(&home, &manager, "live", Status::Terminated);
    make(&home, &manager, "new", &COUNTER);
    until(&home, &manager, "all is well again", || {
        checks::everything(&home, &manager)
    });
    assert_eq!(manager.health().trouble, Vec::<String>::new());
    manager.close();
    checks::emptied(&home, "at the end");
}

/// The database and what belongs to it.
fn files(home: &Home) -> Vec<PathBuf> {
    let of = |ending| PathBuf::from(format!("{}{ending}", home.database().display()));
    let all = ["", "-wal", "-shm", ".mark"].map(of);
    all.into_iter().filter(|path| path.exists()).collect()
}

fn remove(home: &Home) {
    for path in files(home) {
        fs::remove_file(path).expect("own file");
    }
}

#[test]
fn a_database_that_is_deleted_under_the_manager_is_made_again() {
    let home = Home::new();
    let (manager, _) = home.open();
    begin(&home, &manager);
    let log = manager.log_id();
    let watch = program(&home, "live");
    remove(&home);
    make(&home, &manager, "new", &Program::Sleeper);
    assert_ne!(manager.log_id(), log, "its events are others");
    until_status(&home, &manager, "new", Status::Running);
    all_there(&home, &manager, "after it was deleted");
    remove(&home);
    stops(&manager, "live", &watch);
    until_status(&home, &manager, "live", Status::Terminated);
    remove(&home);
    manager.close();
    checks::settled(&home, "opened without a database");
    checks::emptied(&home, "at the end");
}

#[test]
fn a_database_that_is_deleted_while_a_run_ends_loses_nothing() {
    let home = Home::new();
    let (manager, _) = home.open();
    begin(&home, &manager);
    let watch = program(&home, "live");
    remove(&home);
    // Whatever is stored first finds out: here the journal's entries.
    stops(&manager, "live", &watch);
    until_status(&home, &manager, "live", Status::Terminated);
    until(&home, &manager, "all is there", || {
        checks::everything(&home, &manager)
    });
    let page = manager.list(&SessionQuery::default()).expect("a list");
    assert_eq!(page.total, 3);
    manager.close();
}

#[test]
fn a_database_from_a_backup_gets_what_happened_since() {
    let home = Home::new();
    let (manager, _) = home.open();
    begin(&home, &manager);
    let log = manager.log_id();
    manager.close();
    drop(manager);
    let backup = home.path().join("backup");
    fs::copy(home.database(), &backup).expect("a backup");

    let (manager, _) = home.open();
    make(&home, &manager, "later", &COUNTER);
    until_status(&home, &manager, "later", Status::Completed);
    manager
        .again(&id("ended"), Start::default())
        .expect("it runs again");
    until_status(&home, &manager, "ended", Status::Completed);
    let watch = program(&home, "live");
    stops(&manager, "live", &watch);
    until_status(&home, &manager, "live", Status::Terminated);
    until(&home, &manager, "all is well", || {
        checks::everything(&home, &manager)
    });
    manager.close();
    drop(manager);

    for ending in ["-wal", "-shm"] {
        fs::remove_file(format!("{}{ending}", home.database().display())).ok();
    }
    fs::copy(&backup, home.database()).expect("it is put back");
    let (manager, report) = home.open();
    let words = report.notes.join("\n");
    assert!(
        words.contains("backup") || words.contains("restored"),
        "it is told: {report:?}"
    );
    assert_ne!(manager.log_id(), log, "its events are others");
    until(&home, &manager, "all is there", || {
        checks::everything(&home, &manager)
    });
    let status = |name| {
        manager
            .show(&id(name))
            .map(|session| (session.status, session.runs))
    };
    assert_eq!(status("later"), Ok((Status::Completed, 1)), "made since");
    assert_eq!(status("ended"), Ok((Status::Completed, 3)), "ran since");
    assert_eq!(status("live"), Ok((Status::Terminated, 1)), "ended since");
    assert_eq!(status("paused"), Ok((Status::Paused, 1)), "goes on");
    manager.close();
    checks::emptied(&home, "at the end");
}

#[test]
fn a_damaged_database_is_kept_and_made_again() {
    let home = Home::new();
    let (manager, _) = home.open();
    begin(&home, &manager);
    manager.close();
    drop(manager);
    let garbage = vec![0x5a; 20_000];
    overwrite(&home.database(), 0, &garbage);
    let (manager, report) = home.open();
    let words = report.notes.join("\n");
    assert!(words.contains("damaged"), "it is told: {report:?}");
    let names = fs::read_dir(home.data())
        .expect("the data directory")
        .flatten();
    let kept = names.filter(|name| name.file_name().to_string_lossy().contains("damaged"));
    assert_eq!(kept.count(), 1, "what was there is kept");
    all_there(&home, &manager, "made again");
    stops(&manager, "live", &program(&home, "live"));
    until_status(&home, &manager, "live", Status::Terminated);
    manager.close();
    checks::emptied(&home, "at the end");
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new()
        .write(true)
        .open(path)
        .expect("the database");
    file.seek(SeekFrom::Start(at)).expect("a place in it");
    file.write_all(bytes).expect("own file");
}

#[test]
fn a_newer_database_is_left_alone() {
    let home = Home::new();
    let (manager, _) = home.open();
    begin(&home, &manager);
    manager.close();
    drop(manager);
    let before = fs::read(home.database()).expect("the database");
    let at = usize::try_from(VERSION_AT).expect("small");
    let version = before[at..at + 4].to_vec();
    overwrite(&home.database(), VERSION_AT, &9_999_u32.to_be_bytes());
    let newer = fs::read(home.database()).expect("the database");
    let error = Manager::open(home.config(Arc::new(SystemClock))).expect_err("it is newer");
    assert!(
        matches!(error, OpenError::Store(StoreError::Newer { .. })),
        "{error:?}"
    );
    let words = error.to_string();
    assert!(words.contains("newer"), "{words}");
    assert_eq!(
        fs::read(home.database()).expect("the database"),
        newer,
        "nothing was written"
    );
    overwrite(&home.database(), VERSION_AT, &version);
    let (manager, _) = home.open();
    all_there(&home, &manager, "the right version again");
    manager.close();
    checks::emptied(&home, "at the end");
}

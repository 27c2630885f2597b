//! A disk that is full, or may not be written: people are told in words, no session is lost, and a stop still stops.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use mainstay_manager::Manager;
use mainstay_manager_tests::checks;
use mainstay_manager_tests::home::Home;
use mainstay_manager_tests::three::{
    COUNTER, begin, create, make, program, stops, told, until_status,
};
use mainstay_manager_tests::until::until;
use mainstay_protocol::session::Status;
use mainstay_seams::SystemClock;

/// In a test's process that has a disk of its own: where that is.
const SMALL_DISK: &str = "MANAGER_TEST_DISK";

/// Runs a test of this file once more, in a process that has a small disk of its own; nothing is left of that. Skipped
/// where that isn't allowed.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn on_small_disk(test: &str) {
    let folder = tempfile::Builder::new()
        .prefix("md")
        .tempdir()
        .expect("a folder");
    let script = format!(
        "mount -t tmpfs -o size=160m,mode=700 none \"${SMALL_DISK}\" || exit 77; exec \"$0\" \"$@\""
    );
    let program = std::env::current_exe().expect("own path");
    let run = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", script]).arg(&program);
        command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
        command.env(SMALL_DISK, folder.path()).status()
    };
    let may = run(&format!(
        "mount -t tmpfs none \"${SMALL_DISK}\" 2>/dev/null"
    ));
    if !may.is_ok_and(|status| status.success()) {
        println!("skipped: {test} needs a small disk, and only root may mount one");
        return;
    }
    let ended = run(&script).expect("it runs");
    assert!(ended.success(), "{test} on a small disk: {ended}");
}

/// The disk, in the process that has it.
fn small_disk() -> Option<PathBuf> {
    std::env::var_os(SMALL_DISK).map(PathBuf::from)
}

#[test]
fn a_full_disk_is_told_and_a_stop_still_stops() {
    let Some(disk) = small_disk() else {
        on_small_disk("a_full_disk_is_told_and_a_stop_still_stops");
        return;
    };
    let home = Home::within(&disk);
    let (manager, _) = home.open();
    begin(&home, &manager);
    let watch = program(&home, "live");
    let ballast = disk.join("ballast");
    fill(&ballast);
    let problem = create(&home, &manager, "new", &COUNTER).expect_err("nothing can be stored");
    told(&problem, "full");
    stops(&manager, "live", &watch);
    let health = manager.health();
    assert!(health.trouble.join(" ").contains("full"), "{health:?}");
    assert_eq!(health.sessions, 3, "what is stored can be seen");
    fs::remove_file(&ballast).expect("own file");
    until_status(&home, &manager, "live", Status::Terminated);
    make(&home, &manager, "new", &COUNTER);
    until(&home, &manager, "all is well again", || {
        checks::everything(&home, &manager)
    });
    assert_eq!(manager.health().trouble, Vec::<String>::new());
    manager.close();
    checks::emptied(&home, "at the end");
}

/// Takes all the room there is.
fn fill(path: &Path) {
    let mut file = File::create(path).expect("a file");
    for size in [1 << 20, 4096, 512, 1] {
        let piece = vec![1; size];
        while file.write_all(&piece).is_ok() {}
    }
}

#[test]
fn a_disk_that_may_not_be_written_is_told() {
    let Some(disk) = small_disk() else {
        on_small_disk("a_disk_that_may_not_be_written_is_told");
        return;
    };
    let home = Home::within(&disk);
    let (manager, _) = home.open();
    make(&home, &manager, "ended", &COUNTER);
    until_status(&home, &manager, "ended", Status::Completed);
    until(&home, &manager, "its host goes", || {
        checks::everything(&home, &manager)
    });
    manager.close();
    drop(manager);
    let remount = |how: &str| {
        let done = Command::new("mount").args(["-o", how]).arg(&disk).status();
        assert!(done.expect("mount runs").success(), "{how}");
    };
    remount("remount,ro");
    let error =
        Manager::open(home.config(Arc::new(SystemClock))).expect_err("nothing can be written");
    let words = error.to_string();
    assert!(words.contains("not writable"), "{words}");
    remount("remount,rw");
    checks::settled(&home, "it may be written again");
    checks::emptied(&home, "at the end");
}

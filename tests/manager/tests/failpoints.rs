//! kill -9 of the manager at every named failpoint, while sessions start, print, stop, are resumed, retried and deleted.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use mainstay_manager::failpoints as manager;
use mainstay_manager_tests::checks;
use mainstay_manager_tests::home::Home;
use mainstay_manager_tests::log::{self, Op};
use mainstay_manager_tests::stewards::{Life, Mode};
use mainstay_manager_tests::until::until;
use mainstay_store::failpoints as store;

/// Points that no life as below passes, and why.
const NOT_PASSED: &[(&str, &str)] = &[];

/// Lives at the same time. They wait for processes most of the time.
const AT_ONCE: usize = 4;

#[test]
fn everything_is_as_it_was_after_every_failpoint() {
    let all = [manager::ALL, store::ALL].concat();
    let lives: Vec<(&str, u32)> = all
        .iter()
        .flat_map(|&point| [(point, 1), (point, 4)])
        .collect();
    let (passed, wrong) = (Mutex::new(BTreeSet::new()), Mutex::new(Vec::new()));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(&(point, nth)) = lives.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // One point that fails must not hide the others; what went wrong is printed as it happens.
                    match std::panic::catch_unwind(|| life(point, nth)) {
                        Ok(true) => drop(passed.lock().expect("no panic").insert(point)),
                        Ok(false) => {}
                        Err(_) => wrong
                            .lock()
                            .expect("no panic")
                            .push(format!("{point}@{nth}")),
                    }
                }
            });
        }
    });
    let (passed, wrong) = (
        passed.into_inner().expect("ended"),
        wrong.into_inner().expect("ended"),
    );
    assert!(wrong.is_empty(), "these went wrong: {wrong:?}");
    let excused: BTreeSet<&str> = NOT_PASSED.iter().map(|(point, _)| *point).collect();
    let missed: Vec<&&str> = all
        .iter()
        .filter(|point| !passed.contains(*point) && !excused.contains(*point))
        .collect();
    assert!(
        missed.is_empty(),
        "no manager was killed at {missed:?}: add what passes them to the script"
    );
}

/// The script with a point armed, in a home where there is something for it to do; tells whether the manager was killed there.
fn life(point: &str, nth: u32) -> bool {
    let context = format!("{point}=kill@{nth}");
    let home = Home::new();
    prepare(&home, point);
    let killed = Life::new(Mode::Script, 1).armed(&context).live(&home);
    if killed && point.starts_with("manager.delete") {
        goes_on(&home, &context);
    }
    checks::settled(&home, &context);
    // What a recovery left is what the next one finds.
    checks::settled(&home, &format!("{context}, once more"));
    checks::emptied(&home, &context);
    killed
}

/// What was being deleted is deleted by the next manager; nobody has to ask again.
fn goes_on(home: &Home, context: &str) {
    let log = log::read(&home.log());
    let last = log.last().expect("something was asked for");
    // The folders of sessions that could not be started are removed in the same way.
    if !matches!(last.op, Op::Delete { .. }) {
        return;
    }
    let (manager, _) = home.open();
    until(home, &manager, context, || {
        let found = manager
            .show(&last.session)
            .map_err(|problem| problem.to_string())?;
        found
            .deleted
            .map(|_| ())
            .ok_or_else(|| format!("{found:?}"))
    });
    manager.close();
}

/// What must have happened before.
fn prepare(home: &Home, point: &str) {
    let of = |what: &[&str]| what.iter().any(|beginning| point.starts_with(beginning));
    let dead = of(&["manager.settle", "manager.take", "manager.private"]);
    let lost = of(&["manager.rebuild"]);
    let damaged = point == store::ASIDE;
    if !(dead || lost || damaged) {
        return;
    }
    // A run is stored that has no host; others have one.
    let before = format!("{}=kill@6", manager::RECORD_WRITTEN);
    let killed = Life::new(Mode::Script, 0).armed(before).live(home);
    assert!(
        killed,
        "{point}: the manager was killed while it started sessions"
    );
    if dead {
        home.kill_all();
    }
    if lost {
        for ending in ["", "-wal", "-shm"] {
            fs::remove_file(format!("{}{ending}", home.database().display())).ok();
        }
        // What nobody has a database for is as good as never acknowledged.
        fs::remove_file(home.log()).expect("the log");
    }
    if damaged {
        overwrite(home);
        fs::remove_file(home.log()).expect("the log");
    }
}

/// No database any more. What hadn't got into the file yet would make it whole again.
#[expect(
    clippy::disallowed_methods,
    reason = "the damage is what this is about"
)]
fn overwrite(home: &Home) {
    fs::remove_file(format!("{}-wal", home.database().display())).expect("own file");
    fs::write(home.database(), vec![0x2a; 8192]).expect("own file");
}

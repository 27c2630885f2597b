//! Several processes open and make a database at the same moment; one is killed between two steps.

use mainstay_seams::failpoint::Gate;
use mainstay_store::failpoints;

use crate::child::{Running, start};
use crate::support::{Ground, insert, session};

const PROCESSES: usize = 12;

/// The log each of them found, and how many of them found the file fresh.
fn found(children: Vec<Running>) -> (Vec<String>, usize) {
    let mut logs = Vec::new();
    let mut fresh = 0;
    for child in children {
        let (lines, well) = child.end();
        assert!(well, "a child failed: {lines:?}");
        let line = lines.concat();
        assert!(line.contains("restored false"), "{line}");
        fresh += usize::from(line.contains("fresh true"));
        logs.push(line.rsplit(' ').next().unwrap_or_default().to_owned());
    }
    logs.dedup();
    (logs, fresh)
}

#[test]
fn many_processes_at_once_make_one_database() {
    for _ in 0..5 {
        let ground = Ground::in_memory();
        let gate = Gate::open(ground.folder()).expect("a gate");
        let plan = format!("{}={}", failpoints::OPEN, gate.action());
        let children: Vec<_> = (0..PROCESSES)
            .map(|_| start("open", ground.folder(), &plan))
            .collect();
        // All stand at the door before the first is let in.
        let held: Vec<_> = children
            .iter()
            .map(|_| gate.held().expect("it comes"))
            .collect();
        for held in held {
            held.release().expect("it waits");
        }
        let (logs, fresh) = found(children);
        assert_eq!((logs.len(), fresh), (1, 1), "one log, made once: {logs:?}");
        let (store, report) = ground.open();
        assert_eq!(vec![report.log_id], logs);
        insert(&store, [session("a")]);
    }
}

#[test]
fn one_that_is_held_between_two_steps_holds_the_others_and_they_find_it_done() {
    let ground = Ground::in_memory();
    let gate = Gate::open(ground.folder()).expect("a gate");
    let plan = format!("{}={}@2", failpoints::MIGRATED, gate.action());
    let first = start("open", ground.folder(), &plan);
    let held = gate.held().expect("it takes steps");
    let others: Vec<_> = (0..4).map(|_| start("open", ground.folder(), "")).collect();
    held.release().expect("it waits");
    let (logs, fresh) = found(std::iter::once(first).chain(others).collect());
    assert_eq!((logs.len(), fresh), (1, 1), "{logs:?}");
}

/// Where opening can be cut, with the hits of each.
const POINTS: [(&str, u32); 5] = [
    (failpoints::OPEN, 1),
    (failpoints::OPENED, 1),
    (failpoints::MIGRATED, 5),
    (failpoints::ENTERED, 1),
    (failpoints::ASIDE, 1),
];

#[test]
fn every_failpoint_is_killed_at() {
    let here = POINTS.iter().map(|point| point.0);
    let mut known: Vec<_> = here.chain(crate::crash::POINTS).collect();
    let mut all = failpoints::ALL.to_vec();
    known.sort_unstable();
    all.sort_unstable();
    assert_eq!(known, all);
}

#[test]
fn a_killed_one_is_finished_by_the_next() {
    for (point, hits) in POINTS {
        for hit in 1..=hits {
            let context = format!("{point}=kill@{hit}");
            let ground = Ground::in_memory();
            if point == failpoints::ASIDE {
                let nonsense = [b'x'; 5000];
                let made = std::fs::File::create(ground.path());
                made.and_then(|mut file| std::io::Write::write_all(&mut file, &nonsense))
                    .expect("nonsense");
            }
            let (_, well) = start("open", ground.folder(), &context).end();
            assert!(!well, "{context}: it was killed");
            let (store, report) = ground.open();
            // After the opening was counted nothing but the mark was missing.
            assert_eq!(
                report.fresh,
                point != failpoints::ENTERED,
                "{context}: {report:?}"
            );
            assert!(!report.restored, "{context}: {report:?}");
            let aside = report.damaged_kept_as.is_some();
            assert_eq!(aside, point == failpoints::ASIDE, "{context}: {report:?}");
            insert(&store, [session("a")]);
        }
    }
}

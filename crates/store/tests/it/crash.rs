//! kill -9 while jobs are written: what was answered is there, nothing is there in part.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mainstay_protocol::EventKind;
use mainstay_protocol::session::EventQuery;
use mainstay_store::{NewEvent, Store, StoreError, failpoints};

use crate::child::{start, tell, try_open};
use crate::support::{Ground, event, run, run_id, session, session_id};

const WRITERS: u32 = 6;
/// Where a group can be cut.
pub(crate) const POINTS: [&str; 4] = [
    failpoints::JOB,
    failpoints::COMMIT,
    failpoints::COMMITTED,
    failpoints::TOLD,
];

fn moments() -> u64 {
    let given = std::env::var("MAINSTAY_CRASHES").ok();
    given.and_then(|n| n.parse().ok()).unwrap_or(40)
}

fn seed() -> u64 {
    let given = std::env::var("MAINSTAY_SEED").ok();
    given.and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        let random = std::fs::read("/proc/sys/kernel/random/uuid").unwrap_or_default();
        random.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    })
}

/// What the child does: several threads write jobs of several rows for ever, and tell each one that was answered. Every third
/// job fails at its end.
pub(crate) fn scribe(folder: &Path) {
    let store = try_open(folder).expect("a store").store;
    let first = store
        .read(|read| Ok(read.session_ids()?.len()))
        .expect("read");
    tell("open");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || {
                for n in first.. {
                    let id = format!("w{writer}-{n}-{}", std::process::id());
                    match write_one(store, &id, n % 3 == 2) {
                        Ok(seq) => tell(&format!("stored {id} {seq}")),
                        Err(StoreError::DuplicateId(_)) => tell(&format!("failed {id}")),
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
}

/// A session, its run and two events in one job.
fn write_one(store: &Store, id: &str, fails: bool) -> Result<u64, StoreError> {
    let id = id.to_owned();
    store.write(move |write| {
        let row = session(&id);
        write.insert_session(&row)?;
        write.insert_run(&run(&id, &format!("r-{id}"), 1))?;
        write.append_event(event(&id, EventKind::Created))?;
        let last = write.append_event(NewEvent {
            run: Some(run_id(&format!("r-{id}"))),
            host_seq: Some(1),
            ..event(&id, EventKind::Paused)
        })?;
        if fails {
            write.insert_session(&row)?;
        }
        Ok(last.seq)
    })
}

/// What was answered over all crashes.
#[derive(Default)]
struct Answered {
    stored: BTreeMap<String, u64>,
    failed: BTreeSet<String>,
}

impl Answered {
    fn take(&mut self, line: &str) {
        let words: Vec<_> = line.split(' ').collect();
        match words.as_slice() {
            ["stored", id, seq] => {
                let seq = seq.parse().expect("a number");
                self.stored.insert((*id).to_owned(), seq);
            }
            ["failed", id] => {
                self.failed.insert((*id).to_owned());
            }
            _ => {}
        }
    }

    /// The look at what a killed process left.
    fn check(&self, ground: &Ground, context: &str) {
        let (store, report) = ground.open();
        assert!(
            !report.restored && report.damaged_kept_as.is_none(),
            "{context}: {report:?}"
        );
        let log = whole_log(&store);
        let mut events: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for event in &log {
            events.entry(event.0.as_str()).or_default().push(event.1);
        }
        let ids = store.read(|read| read.session_ids()).expect("read");
        for id in &ids {
            let told = events.get(id.as_str());
            assert_eq!(
                told.map(Vec::len),
                Some(2),
                "{context}: {id} has both events"
            );
            let runs = store.read(|read| read.runs(id)).expect("read");
            assert_eq!(runs.len(), 1, "{context}: {id} has its run");
            assert!(!self.failed.contains(id.as_str()), "{context}: {id} failed");
        }
        assert_eq!(
            log.len(),
            2 * ids.len(),
            "{context}: no event of a session that isn't there"
        );
        for (id, seq) in &self.stored {
            let last = events.get(id.as_str()).and_then(|events| events.last());
            assert_eq!(last, Some(seq), "{context}: {id} was answered");
        }
        store.close();
        let file = rusqlite::Connection::open(ground.path()).expect("the file");
        let verdict: String = file
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("a verdict");
        assert_eq!(verdict, "ok", "{context}");
        let orphans = file.query_row("PRAGMA foreign_key_check", [], |_| Ok(()));
        assert_eq!(
            orphans,
            Err(rusqlite::Error::QueryReturnedNoRows),
            "{context}"
        );
    }
}

/// Session and number of all events.
fn whole_log(store: &Store) -> Vec<(String, u64)> {
    let mut log: Vec<(String, u64)> = Vec::new();
    loop {
        let query = EventQuery {
            since: log.last().map_or(0, |last| last.1),
            limit: Some(5_000),
            ..EventQuery::default()
        };
        let page = store.read(|read| read.events(&query)).expect("read");
        if page.is_empty() {
            return log;
        }
        log.extend(
            page.iter()
                .map(|event| (event.session_id.to_string(), event.seq)),
        );
    }
}

#[test]
fn nothing_answered_is_lost_and_nothing_is_there_in_part() {
    let seed = seed();
    println!("seed {seed}: repeat with MAINSTAY_SEED={seed}");
    let mut random = seed | 1;
    let ground = Ground::in_memory();
    let mut answered = Answered::default();
    for moment in 0..moments() {
        random ^= random >> 12;
        random ^= random << 25;
        random ^= random >> 27;
        let lines = random % 120;
        let context = format!("seed {seed}, moment {moment}, killed after {lines} lines");
        let mut child = start("scribe", ground.folder(), "");
        for _ in 0..lines {
            let line = child.line().expect("it writes for ever");
            answered.take(&line);
        }
        child.kill();
        let (rest, _) = child.end();
        rest.iter().for_each(|line| answered.take(line));
        answered.check(&ground, &context);
    }
    assert!(
        answered.stored.len() > 100 && answered.failed.len() > 30,
        "it did write"
    );
}

#[test]
fn a_kill_at_every_failpoint_of_a_group() {
    let ground = Ground::in_memory();
    let mut answered = Answered::default();
    for point in POINTS {
        for hit in [1, 2, 9] {
            let context = format!("{point}=kill@{hit}");
            let (lines, well) = start("scribe", ground.folder(), &context).end();
            assert!(!well, "{context}: it was killed");
            lines.iter().for_each(|line| answered.take(line));
            answered.check(&ground, &context);
        }
    }
    let known = ground.open().0;
    let some = answered.stored.keys().next().expect("some were answered");
    let there = known.read(|read| read.session(&session_id(some)));
    assert!(there.expect("read").is_some());
}

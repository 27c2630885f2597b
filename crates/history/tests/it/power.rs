//! Power failures: the disk has what the last sync made durable, and of what came after whatever it likes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mainstay_seams::TestClock;

use crate::support::{Random, Session, all, expected, files, small, small_for};

const PAGE: usize = 4096;

type Files = BTreeMap<String, Vec<u8>>;

fn read(folder: &Path) -> Files {
    let name = |path: &Path| {
        path.file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned()
    };
    files(folder)
        .iter()
        .map(|path| (name(path), std::fs::read(path).expect("a file")))
        .collect()
}

/// What may be on the disk: of each page the durable or the newest state, of each file's length one of the two,
/// of new and deleted names either.
fn after_power_failure(durable: &Files, newest: &Files, random: &mut Random) -> Files {
    let mut disk = Files::new();
    let chance = random.below(5);
    let none = Vec::new();
    for name in durable.keys().chain(newest.keys()) {
        let (old, new) = (durable.get(name), newest.get(name));
        let there = match (old, new) {
            (Some(_), Some(_)) => true,
            _ => random.below(4) < chance,
        };
        if !there || disk.contains_key(name) {
            continue;
        }
        let (old, new) = (old.unwrap_or(&none), new.or(old).unwrap_or(&none));
        let len = if random.below(4) < chance {
            new.len()
        } else {
            old.len()
        };
        let mut bytes = vec![0; len];
        for at in (0..len).step_by(PAGE) {
            let source = if random.below(4) < chance { new } else { old };
            let end = (at + PAGE).min(source.len()).min(len);
            if at < end {
                bytes[at..end].copy_from_slice(&source[at..end]);
            }
        }
        disk.insert(name.clone(), bytes);
    }
    disk
}

#[test]
fn nothing_that_was_synced_is_lost() {
    for seed in 0..10 {
        let mut random = Random::new(seed);
        let clock = Arc::new(TestClock::default());
        let temp = tempfile::tempdir().expect("a folder");
        let folder = temp.path().join("live");
        let (mut session, _) = Session::open(&folder, small_for(seed), &clock);
        let mut output = Vec::new();
        for round in 0..4 {
            let more = |session: &mut Session, random: &mut Random| {
                let mut all = Vec::new();
                for _ in 0..random.below(12) {
                    let len = random.index(60_000);
                    let bytes = random.output(len);
                    session.output(&bytes);
                    all.extend(bytes);
                }
                all
            };
            output.extend(more(&mut session, &mut random));
            session.writer.syncer().sync().expect("a sync");
            let durable = read(&folder);
            let synced = output.len();
            output.extend(more(&mut session, &mut random));
            let newest = read(&folder);
            for trial in 0..4 {
                let what = format!("seed {seed}, round {round}, trial {trial}");
                let disk = after_power_failure(&durable, &newest, &mut random);
                let place = temp.path().join(format!("{round}-{trial}"));
                std::fs::create_dir(&place).expect("a folder");
                for (name, bytes) in &disk {
                    #[expect(clippy::disallowed_methods, reason = "this is the disk")]
                    std::fs::write(place.join(name), bytes).expect("written");
                }
                check(&place, &output, synced, &clock, &what);
            }
        }
    }
}

fn check(folder: &Path, output: &[u8], synced: usize, clock: &Arc<TestClock>, what: &str) {
    let (session, recovered) = Session::open(folder, small(), clock);
    let position = usize::try_from(session.model.position).expect("little output");
    assert!(
        position >= synced,
        "{what}: {position} of {synced}: {:?}",
        recovered.notes
    );
    let (lines, model) = expected(&output[..position]);
    assert_eq!(
        session.model, model,
        "{what}: the model is that of a moment after the sync"
    );
    let reader = session.writer.shared().reader();
    let read = all(&reader);
    let gaps = reader.gaps().expect("gaps can be told");
    let durable = expected(&output[..synced]).0.len() as u64;
    for (number, line) in &lines {
        match read.binary_search_by_key(number, |(number, _)| *number) {
            Ok(at) => assert_eq!(&read[at].1, line, "{what}: line {number}"),
            Err(_) => {
                assert!(
                    *number >= durable,
                    "{what}: line {number} was durable: {:?} {gaps:?}",
                    recovered.notes
                );
                let told = gaps.iter().any(|gap| gap.lines.contains(number));
                assert!(told, "{what}: line {number} is missing and no gap says so");
            }
        }
    }
}

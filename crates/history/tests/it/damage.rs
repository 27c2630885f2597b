//! Damaged files: what is read is right, what is missing is said.

use std::path::Path;
use std::sync::Arc;

use mainstay_history::{HistoryError, RawRecord, Reader, Writer};
use mainstay_protocol::Line;
use mainstay_seams::TestClock;

use crate::support::{Model, Random, Session, all, copy, expected, files, small, small_for};

/// Damages one file somewhere, in a way that makes a difference; says how.
fn damage(path: &Path, random: &mut Random) -> Option<String> {
    let mut bytes = std::fs::read(path).expect("a file of the history");
    if bytes.is_empty() {
        return None;
    }
    let at = random.index(bytes.len());
    let how = match random.below(5) {
        0 => {
            bytes.truncate(at);
            "cut"
        }
        1 => {
            let end = (at + 1 + random.index(5000)).min(bytes.len());
            bytes[at..end].fill(0);
            "zeros"
        }
        2 => {
            let end = (at + 1 + random.index(200)).min(bytes.len());
            bytes.drain(at..end);
            "bytes left out"
        }
        _ => {
            bytes[at] ^= 1 << random.below(8);
            "a bit"
        }
    };
    #[expect(clippy::disallowed_methods, reason = "damage needs no care")]
    std::fs::write(path, bytes).expect("the file is written");
    Some(format!("{how} at {at}"))
}

/// Every line that is there is one that was printed, under its number, in order, once.
fn right(lines: &[(u64, Line)], expected: &[(u64, Line)], what: &str) {
    assert!(
        lines.windows(2).all(|pair| pair[0].0 < pair[1].0),
        "{what}: in order, once"
    );
    for (number, line) in lines {
        let at = usize::try_from(*number).expect("few lines");
        assert_eq!(
            Some(line),
            expected.get(at).map(|(_, line)| line),
            "{what}: line {number}"
        );
    }
}

/// A history with several segments, checkpoints and logs, and what it was made of.
fn history(folder: &Path, random: &mut Random, clock: &Arc<TestClock>) -> Vec<u8> {
    let mut session = Session::open(folder, small_for(random.next()), clock).0;
    let mut output = Vec::new();
    for _ in 0..15 {
        let len = random.index(30_000);
        let bytes = random.output(len);
        session.output(&bytes);
        output.extend(bytes);
        if random.below(6) == 0 {
            session.writer.syncer().sync().expect("a sync");
        }
    }
    output
}

#[test]
fn one_damaged_file() {
    for seed in 0..6 {
        let mut random = Random::new(seed);
        let clock = Arc::new(TestClock::default());
        let temp = tempfile::tempdir().expect("a folder");
        let good = temp.path().join("good");
        let output = history(&good, &mut random, &clock);
        let (lines, _) = expected(&output);
        for (place, file) in files(&good).into_iter().enumerate() {
            for round in 0..3 {
                let bad = temp.path().join(format!("{place}-{round}"));
                copy(&good, &bad);
                let name = file
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned();
                let path = bad.join(&name);
                let Some(how) = damage(&path, &mut random) else {
                    continue;
                };
                let what = format!("seed {seed}, {name}, {how}");
                try_to_use(&bad, &lines, &clock, &what);
            }
        }
    }
}

fn try_to_use(folder: &Path, lines: &[(u64, Line)], clock: &Arc<TestClock>, what: &str) {
    if let Ok(reader) = Reader::open(folder) {
        right(&all(&reader), lines, what);
        drop(reader.gaps().expect("gaps can be told"));
    }
    let opened = Writer::open(folder, small(), Arc::clone(clock) as _);
    let (mut writer, recovered) = match opened {
        Ok(opened) => opened,
        Err(HistoryError::Newer { .. }) => return,
        Err(error) => panic!("{what}: damage is no reason not to open: {error}"),
    };
    let mut model = recovered.checkpoint.as_deref().map_or_else(
        || Model {
            next_line: recovered.next_line,
            ..Model::default()
        },
        Model::restore,
    );
    for record in &recovered.records {
        if let RawRecord::Output(bytes) = record {
            model.feed(bytes, &mut |number, line| {
                writer
                    .append(number, line)
                    .expect("the replay goes on where the lines end");
            });
        }
    }
    let reader = writer.shared().reader();
    let read = all(&reader);
    right(&read, lines, what);
    let gaps = reader.gaps().expect("gaps can be told");
    let missing = |number: &u64| {
        read.binary_search_by_key(number, |(read, _)| *read)
            .is_err()
    };
    for number in (reader.first_line()..reader.end_line()).filter(missing) {
        let told = gaps.iter().any(|gap| gap.lines.contains(&number));
        assert!(
            told,
            "{what}: line {number} is missing and no gap says so: {gaps:?}"
        );
    }
    let last = lines.last().map_or(0, |(number, _)| number + 1);
    let lost = reader.first_line() > 0 || reader.end_line() < last || !gaps.is_empty();
    let told = !recovered.notes.is_empty() || !reader.notes().is_empty();
    assert!(told || !lost, "{what}: lines were lost in silence");
    // It can be gone on with.
    let next = reader.end_line();
    writer
        .append(
            next,
            &Line {
                text: "on".into(),
                ..Line::default()
            },
        )
        .expect("it goes on");
    writer.begin(b"next", 0, next + 1).expect("a checkpoint");
    drop(writer);
    let (_, recovered) = Writer::open(folder, small(), Arc::clone(clock) as _).expect("it opens");
    assert_eq!(
        recovered.checkpoint.as_deref(),
        Some(&b"next"[..]),
        "{what}: the new state"
    );
    let after = all(&Reader::open(folder).expect("it opens"));
    assert_eq!(
        after.last().map(|(number, _)| *number),
        Some(next),
        "{what}: the new line"
    );
}

#[test]
fn everything_damaged_at_once() {
    for seed in 100..130 {
        let mut random = Random::new(seed);
        let clock = Arc::new(TestClock::default());
        let temp = tempfile::tempdir().expect("a folder");
        let output = history(temp.path(), &mut random, &clock);
        for file in files(temp.path()) {
            if random.below(3) > 0 {
                damage(&file, &mut random);
            }
        }
        try_to_use_roughly(
            temp.path(),
            &expected(&output).0,
            &clock,
            &format!("seed {seed}"),
        );
    }
}

/// With many damages at once replayed output may have a hole, so only written lines can be compared.
fn try_to_use_roughly(folder: &Path, lines: &[(u64, Line)], clock: &Arc<TestClock>, what: &str) {
    match Writer::open(folder, small(), Arc::clone(clock) as _) {
        Ok((writer, _)) => right(&all(&writer.shared().reader()), lines, what),
        Err(HistoryError::Newer { .. }) => {}
        Err(error) => panic!("{what}: damage is no reason not to open: {error}"),
    }
}

#[test]
fn files_of_a_newer_program_are_left_alone() {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let (mut session, _) = Session::open(temp.path(), small(), &clock);
    session.output(&Random::new(3).output(200_000));
    session.checkpoint().expect("a checkpoint");
    drop(session);
    for file in files(temp.path()) {
        let good = std::fs::read(&file).expect("a file");
        let mut newer = good.clone();
        newer[4] = 9;
        let name = file
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        // Where the check of a header of this kind is.
        let check = if name.ends_with(".seg") {
            52
        } else if name.ends_with(".log") {
            60
        } else {
            newer.len() - 4
        };
        let crc = crc32fast::hash(&newer[..check]);
        newer[check..check + 4].copy_from_slice(&crc.to_le_bytes());
        #[expect(clippy::disallowed_methods, reason = "the test plays a newer program")]
        std::fs::write(&file, &newer).expect("written");
        let opened = Writer::open(temp.path(), small(), Arc::clone(&clock) as _);
        let sealed = name.ends_with(".seg") && opened.is_err();
        if !sealed {
            let error = opened
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(error.contains("version 9"), "{name}: {error}");
            assert!(error.contains("use a newer Mainstay"), "{name}: {error}");
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the test puts things right again"
        )]
        std::fs::write(&file, &good).expect("written");
    }
}

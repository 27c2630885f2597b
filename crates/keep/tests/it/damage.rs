//! Damaged files cost what is damaged and nothing else, and are told of.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mainstay_history::GapReason;
use mainstay_keep::{Effects, EndedView, KeepError, Keeper, recover};
use mainstay_protocol::Size;
use mainstay_seams::{Clock, TestClock};

use crate::support::{begin, folder, settings, spec, take};

const LINES: u64 = 20_000;

/// A session whose host was killed after it had printed numbered lines.
fn killed_session(data: &Path) {
    let clock = Arc::new(TestClock::default());
    let mut keeper = begin(data, 1, &clock, &settings());
    let mut effects = Effects::default();
    for chunk in 0..LINES / 100 {
        let text: String = (0..100)
            .map(|line| format!("line {}\r\n", chunk * 100 + line))
            .collect();
        take(&mut keeper, text.as_bytes(), &mut effects);
        if chunk % 50 == 49 {
            keeper.tick(&mut effects).expect("kept");
            keeper.syncer().sync().expect("durable");
        }
    }
    take(&mut keeper, b"the end", &mut effects);
}

fn files(data: &Path, part: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder(data).history_dir())
        .expect("there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.to_string_lossy().contains(part))
        .collect();
    found.sort();
    found
}

fn flip(path: &Path, at: u64) {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .expect("there");
    let mut bytes = [0; 64];
    file.seek(SeekFrom::Start(at)).expect("long enough");
    file.read_exact(&mut bytes).expect("long enough");
    bytes.iter_mut().for_each(|byte| *byte = !*byte);
    file.seek(SeekFrom::Start(at)).expect("long enough");
    file.write_all(&bytes).expect("written");
}

/// The numbers of the lines that can be read; each says its own number.
fn read(view: &EndedView) -> Vec<u64> {
    let mut numbers = Vec::new();
    view.past()
        .each(0..u64::MAX, &mut |number, line| {
            let text = if number == LINES {
                "the end".to_owned()
            } else {
                format!("line {number}")
            };
            assert_eq!(line.text, text, "no line in the place of another");
            numbers.push(number);
            ControlFlow::Continue(())
        })
        .map(|_| ())
        .expect("readable");
    numbers
}

fn recovered(data: &Path) -> mainstay_keep::Recovery {
    let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
    recover(&folder(data), &clock).expect("recovered")
}

#[test]
fn a_corrupt_segment_costs_its_damaged_lines() {
    let place = tempfile::tempdir().expect("a folder");
    let data = place.path().join("data");
    killed_session(&data);
    let all = read(&EndedView::open(&folder(&data)).expect("readable"));
    assert_eq!(
        all,
        (0..=LINES).collect::<Vec<_>>(),
        "nothing is missing yet"
    );

    let segments = files(&data, ".seg");
    let segment = segments.first().expect("a segment");
    let length = fs::metadata(segment).expect("there").len();
    flip(segment, length / 2);
    for recovered_too in [false, true] {
        let notes = if recovered_too {
            recovered(&data).notes
        } else {
            Vec::new()
        };
        let view = EndedView::open(&folder(&data)).expect("readable");
        let left = read(&view);
        assert!(
            left.len() as u64 > LINES / 2,
            "{} lines are left",
            left.len()
        );
        assert!((left.len() as u64) <= LINES, "some are lost");
        assert_eq!(left.last(), Some(&LINES), "the newest are there");
        let gaps = view.past().gaps().expect("readable");
        let [gap] = gaps.as_slice() else {
            panic!("{gaps:?}");
        };
        assert_eq!(gap.reason, GapReason::Damaged, "{gap}");
        let missing: Vec<u64> = all
            .iter()
            .filter(|line| left.binary_search(line).is_err())
            .copied()
            .collect();
        assert_eq!(
            missing,
            gap.lines.clone().collect::<Vec<_>>(),
            "as the gap says"
        );
        let told = [notes, view.notes().to_vec(), view.past().notes()].concat();
        let name = segment.file_name().expect("a name").to_string_lossy();
        assert!(
            told.iter()
                .any(|note| note.contains(&*name) && note.contains("damaged")),
            "{told:?} tells of {name}"
        );
        let text = view.screen_text(5).expect("readable");
        assert!(text.ends_with("the end"), "{text}");
    }
}

#[test]
fn a_torn_tail_costs_only_what_is_torn() {
    let place = tempfile::tempdir().expect("a folder");
    let data = place.path().join("data");
    killed_session(&data);
    // The journal ends within an entry, a segment within a block, as after a power loss.
    let session = folder(&data);
    let run = session.current().expect("readable").expect("a run");
    let mut journal = OpenOptions::new()
        .append(true)
        .open(session.run(&run).journal_path())
        .expect("there");
    journal.write_all(b"{\"seq\":1,\"ti").expect("torn");
    let segment = files(&data, ".seg").pop().expect("a segment");
    let length = fs::metadata(&segment).expect("there").len();
    let file = OpenOptions::new()
        .write(true)
        .open(&segment)
        .expect("there");
    file.set_len(length - 7).expect("torn");
    drop(file);
    let view = EndedView::open(&session).expect("readable");
    let seen = read(&view);
    assert_eq!(seen.last(), Some(&LINES), "the screen is there");

    let recovery = recovered(&data);
    assert_eq!(recovery.entries.len(), 1, "the end is journalled");
    let view = EndedView::open(&session).expect("readable");
    assert_eq!(
        view.outcome(),
        recovery.ended.as_ref().map(|(_, outcome)| outcome)
    );
    let left = read(&view);
    assert!(left.len() >= seen.len(), "recovering loses nothing");
    assert_eq!(left.last(), Some(&LINES), "the screen is there");
}

#[test]
fn a_damaged_checkpoint_costs_the_screen_at_most() {
    let place = tempfile::tempdir().expect("a folder");
    let data = place.path().join("data");
    killed_session(&data);
    for checkpoint in files(&data, "checkpoint") {
        flip(&checkpoint, 16);
    }
    let view = EndedView::open(&folder(&data)).expect("readable");
    assert!(!view.has_screen(), "no checkpoint can be used");
    assert!(
        read(&view).len() as u64 > LINES / 2,
        "the lines on disk are there"
    );
    assert!(
        view.notes().iter().any(|note| note.contains("checkpoint")),
        "{:?}",
        view.notes()
    );
    let recovery = recovered(&data);
    assert!(
        recovery
            .notes
            .iter()
            .any(|note| note.contains("checkpoint")),
        "{:?}",
        recovery.notes
    );
    let (_, outcome) = recovery.ended.expect("a run");
    assert_eq!(
        outcome.reason,
        mainstay_protocol::outcome::EndReason::HostDied
    );
    // And the session goes on.
    let clock = Arc::new(TestClock::default());
    let mut keeper = begin(&data, 2, &clock, &settings());
    take(&mut keeper, b"again", &mut Effects::default());
    assert_eq!(keeper.screen_text(0).expect("readable"), "again");
}

#[test]
fn small_files_that_cannot_be_understood_are_named() {
    let place = tempfile::tempdir().expect("a folder");
    let data = place.path().join("data");
    killed_session(&data);
    let session = folder(&data);
    let run = session.run(&session.current().expect("readable").expect("a run"));
    let broken = |name: &Path, content: &[u8]| {
        let mut file = File::create(name).expect("own file");
        file.write_all(content).expect("written");
    };
    broken(&run.path().join("spec.json"), b"{");
    let error = run.spec().expect_err("broken").to_string();
    assert!(
        error.contains("spec.json") && error.contains("damaged"),
        "{error}"
    );
    broken(&run.path().join("outcome.json"), b"[]");
    let view = EndedView::open(&session).expect("readable all the same");
    assert!(
        view.notes()
            .iter()
            .any(|note| note.contains("outcome.json"))
    );
    recovered(&data);
    run.outcome().expect("written anew").expect("there");

    broken(&session.path().join("current"), b"../x\n");
    let error = session.current().expect_err("no id").to_string();
    assert!(error.contains("current"), "{error}");
    let lock = session.lock().expect("free");
    let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
    let spec = spec(2, Size::DEFAULT);
    let error = Keeper::open(session, lock, &spec, &settings(), clock).expect_err("damaged");
    assert!(matches!(error, KeepError::Damaged { .. }), "{error}");
}

#[test]
fn a_session_that_never_ran_says_so() {
    let place = tempfile::tempdir().expect("a folder");
    let session = folder(&place.path().join("data"));
    let error = EndedView::open(&session)
        .expect_err("nothing is there")
        .to_string();
    assert!(error.contains("never started"), "{error}");
}

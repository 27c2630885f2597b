//! Kill -9 at any moment: every line once, in order, and the model as it was.

use std::sync::Arc;

use crate::support::{Random, Session, all, copy, expected, small, small_for};
use mainstay_history::Reader;
use mainstay_seams::TestClock;

/// Opens what a killed process left behind and compares it with all output up to then.
fn check(folder: &std::path::Path, output: &[u8], clock: &Arc<TestClock>, what: &str) {
    let (session, recovered) = Session::open(folder, small(), clock);
    let (lines, model) = expected(output);
    assert_eq!(recovered.notes, [], "{what}: nothing is damaged");
    assert_eq!(session.model, model, "{what}: the model is as it was");
    assert!(
        all(&session.writer.shared().reader()) == lines,
        "{what}: every line is there once and in order"
    );
}

#[test]
fn random_operations_killed_at_random_moments() {
    for seed in 0..10 {
        let mut random = Random::new(seed);
        let clock = Arc::new(TestClock::default());
        let temp = tempfile::tempdir().expect("a folder");
        let mut folder = temp.path().join("0");
        let mut session = Session::open(&folder, small_for(seed), &clock).0;
        let mut output = Vec::new();
        for step in 0..60u32 {
            let what = format!("seed {seed}, step {step}");
            match random.below(10) {
                0..6 => {
                    let len = random.index(40_000);
                    let bytes = random.output(len);
                    session.output(&bytes);
                    output.extend(bytes);
                }
                6 => session.checkpoint().expect("a checkpoint"),
                7 if random.below(2) == 0 => session.writer.rest(),
                7 => session.writer.syncer().sync().expect("a sync"),
                8 => {
                    let next = temp.path().join(format!("check-{step}"));
                    copy(&folder, &next);
                    check(&next, &output, &clock, &what);
                    // Once more: opening must not have spoiled anything.
                    check(&next, &output, &clock, &what);
                }
                _ => {
                    // The copy is what is there after a kill; the session goes on in it.
                    let next = temp.path().join(format!("next-{step}"));
                    copy(&folder, &next);
                    folder = next;
                    session = Session::open(&folder, small_for(random.next()), &clock).0;
                    let (lines, model) = expected(&output);
                    assert_eq!(session.model, model, "{what}: the model is as it was");
                    assert!(
                        all(&session.writer.shared().reader()) == lines,
                        "{what}: all lines"
                    );
                }
            }
        }
        drop(session);
        check(&folder, &output, &clock, &format!("seed {seed}, end"));
    }
}

#[test]
fn a_second_run_goes_on_with_the_numbers() {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let mut random = Random::new(1);
    let (mut session, _) = Session::open(temp.path(), small(), &clock);
    session.output(b"one\ntwo\nunfinished");
    drop(session);
    let (mut session, _) = Session::open(temp.path(), small(), &clock);
    // The end of the run: what is left on the screen becomes a line, the next model begins empty.
    session
        .writer
        .append(2, &crate::support::styled(b"unfinished"))
        .expect("the last line");
    session.model = crate::support::Model {
        next_line: 3,
        ..crate::support::Model::default()
    };
    session
        .writer
        .begin(&session.model.blob(), 0, 3)
        .expect("a new run");
    let bytes = random.output(300_000);
    session.output(&bytes);
    let model = session.model.clone();
    drop(session);
    let (session, recovered) = Session::open(temp.path(), small(), &clock);
    assert_eq!(recovered.notes, [], "nothing is damaged");
    assert_eq!(session.model, model, "the second run's model is there");
    let lines = all(&session.writer.shared().reader());
    let texts: Vec<&str> = lines
        .iter()
        .take(3)
        .map(|(_, line)| line.text.as_str())
        .collect();
    assert_eq!(
        texts,
        ["one", "two", "unfinished"],
        "the first run's lines are there"
    );
    let (second, _) = expected(&bytes);
    let second = second.into_iter().map(|(number, line)| (number + 3, line));
    assert!(
        lines.into_iter().skip(3).eq(second),
        "the second run's lines follow"
    );
}

#[test]
fn a_reader_of_the_folder_sees_what_is_written() {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let mut random = Random::new(2);
    let (mut session, _) = Session::open(temp.path(), small(), &clock);
    let mut output = Vec::new();
    for round in 0..40 {
        let bytes = random.output(20_000);
        session.output(&bytes);
        output.extend(bytes);
        let reader = Reader::open(temp.path()).expect("a live folder can be read");
        let (lines, _) = expected(&output);
        let read = all(&reader);
        assert!(
            lines.starts_with(&read),
            "round {round}: what is there is right"
        );
        assert!(
            lines.len() - read.len() < 5000,
            "round {round}: only the open block is missing"
        );
        assert_eq!(reader.notes(), [], "round {round}: nothing is damaged");
    }
    session.checkpoint().expect("a checkpoint");
    let reader = Reader::open(temp.path()).expect("a live folder can be read");
    assert!(
        all(&reader) == expected(&output).0,
        "a checkpoint writes all lines"
    );
    assert_eq!(reader.gaps().expect("gaps"), [], "nothing is missing");
}

//! A real process, killed at every named point.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use mainstay_history::{Retention, Settings, failpoints};
use mainstay_seams::{TestClock, failpoint};

use crate::support::{Random, Session, all, copy, expected, small};

/// Tells the child where to work; without it the child's test does nothing.
const FOLDER: &str = "MAINSTAY_HISTORY_TEST_FOLDER";

fn settings() -> Settings {
    let retention = Retention {
        max_bytes: Some(400_000),
        ..small().retention
    };
    Settings {
        retention,
        segment_bytes: 100_000,
        raw_bytes: 128 * 1024,
        ..small()
    }
}

/// What the child prints; the first part was there before it.
fn output() -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut random = Random::new(7);
    let before = random.output(300_000);
    let after = (0..60).map(|_| random.output(12_000)).collect();
    (before, after)
}

/// A folder whose host was killed with segments beyond its checkpoint.
fn prepared(folder: &Path) {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let large = Settings {
        raw_bytes: 1 << 20,
        ..settings()
    };
    let (mut session, _) = Session::open(temp.path(), large, &clock);
    let (before, _) = output();
    let (covered, beyond) = before.split_at(40_000);
    session.output(covered);
    session.writer.lines().clear_mark(3);
    session.checkpoint().expect("a checkpoint");
    session.output(beyond);
    copy(temp.path(), folder);
}

#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let points = std::env::var(failpoint::ENV).expect("the parent sets it");
    failpoint::arm_from(&points).expect("the parent knows how");
    let clock = Arc::new(TestClock::default());
    let (mut session, _) = Session::open(&folder.join("history"), settings(), &clock);
    let (_, after) = output();
    for (round, bytes) in after.iter().enumerate() {
        session.output(bytes);
        acknowledge(&folder, session.model.position);
        if round % 10 == 9 {
            session.writer.syncer().sync().expect("a sync");
        }
    }
    let (blob, model) = (session.model.blob(), session.model.clone());
    session
        .writer
        .purge(&blob, model.position, model.next_line)
        .expect("a purge");
    acknowledge(&folder, u64::MAX);
}

fn acknowledge(folder: &Path, position: u64) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a number in a file that nobody else reads"
    )]
    std::fs::write(folder.join("acknowledged"), position.to_string()).expect("written");
}

#[test]
fn at_every_point() {
    let (before, after) = output();
    let output = [vec![before], after].concat().concat();
    let (lines, _) = expected(&output);
    let temp = tempfile::tempdir().expect("a folder");
    let start = temp.path().join("start");
    prepared(&start);
    let mut never = Vec::new();
    for (point, hit) in failpoints::ALL
        .iter()
        .flat_map(|point| [(point, 1), (point, 4)])
    {
        let what = format!("{point}@{hit}");
        let folder = temp.path().join(&what);
        copy(&start, &folder.join("history"));
        let status = Command::new(std::env::current_exe().expect("this program"))
            .args(["kill::child", "--exact"])
            .env(FOLDER, &folder)
            .env(failpoint::ENV, format!("{point}=kill@{hit}"))
            .stdout(Stdio::null())
            .status()
            .expect("the child runs");
        if status.code().is_some() {
            assert!(
                status.success(),
                "{what}: the child is killed or comes to its end"
            );
            never.push(what);
            continue;
        }
        check(&folder, &output, &lines, &what);
    }
    never.retain(|what| what.ends_with("@1"));
    assert_eq!(never, Vec::<String>::new(), "every point is passed");
}

fn check(folder: &Path, output: &[u8], lines: &[(u64, mainstay_protocol::Line)], what: &str) {
    let acknowledged: u64 = std::fs::read_to_string(folder.join("acknowledged"))
        .map_or(0, |text| text.parse().expect("a number"));
    let clock = Arc::new(TestClock::default());
    let (session, recovered) = Session::open(&folder.join("history"), settings(), &clock);
    assert_eq!(recovered.notes, [], "{what}: nothing is damaged");
    let position = session.model.position;
    assert!(
        position >= acknowledged,
        "{what}: {position}, but {acknowledged} was there"
    );
    let position = usize::try_from(position).expect("little output");
    let (_, model) = expected(&output[..position]);
    assert_eq!(session.model, model, "{what}: the model is as it was");
    let reader = session.writer.shared().reader();
    let read = all(&reader);
    let end = usize::try_from(model.next_line).expect("few lines");
    let first = usize::try_from(reader.first_line()).expect("few lines");
    assert!(
        read == lines[first..end],
        "{what}: all lines that retention and purge leave"
    );
}

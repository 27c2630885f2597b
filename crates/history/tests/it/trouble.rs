//! Full disks, folders that can't be used, retention and purge.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mainstay_history::{
    Floor, Gap, GapReason, HistoryError, Logging, Reader, Retention, Settings, Writer, purge,
};
use mainstay_seams::{TestClock, failpoint};

use crate::support::{Random, Session, TestDisk, all, copy, expected, files, small};

#[test]
fn below_the_floor_lines_become_a_gap_and_go_on_by_themselves() {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let disk = TestDisk::new(10_000_000_000);
    let retention = Retention {
        min_free: Floor::default(),
        ..Retention::default()
    };
    let settings = Settings {
        disk: Arc::clone(&disk) as _,
        retention,
        ..small()
    };
    let mut random = Random::new(1);
    let (mut session, _) = Session::open(temp.path(), settings.clone(), &clock);
    let mut output = Vec::new();
    let mut more = |session: &mut Session| {
        let bytes = random.output(300_000);
        session.output(&bytes);
        output.extend(bytes);
    };
    more(&mut session);
    assert_eq!(session.writer.gap(), None, "there is room");
    disk.free.store(1_999_999_999, Ordering::Relaxed);
    more(&mut session);
    let gap = session.writer.gap().expect("a gap goes on");
    assert_eq!(gap.reason, GapReason::LowDisk, "the reason is known");
    assert_eq!(
        session.writer.logging(),
        Logging::On,
        "the log has its place already"
    );
    // A kill during the gap loses nothing but the lines of the gap.
    let killed = tempfile::tempdir().expect("a folder");
    copy(temp.path(), killed.path());
    let (reopened, recovered) = Session::open(killed.path(), settings, &clock);
    assert_eq!(recovered.notes, [], "nothing is damaged");
    assert_eq!(reopened.model, session.model, "the model is as it was");
    disk.free.store(10_000_000_000, Ordering::Relaxed);
    more(&mut session);
    assert_eq!(session.writer.gap(), None, "it ended by itself");
    let reader = session.writer.shared().reader();
    let gaps = reader.gaps().expect("gaps");
    assert_eq!(gaps.len(), 1, "one gap is recorded: {gaps:?}");
    assert_eq!(
        gaps[0].lines.start, gap.lines.start,
        "it begins where it was announced"
    );
    let (lines, _) = expected(&output);
    let kept = lines
        .into_iter()
        .filter(|(number, _)| !gaps[0].lines.contains(number));
    assert!(
        kept.eq(all(&reader)),
        "all other lines are there, under their numbers"
    );
    session.checkpoint().expect("a checkpoint");
    let reader = Reader::open(temp.path()).expect("it can be read from outside");
    assert_eq!(reader.gaps().expect("gaps"), gaps, "the gap is on disk");
}

#[test]
fn a_full_disk_stops_lines_log_and_checkpoints_but_not_the_writer() {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let mut random = Random::new(2);
    let (mut session, _) = Session::open(temp.path(), small(), &clock);
    let mut output = random.output(200_000);
    session.output(&output);
    let full = failpoint::arm_thread(
        "history.block.write=error;history.checkpoint.write=error;history.raw.grow=error",
    )
    .expect("a good text");
    for _ in 0..30 {
        let bytes = random.output(100_000);
        session.output(&bytes);
        output.extend(bytes);
    }
    assert_eq!(
        session.writer.gap().map(|gap| gap.reason),
        Some(GapReason::DiskFull),
        "a gap"
    );
    assert!(
        matches!(session.writer.logging(), Logging::Off(_)),
        "no room for the log"
    );
    assert!(!session.writer.wants_checkpoint(), "it failed a moment ago");
    clock.advance(Duration::from_secs(2));
    assert!(session.writer.wants_checkpoint(), "it may work now");
    let error = session.checkpoint().expect_err("it doesn't yet");
    assert!(
        error.to_string().contains("make room"),
        "the error says what to do: {error}"
    );
    let killed = tempfile::tempdir().expect("a folder");
    copy(temp.path(), killed.path());
    drop(full);
    clock.advance(Duration::from_secs(2));
    let bytes = random.output(100_000);
    session.output(&bytes);
    output.extend(bytes);
    assert_eq!(
        session.writer.logging(),
        Logging::On,
        "the log is back with the first checkpoint"
    );
    let bytes = random.output(100_000);
    session.output(&bytes);
    output.extend(bytes);
    assert_eq!(session.writer.gap(), None, "and so are the lines");
    let model = session.model.clone();
    let gaps = session.writer.shared().reader().gaps().expect("gaps");
    drop(session);
    let (session, recovered) = Session::open(temp.path(), small(), &clock);
    assert_eq!(recovered.notes, [], "nothing is damaged");
    assert_eq!(session.model, model, "everything since then was logged");
    assert_eq!(gaps.len(), 1, "one gap: {gaps:?}");
    let kept: Vec<_> = expected(&output)
        .0
        .into_iter()
        .filter(|(number, _)| !gaps[0].lines.contains(number))
        .collect();
    assert!(
        all(&session.writer.shared().reader()) == kept,
        "the other lines are there"
    );
    // Killed while nothing could be logged: that is told.
    let (_, recovered) = Session::open(killed.path(), small(), &clock);
    let told = recovered
        .notes
        .iter()
        .any(|note| note.text.contains("was not logged"));
    assert!(told, "what is lost is told: {:?}", recovered.notes);
}

#[test]
fn folders_that_cannot_be_used() {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let open = |path: &std::path::Path| {
        let opened = Writer::open(path, small(), Arc::clone(&clock) as _);
        opened
            .map(|_| ())
            .expect_err("it can't be used")
            .to_string()
    };
    let missing = temp.path().join("no/history");
    assert!(
        open(&missing).contains("doesn't exist"),
        "{}",
        open(&missing)
    );
    let file = temp.path().join("file");
    std::fs::File::create(&file).expect("a file");
    assert!(open(&file).contains("not a folder"), "{}", open(&file));
    let real = temp.path().join("real");
    let (_session, _) = Session::open(&real, small(), &clock);
    assert!(
        open(&real).contains("in use by another process"),
        "{}",
        open(&real)
    );
    let error = purge(&real).expect_err("a live session is purged by its host");
    assert!(matches!(error, HistoryError::Locked { .. }), "{error}");
    #[cfg(unix)]
    {
        let link = temp.path().join("link");
        std::os::unix::fs::symlink(&real, &link).expect("a link");
        assert!(open(&link).contains("symbolic link"), "{}", open(&link));
        assert!(
            Reader::open(&link).is_err(),
            "a reader doesn't follow links either"
        );
        let with_link = temp.path().join("with-link");
        std::fs::create_dir(&with_link).expect("a folder");
        std::os::unix::fs::symlink("/etc/passwd", with_link.join("raw-0.log")).expect("a link");
        assert!(
            open(&with_link).contains("symbolic link"),
            "{}",
            open(&with_link)
        );
        use std::os::unix::fs::PermissionsExt;
        for path in files(&real) {
            let mode = std::fs::metadata(&path)
                .expect("it is there")
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0, "{} is for its owner alone", path.display());
        }
    }
}

#[test]
fn retention_by_size_and_age() {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let retention = Retention {
        max_bytes: Some(500_000),
        max_age: Some(Duration::from_secs(3600)),
        min_free: Floor::NONE,
    };
    let settings = Settings {
        retention,
        ..small()
    };
    let mut random = Random::new(3);
    let (mut session, _) = Session::open(temp.path(), settings, &clock);
    let mut output = Vec::new();
    for _ in 0..20 {
        let bytes = random.output(100_000);
        session.output(&bytes);
        output.extend(bytes);
        let size: u64 = files(temp.path())
            .iter()
            .filter(|path| path.extension().is_some_and(|end| end == "seg"))
            .map(|path| std::fs::metadata(path).expect("it is there").len())
            .sum();
        assert!(size < 700_000, "the limit and one segment: {size}");
    }
    let reader = session.writer.shared().reader();
    let first = reader.first_line();
    assert!(first > 0, "the oldest lines are gone");
    let (lines, _) = expected(&output);
    assert!(
        all(&reader) == lines[usize::try_from(first).expect("few")..],
        "the others are there"
    );
    assert_eq!(
        reader.gaps().expect("gaps"),
        [],
        "what is too old is no gap"
    );
    assert_eq!(
        Reader::open(temp.path()).expect("it opens").first_line(),
        first,
        "outside too"
    );
    clock.advance(Duration::from_secs(3601));
    session.checkpoint().expect("a checkpoint");
    let later = session.writer.shared().first_line();
    assert!(later > first, "by age too: {later}");
}

#[test]
fn a_purge_leaves_no_line_anywhere() {
    for live in [true, false] {
        let clock = Arc::new(TestClock::default());
        let temp = tempfile::tempdir().expect("a folder");
        let (mut session, _) = Session::open(temp.path(), small(), &clock);
        let secret = b"the secret of line\n".repeat(40_000);
        session.output(&secret);
        session.writer.syncer().sync().expect("a sync");
        let next = session.model.next_line;
        if live {
            let model = session.model.clone();
            let blob = model.blob();
            session
                .writer
                .purge(&blob, model.position, model.next_line)
                .expect("a purge");
            assert_eq!(
                session.writer.shared().first_line(),
                next,
                "no line is left"
            );
            session.output(b"after\n");
        }
        drop(session);
        if !live {
            purge(temp.path()).expect("a purge");
        }
        for path in files(temp.path()) {
            let bytes = std::fs::read(&path).expect("a file");
            let found = bytes.windows(10).any(|part| part == b"the secret");
            assert!(!found, "live {live}: {} still has it", path.display());
        }
        let (session, recovered) = Session::open(temp.path(), small(), &clock);
        assert!(recovered.next_line >= next || !live, "numbers go on");
        let reader = session.writer.shared().reader();
        let gaps = reader.gaps().expect("gaps");
        let purged = Gap {
            lines: 0..reader.first_line().min(next),
            reason: GapReason::Purged,
        };
        assert_eq!(gaps, [purged], "live {live}: the gap says why");
        let texts: Vec<_> = all(&reader)
            .into_iter()
            .map(|(_, line)| line.text)
            .collect();
        let left: &[&str] = if live { &["after"] } else { &[] };
        assert_eq!(texts, left, "live {live}: what came later is there");
    }
}

#[test]
fn clear_marks_are_kept() {
    let clock = Arc::new(TestClock::default());
    let temp = tempfile::tempdir().expect("a folder");
    let (mut session, _) = Session::open(temp.path(), small(), &clock);
    session.output(b"1\n2\n3\n");
    session.writer.clear_mark(2);
    session.output(b"4\n");
    session.writer.clear_mark(4);
    session.writer.clear_mark(4);
    assert_eq!(
        session.writer.shared().cleared(),
        4,
        "views begin at the last mark"
    );
    session.checkpoint().expect("a checkpoint");
    let reader = Reader::open(temp.path()).expect("it opens");
    assert_eq!(
        (reader.cleared(), reader.clear_marks()),
        (4, &[2, 4][..]),
        "they are on disk"
    );
    assert_eq!(all(&reader).len(), 4, "the lines before are still there");
    drop(session);
    let (session, _) = Session::open(temp.path(), small(), &clock);
    assert_eq!(
        session.writer.shared().cleared(),
        4,
        "and after opening again"
    );
}

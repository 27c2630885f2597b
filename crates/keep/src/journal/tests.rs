use mainstay_protocol::journal::Notification;

use super::*;

const TIME: Timestamp = Timestamp(1_795_188_960_000);

fn note(body: &str) -> Event {
    Event::Notification(Notification {
        body: body.to_owned(),
        ..Notification::default()
    })
}

fn bodies(path: &Path, after: u64) -> Vec<(u64, String)> {
    let reader = Reader::open(path, after).expect("readable");
    reader
        .map(|entry| {
            let entry = entry.expect("an entry");
            let Event::Notification(note) = entry.event else {
                panic!("only notifications here");
            };
            (entry.seq, note.body)
        })
        .collect()
}

fn written(path: &Path, all: &[&str]) -> JournalWriter {
    let (mut writer, _, _) = JournalWriter::open(path).expect("opened");
    for body in all {
        writer.add(Some(7), TIME, note(body));
    }
    writer.flush(&mut Vec::new()).expect("written");
    writer
}

#[test]
fn entries_come_back_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal");
    assert_eq!(bodies(&path, 0), [], "a journal that isn't there is empty");
    drop(written(&path, &["a", "b"]));
    drop(written(&path, &["c\n\u{2028}"]));
    let (writer, summary, damage) = JournalWriter::open(&path).expect("opened");
    assert_eq!((writer.last(), damage), (3, None));
    assert_eq!(
        (summary.at, summary.count_at),
        (Some(7), 3),
        "three entries at one position"
    );
    assert_eq!(
        bodies(&path, 1),
        [(2, "b".into()), (3, "c\n\u{2028}".into())]
    );
}

#[test]
fn a_torn_line_is_passed_over_and_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal");
    let writer = written(&path, &["a", "b"]);
    let whole = writer.length();
    drop(writer);
    for torn in 1..whole / 2 {
        let file = OpenOptions::new().write(true).open(&path).expect("opened");
        file.set_len(whole - torn).expect("torn");
        drop(file);
        assert_eq!(bodies(&path, 0).len(), 1, "{torn} bytes are missing");
        let (mut writer, _, damage) = JournalWriter::open(&path).expect("opened");
        assert_eq!(damage.and_then(|damage| damage.kept), None, "that is usual");
        writer.add(None, TIME, note("b"));
        let mut told = Vec::new();
        writer.flush(&mut told).expect("written");
        assert_eq!(told.first().map(|entry| entry.seq), Some(2), "no gap");
        // Written without a position: make the file as long as before.
        drop(writer);
        let file = OpenOptions::new().write(true).open(&path).expect("opened");
        file.set_len(0).expect("emptied");
        drop(file);
        drop(written(&path, &["a", "b"]));
    }
}

#[test]
fn damage_ends_the_journal_and_is_kept_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal");
    let length = written(&path, &["a"]).length();
    drop(written(&path, &["b", "c"]));
    let mut file = OpenOptions::new().write(true).open(&path).expect("opened");
    file.seek(SeekFrom::Start(length)).expect("there");
    file.write_all(b"#").expect("damaged");
    drop(file);
    assert_eq!(bodies(&path, 0), [(1, "a".into())]);
    let (mut writer, summary, damage) = JournalWriter::open(&path).expect("opened");
    assert_eq!(summary.last, 1);
    let kept = damage.and_then(|damage| damage.kept).expect("kept");
    assert!(std::fs::read(kept).expect("readable").starts_with(b"#"));
    writer.add(None, TIME, note("d"));
    writer.flush(&mut Vec::new()).expect("written");
    assert_eq!(bodies(&path, 0), [(1, "a".into()), (2, "d".into())]);
}

#[test]
fn what_a_full_disk_refuses_is_owed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal");
    let mut writer = written(&path, &["a"]);
    let armed = failpoint::arm_thread("keep.journal.write=error").expect("armed");
    let mut told = Vec::new();
    writer.add(Some(9), TIME, note("b"));
    let error = writer.flush(&mut told).expect_err("the disk is full");
    assert!(error.is_full(), "{error}");
    assert_eq!(
        (told.len(), bodies(&path, 0).len()),
        (0, 1),
        "not on disk, so not told"
    );
    for _ in 1..MAX_OWED {
        assert!(writer.has_room(), "there is room");
        writer.add(None, TIME, note("more"));
    }
    assert!(!writer.has_room(), "memory stays bounded");
    drop(armed);
    writer
        .flush(&mut told)
        .expect("there is room on the disk again");
    assert_eq!(told.len(), MAX_OWED);
    assert_eq!(bodies(&path, 1).first(), Some(&(2, "b".to_owned())));
    assert!(writer.owed().is_empty(), "nothing is owed any more");
    writer.sync().sync().expect("durable");
}

//! Damaged history folders: readers and writers open them, give what is left, and nothing twice.
//!
//! An input is a list of changes to a folder that was written properly: five bytes each, which file, where (two
//! bytes), and either a byte to be flipped there or that the file ends there.
#![no_main]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use mainstay_history::{Reader, Settings, Writer};
use mainstay_protocol::Line;
use mainstay_seams::SystemClock;

/// The files of the folder before any change.
static FILES: LazyLock<Vec<(PathBuf, Vec<u8>)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("history");
    write(&path);
    let mut files: Vec<_> = fs::read_dir(&path)
        .expect("the folder was written")
        .map(|entry| {
            let path = entry.expect("the folder can be listed").path();
            let content = fs::read(&path).expect("its files can be read");
            (
                PathBuf::from(path.file_name().expect("it is a file")),
                content,
            )
        })
        .collect();
    files.sort();
    files
});

fn settings() -> Settings {
    Settings {
        raw_bytes: 16 * 1024,
        segment_bytes: 4 * 1024,
        mapped_log: false,
        ..Settings::default()
    }
}

fn write(path: &Path) {
    let (mut writer, _) =
        Writer::open(path, settings(), Arc::new(SystemClock::default())).expect("a new folder");
    let mut position = 0;
    for number in 0..300u64 {
        let text = format!(
            "line {number} of a history, 日本語, {}",
            "x".repeat(number as usize % 90)
        );
        let space = writer.raw_space();
        space[..text.len()].copy_from_slice(text.as_bytes());
        writer.raw_commit(text.len());
        position += text.len() as u64;
        writer
            .append(
                number,
                &Line {
                    text,
                    ..Line::default()
                },
            )
            .expect("there is room");
        if number % 70 == 50 {
            writer.clear_mark(number);
            writer
                .checkpoint(b"the state of a model", position, number + 1)
                .expect("there is room");
        }
    }
}

/// Reads all there is, and holds it against what may be there.
fn read(path: &Path) {
    let Ok(reader) = Reader::open(path) else {
        return;
    };
    let mut next = reader.first_line();
    let _ = reader.lines(0..u64::MAX, &mut |number, line| {
        assert!(
            number >= next && number < reader.end_line(),
            "line {number} comes once and in order"
        );
        assert!(
            line.text.len() <= Line::MAX_TEXT,
            "line {number} is longer than a line may be"
        );
        next = number + 1;
        ControlFlow::Continue(())
    });
    let _ = reader.gaps();
    let _ = reader.recovered();
    let _ = reader.notes();
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path();
    let mut files = FILES.clone();
    for change in data.chunks_exact(5).take(64) {
        let &[file, high, low, kind, value] = change else {
            continue;
        };
        let count = files.len();
        let (_, content) = &mut files[usize::from(file) % count];
        let at = usize::from(u16::from_be_bytes([high, low]));
        match kind {
            // Nothing after it.
            0 => content.truncate(at),
            // One bit or more is another; counted from the end every other time.
            _ if content.is_empty() => {}
            _ if kind % 2 == 0 => {
                let at = content.len() - 1 - at % content.len();
                content[at] ^= value;
            }
            _ => {
                let at = at % content.len();
                content[at] ^= value;
            }
        }
    }
    for (name, content) in &files {
        fs::write(path.join(name), content).expect("the folder can be written");
    }
    read(path);
    if let Ok((writer, _)) = Writer::open(path, settings(), Arc::new(SystemClock::default())) {
        drop(writer);
        read(path);
    }
});

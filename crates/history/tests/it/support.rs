//! A model simple enough to be right by inspection, and folders to try it on.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mainstay_history::{
    Disk, Floor, Hit, Query, RawRecord, Reader, Recovered, Retention, Search, Settings, Space,
    Writer,
};
use mainstay_protocol::{Attrs, Line, Style, StyleRun};
use mainstay_seams::TestClock;

/// A terminal that knows one sequence: a line feed ends a line. Its state is what follows the last one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Model {
    pub(crate) partial: Vec<u8>,
    pub(crate) position: u64,
    pub(crate) next_line: u64,
}

impl Model {
    pub(crate) fn feed(&mut self, bytes: &[u8], line: &mut dyn FnMut(u64, &Line)) {
        for byte in bytes {
            self.position += 1;
            if *byte == b'\n' {
                line(self.next_line, &styled(&self.partial));
                self.next_line += 1;
                self.partial.clear();
            } else {
                self.partial.push(*byte);
            }
        }
    }

    pub(crate) fn blob(&self) -> Vec<u8> {
        let mut blob = self.position.to_le_bytes().to_vec();
        blob.extend(self.next_line.to_le_bytes());
        blob.extend(&self.partial);
        blob
    }

    pub(crate) fn restore(blob: &[u8]) -> Self {
        let number = |at: usize| u64::from_le_bytes(blob[at..at + 8].try_into().expect("8 bytes"));
        Self {
            position: number(0),
            next_line: number(8),
            partial: blob[16..].to_vec(),
        }
    }
}

/// A line whose styles and cut depend on its text, so that they are checked with it.
pub(crate) fn styled(text: &[u8]) -> Line {
    let text = String::from_utf8_lossy(text).into_owned();
    let mut line = Line {
        text,
        ..Line::default()
    };
    let len = line.text.len();
    if len.is_multiple_of(3) {
        for start in (0..len).step_by(4) {
            let attrs = Attrs::from_bits_truncate(u16::try_from(start % 512).expect("small"));
            let style = Style {
                attrs,
                ..Style::default()
            };
            let link = (start % 8 == 4).then(|| Arc::from(format!("https://x/{}", start / 16)));
            line.runs.push(StyleRun {
                start: u32::try_from(start).expect("short"),
                style,
                link,
            });
        }
    }
    line.cut = len % 7 == 5;
    line
}

/// Writer and model together, as a host has them.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) writer: Writer,
    pub(crate) model: Model,
}

impl Session {
    /// Opens a folder, gives the records to the model, and returns what was recovered.
    pub(crate) fn open(
        folder: &Path,
        settings: Settings,
        clock: &Arc<TestClock>,
    ) -> (Self, Recovered) {
        let (writer, recovered) = Writer::open(folder, settings, Arc::clone(clock) as _)
            .expect("the folder can be opened");
        let mut model = recovered.checkpoint.as_deref().map_or_else(
            || Model {
                position: recovered.position,
                next_line: recovered.next_line,
                ..Model::default()
            },
            Model::restore,
        );
        assert_eq!(
            model.next_line, recovered.next_line,
            "the state fits the lines"
        );
        let mut session = Self {
            writer,
            model: Model::default(),
        };
        for record in &recovered.records {
            if let RawRecord::Output(bytes) = record {
                model.feed(bytes, &mut |number, line| {
                    session
                        .writer
                        .append(number, line)
                        .expect("the replay goes on where lines end");
                });
            }
        }
        session.model = model;
        (session, recovered)
    }

    /// One read of the PTY, and what a host does with it.
    pub(crate) fn output(&mut self, bytes: &[u8]) {
        for bytes in bytes.chunks(8 * 1024) {
            self.writer.raw_space()[..bytes.len()].copy_from_slice(bytes);
            self.writer.raw_commit(bytes.len());
            let (logged, lines) = self.writer.fed();
            assert_eq!(logged, bytes, "what was committed is given to the model");
            self.model.feed(logged, &mut |number, line| {
                lines.append(number, line).expect("lines come in order");
            });
        }
        if self.writer.wants_checkpoint() {
            drop(self.checkpoint());
        }
    }

    pub(crate) fn checkpoint(&mut self) -> Result<(), mainstay_history::HistoryError> {
        let Model {
            position,
            next_line,
            ..
        } = self.model;
        self.writer
            .checkpoint(&self.model.blob(), position, next_line)
    }
}

/// Every line of a reader with its number.
pub(crate) fn all(reader: &Reader) -> Vec<(u64, Line)> {
    let mut lines = Vec::new();
    let flow = reader
        .lines(0..u64::MAX, &mut |number, line| {
            lines.push((number, line.clone()));
            ControlFlow::Continue(())
        })
        .expect("the lines can be read");
    assert!(flow.is_continue(), "nobody broke off");
    lines
}

/// All hits of a query.
pub(crate) fn hits(reader: &Reader, query: Query) -> Vec<Hit> {
    let mut hits = Vec::new();
    let search = Search::new(query).expect("the query is right");
    let _flow = search
        .run(reader, &false.into(), &mut |hit| {
            hits.push(hit.clone());
            ControlFlow::Continue(())
        })
        .expect("the lines can be read");
    hits
}

/// What the model makes of all output from the start.
pub(crate) fn expected(output: &[u8]) -> (Vec<(u64, Line)>, Model) {
    let mut lines = Vec::new();
    let mut model = Model::default();
    model.feed(output, &mut |number, line| {
        lines.push((number, line.clone()));
    });
    (lines, model)
}

/// Small files, so that a test has many of them.
pub(crate) fn small() -> Settings {
    Settings {
        retention: Retention {
            min_free: Floor::NONE,
            ..Retention::default()
        },
        raw_bytes: 64 * 1024,
        segment_bytes: 100 * 1024,
        ..Settings::default()
    }
}

/// The same with each kind of raw log.
pub(crate) fn small_for(seed: u64) -> Settings {
    Settings {
        mapped_log: seed.is_multiple_of(2),
        ..small()
    }
}

/// Copies a folder: what is there if the process is killed now.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the copy's folder");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}

/// The files of a folder but the lock.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| !path.ends_with("lock"))
        .collect();
    files.sort();
    files
}

/// A disk whose room the test sets.
#[derive(Debug)]
pub(crate) struct TestDisk {
    pub(crate) free: AtomicU64,
}

impl TestDisk {
    pub(crate) fn new(free: u64) -> Arc<Self> {
        Arc::new(Self {
            free: AtomicU64::new(free),
        })
    }
}

impl Disk for TestDisk {
    fn space(&self, _: &Path) -> std::io::Result<Space> {
        Ok(Space {
            free: self.free.load(Ordering::Relaxed),
            total: 1 << 40,
        })
    }
}

/// Random numbers with a seed that the test prints (xorshift64*, <https://en.wikipedia.org/wiki/Xorshift>).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub(crate) fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).expect("below a usize")
    }

    /// Lines of text of about this many bytes, the last one unfinished at times.
    pub(crate) fn output(&mut self, len: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(len + 100);
        while out.len() < len {
            let width = if self.below(50) == 0 { 3000 } else { 80 };
            for _ in 0..self.below(width) {
                out.push(b' ' + u8::try_from(self.below(94)).expect("printable"));
            }
            out.push(b'\n');
        }
        if self.below(2) == 0 {
            out.pop();
        }
        out
    }
}

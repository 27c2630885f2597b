//! Reading a journal, while its host goes on writing or later.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use mainstay_protocol::Timestamp;
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::Outcome;

use crate::error::KeepError;
use crate::limits;

/// Longest line that is read: far beyond the longest entry, a `Custom` one with 16 KiB of data.
const MAX_LINE: u64 = 1024 * 1024;

/// The entries of a journal, in order. Ends at the last whole entry there is at that time.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    file: Option<BufReader<File>>,
    line: Vec<u8>,
    next: u64,
    after: u64,
    /// Bytes of the whole entries read so far.
    good: u64,
    damaged: bool,
}

impl Reader {
    /// Opens a journal to read the entries after number `after`. One that isn't there is empty.
    ///
    /// # Errors
    /// If the file can't be opened.
    pub fn open(path: &Path, after: u64) -> Result<Self, KeepError> {
        let file = match File::open(path) {
            Ok(file) => Some(BufReader::new(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(KeepError::io(path, "opened", error)),
        };
        Ok(Self {
            path: path.to_path_buf(),
            file,
            line: Vec::new(),
            next: 1,
            after,
            good: 0,
            damaged: false,
        })
    }

    /// Bytes of the file up to the end of the last entry read.
    pub(super) fn good(&self) -> u64 {
        self.good
    }

    /// Reading ended at something that is no entry, rather than at the end or at a torn line.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged
    }

    fn entry(&mut self) -> Result<Option<Entry>, KeepError> {
        let Some(file) = &mut self.file else {
            return Ok(None);
        };
        self.line.clear();
        let length = file
            .take(MAX_LINE)
            .read_until(b'\n', &mut self.line)
            .map_err(|source| KeepError::io(&self.path, "read", source))?;
        let whole = self.line.last() == Some(&b'\n');
        let entry = serde_json::from_slice::<Entry>(&self.line)
            .ok()
            .filter(|entry| whole && entry.seq == self.next);
        if let Some(entry) = entry {
            self.good += length as u64;
            self.next += 1;
            return Ok(Some(entry));
        }
        self.damaged = whole || length as u64 == MAX_LINE;
        self.file = None;
        Ok(None)
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, KeepError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.entry().transpose()? {
                Ok(entry) if entry.seq <= self.after => {}
                found => return Some(found),
            }
        }
    }
}

/// What of a journal matters to whoever goes on with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Summary {
    /// Number of the newest entry; 0 if there is none.
    pub last: u64,
    /// When the first and the newest entry were written.
    pub first_time: Option<Timestamp>,
    pub last_time: Option<Timestamp>,
    /// Position of the newest entry that the log caused.
    pub at: Option<u64>,
    /// Number of entries at that position. Counts of a flood are none of them: they come along with an event.
    pub count_at: u64,
    /// The program was started.
    pub spawned: bool,
    /// How it ended.
    pub exited: Option<Outcome>,
}

impl Summary {
    /// Reads a journal to its end.
    pub(crate) fn of(reader: &mut Reader) -> Result<Self, KeepError> {
        let mut summary = Self::default();
        for entry in reader {
            summary.add(&entry?);
        }
        Ok(summary)
    }

    pub(crate) fn add(&mut self, entry: &Entry) {
        self.last = entry.seq;
        self.first_time.get_or_insert(entry.time);
        self.last_time = Some(entry.time);
        if let Some(at) = entry.at.filter(|_| !limits::is_flood(&entry.event)) {
            let more = if self.at == Some(at) {
                self.count_at
            } else {
                0
            };
            (self.at, self.count_at) = (Some(at), more + 1);
        }
        match &entry.event {
            Event::Spawned { .. } => self.spawned = true,
            Event::Exited(outcome) => self.exited = Some(outcome.clone()),
            _ => {}
        }
    }
}

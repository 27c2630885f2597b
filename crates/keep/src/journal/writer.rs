//! Writing a journal.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use mainstay_protocol::Timestamp;
use mainstay_protocol::journal::{Entry, Event};
use mainstay_seams::failpoint;

use super::reader::{Reader, Summary};
use super::sync::JournalSync;
use crate::atomic;
use crate::error::KeepError;
use crate::failpoints;

/// Most entries of one flush, so that memory stays bounded while the disk takes none.
const MAX_OWED: usize = 1024;

/// The end of a journal that was cut off because it could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage {
    /// Bytes cut off.
    pub bytes: u64,
    /// Where they are kept; nothing for a torn last line.
    pub kept: Option<PathBuf>,
}

/// Writes a journal. Entries are numbered when they are added; those that the disk does not take are owed and
/// written later, in order.
#[derive(Debug)]
pub(crate) struct JournalWriter {
    path: PathBuf,
    file: File,
    length: u64,
    last: u64,
    owed: Vec<Entry>,
    text: Vec<u8>,
    torn: bool,
    sync: JournalSync,
}

impl JournalWriter {
    /// Opens a journal, or makes it, and reads what is in it.
    pub(crate) fn open(path: &Path) -> Result<(Self, Summary, Option<Damage>), KeepError> {
        let mut reader = Reader::open(path, 0)?;
        let summary = Summary::of(&mut reader)?;
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let mut file = atomic::private_file(&mut options)
            .open(path)
            .map_err(|source| KeepError::io(path, "opened", source))?;
        let damage = cut(path, &mut file, &reader)
            .map_err(|source| KeepError::io(path, "repaired", source))?;
        let shared = file
            .try_clone()
            .map_err(|source| KeepError::io(path, "opened", source))?;
        let writer = Self {
            path: path.to_path_buf(),
            file,
            length: reader.good(),
            last: summary.last,
            owed: Vec::new(),
            text: Vec::new(),
            torn: false,
            sync: JournalSync::new(shared, summary.last),
        };
        Ok((writer, summary, damage))
    }

    /// Adds an entry, to be written by the next [`Self::flush`].
    pub(crate) fn add(&mut self, at: Option<u64>, time: Timestamp, event: Event) {
        let seq = self.last_added() + 1;
        self.owed.push(Entry {
            seq,
            time,
            at,
            event,
        });
    }

    /// Whether output may still add entries: not while the disk takes none and too many wait. What the host itself
    /// has to say is little and is always added.
    pub(crate) fn has_room(&self) -> bool {
        self.owed.len() < MAX_OWED
    }

    /// Takes over entries that an earlier writer owed, as far as they aren't there.
    pub(crate) fn add_owed(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            if entry.seq == self.last_added() + 1 {
                self.owed.push(entry);
            }
        }
    }

    fn last_added(&self) -> u64 {
        self.owed.last().map_or(self.last, |entry| entry.seq)
    }

    /// What is not on disk yet.
    pub(crate) fn owed(&self) -> &[Entry] {
        &self.owed
    }

    /// Number of the newest entry that is on disk.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Bytes on disk.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The handle by which another thread makes entries durable.
    pub(crate) fn sync(&self) -> &JournalSync {
        &self.sync
    }

    /// Writes what was added, in one write, and moves the entries to `told`. On an error all stay owed.
    pub(crate) fn flush(&mut self, told: &mut Vec<Entry>) -> Result<(), KeepError> {
        if self.owed.is_empty() {
            return Ok(());
        }
        let written = self.write();
        if let Err(error) = written {
            self.torn = true;
            return Err(KeepError::io(&self.path, "written", error));
        }
        failpoint::hit(failpoints::JOURNAL_WRITTEN);
        self.length += self.text.len() as u64;
        self.last = self.last_added();
        self.sync.wrote(self.last);
        told.append(&mut self.owed);
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        if self.torn {
            // Half of what failed may be there; the file must end with a whole line.
            self.file.set_len(self.length)?;
            self.torn = false;
        }
        self.text.clear();
        for entry in &self.owed {
            serde_json::to_writer(&mut self.text, entry)?;
            self.text.push(b'\n');
        }
        if failpoint::fails(failpoints::JOURNAL_WRITE) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write_all(&self.text)
    }
}

/// Cuts off what comes after the last whole entry.
fn cut(path: &Path, file: &mut File, reader: &Reader) -> io::Result<Option<Damage>> {
    let (length, good) = (file.metadata()?.len(), reader.good());
    if length <= good {
        return Ok(None);
    }
    let mut kept = None;
    if reader.is_damaged() {
        let beside = path.with_extension("damaged");
        file.seek(SeekFrom::Start(good))?;
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        io::copy(file, &mut atomic::private_file(&mut options).open(&beside)?)?;
        kept = Some(beside);
    }
    file.set_len(good)?;
    file.sync_all()?;
    if let Some(folder) = path.parent().filter(|_| kept.is_some()) {
        atomic::sync_folder(folder)?;
    }
    Ok(Some(Damage {
        bytes: length - good,
        kept,
    }))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

//! What the disk takes for the writes that must be durable, done bare.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use mainstay_keep::write_private;
use rusqlite::Connection as Database;

use crate::lab::Result;
use crate::stopwatch::Stopwatch;

/// About as long as an entry of a journal, an outcome, an event are.
const ENTRY: &[u8] = &[b'x'; 200];

/// A folder of its own on the disk that is measured.
#[derive(Debug)]
pub(crate) struct Disk {
    folder: PathBuf,
    database: Database,
    ends: u32,
}

impl Disk {
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        fs::create_dir(folder)?;
        let database = Database::open(folder.join("bare.db"))?;
        database.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             CREATE TABLE events (seq INTEGER PRIMARY KEY, session TEXT, content BLOB);
             CREATE TABLE sessions (id TEXT PRIMARY KEY, content BLOB);
             INSERT INTO sessions VALUES ('a', x'00');",
        )?;
        Ok(Self {
            folder: folder.to_owned(),
            database,
            ends: 0,
        })
    }

    /// Milliseconds for a transaction with an event and a change of its session.
    pub(crate) fn commit(&mut self) -> Result<f64> {
        let watch = Stopwatch::start();
        let transaction = self.database.transaction()?;
        transaction
            .prepare_cached("INSERT INTO events (session, content) VALUES ('a', ?1)")?
            .execute([ENTRY])?;
        transaction
            .prepare_cached("UPDATE sessions SET content = ?1 WHERE id = 'a'")?
            .execute([ENTRY])?;
        transaction.commit()?;
        Ok(watch.millis())
    }

    /// The writes that stand between the end of a program and the word of it.
    pub(crate) fn end(&mut self) -> Result<End> {
        self.ends += 1;
        let run = self.folder.join(self.ends.to_string());
        fs::create_dir(&run)?;
        let mut journal = begin(&run.join("journal"))?;
        let mut log = begin(&run.join("log"))?;
        File::open(&run)?.sync_all()?;

        let watch = Stopwatch::start();
        journal.write_all(ENTRY)?;
        journal.sync_data()?;
        write_private(&run.join("outcome.json"), ENTRY)?;
        let word = watch.millis();

        let watch = Stopwatch::start();
        log.write_all(ENTRY)?;
        let mut checkpoint = File::create_new(run.join("checkpoint.tmp"))?;
        checkpoint.write_all(ENTRY)?;
        fs::rename(run.join("checkpoint.tmp"), run.join("checkpoint"))?;
        checkpoint.sync_data()?;
        log.sync_data()?;
        File::open(&run)?.sync_all()?;
        let screen = watch.millis();

        let commit = self.commit()?;
        Ok(End {
            least: word + commit,
            all: word + screen + commit,
        })
    }
}

/// What the end of a run costs on the disk, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    /// The last entry of the journal and its sync; the outcome, a file that is there whole or not at all; the commit.
    pub(crate) least: f64,
    /// The last checkpoint too, with which the host makes the screen durable before it says a word.
    pub(crate) all: f64,
}

/// A file with what a run writes in its beginning, synced long before its end.
fn begin(path: &Path) -> Result<File> {
    let mut file = OpenOptions::new()
        .append(true)
        .create_new(true)
        .open(path)?;
    file.write_all(ENTRY)?;
    file.sync_all()?;
    Ok(file)
}

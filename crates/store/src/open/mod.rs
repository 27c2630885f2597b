//! Opening the database: from whatever lies there to a file that can be worked with.
//!
//! ```text
//! mainstay.db, -wal, -shm     the database, private to its owner
//! mainstay.db.lock            held by the process that is opening it
//! mainstay.db.mark            how far the database was, see [`mark`]
//! mainstay.db.damaged-<time>  one that made no sense, with its -wal
//! mainstay.db.orphan-<time>   the -wal of a database that was taken away while it was open
//! ```
//!
//! In their order: wait for the turn; look at the version and leave a newer file alone; check the content, move what makes no
//! sense aside and begin anew; take the missing steps; count the opening, and by that see whether the file was restored.

mod aside;
mod check;
pub(crate) mod connect;
mod file;
mod mark;

use std::path::{Path, PathBuf};

use mainstay_seams::{Clock, failpoint};
use rusqlite::Connection;
use rusqlite::TransactionBehavior;
use rusqlite::config::DbConfig;

pub(crate) use file::Identity;

use crate::tables::meta::{self, Meta};
use crate::{Read, StoreError, failpoints, migrations};
use mark::Mark;

/// What opening found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// There was no database, or none that could be used: this one is empty and is to be filled from the session folders.
    pub fresh: bool,
    /// The one before made no sense; it is kept under this name.
    pub damaged_kept_as: Option<PathBuf>,
    /// The database is older than what this folder had seen: somebody restored a backup.
    pub restored: bool,
    /// See [`crate::Store::log_id`].
    pub log_id: String,
    /// What a person should know, in words.
    pub notes: Vec<String>,
}

/// The database as the writer has it.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) connection: Connection,
    pub(crate) identity: Identity,
    wal: Identity,
    /// None where it can't be written; then a restored backup may not be noticed.
    mark: Option<Mark>,
    /// The newest event when it was opened.
    pub(crate) newest: u64,
}

pub(crate) fn open(path: &Path, clock: &dyn Clock) -> Result<(Database, OpenReport), StoreError> {
    open_at(path, clock).map_err(|error| error.about(path))
}

fn open_at(path: &Path, clock: &dyn Clock) -> Result<(Database, OpenReport), StoreError> {
    failpoint::hit(failpoints::OPEN);
    let mut notes = Vec::new();
    let _turn = file::take_turn(path)?;
    let mut damaged_kept_as = None;
    let connection = match prepare(path, &mut notes) {
        Err(StoreError::Damaged { reason, .. }) => {
            failpoint::hit(failpoints::ASIDE);
            let kept = aside::damaged(path, clock.now())?;
            notes.push(format!(
                "{} was damaged ({reason}); it is kept as {} and a new one was made",
                path.display(),
                kept.display()
            ));
            damaged_kept_as = Some(kept);
            prepare(path, &mut notes)?
        }
        prepared => prepared?,
    };
    let mark = open_mark(path, &mut notes);
    let (database, mut report) = enter(path, connection, mark)?;
    report.damaged_kept_as = damaged_kept_as;
    if report.restored {
        notes.push(format!(
            "{} is older than what was here before: it was restored from a backup, and what happened since is missing from the event log",
            path.display()
        ));
    }
    for note in &notes {
        tracing::warn!("{note}");
    }
    report.notes = notes;
    Ok((database, report))
}

/// A connection to a file whose tables are as this program wants them.
fn prepare(path: &Path, notes: &mut Vec<String>) -> Result<Connection, StoreError> {
    file::make_private(path, notes)?;
    failpoint::hit(failpoints::OPENED);
    let mut connection = connect::quiet(path)?;
    let ready = (|| {
        let version = check::version(&connection)?;
        connect::as_writer(&connection, notes)?;
        check::content(&connection, path)?;
        migrations::run(&mut connection, version)?;
        check::tables(&connection)
    })();
    match ready {
        Ok(()) => {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
            Ok(connection)
        }
        Err(error) => Err(error),
    }
}

fn open_mark(path: &Path, notes: &mut Vec<String>) -> Option<Mark> {
    let beside = file::beside(path, ".mark");
    match Mark::open(&beside) {
        Ok(mark) => Some(mark),
        Err(error) => {
            notes.push(format!(
                "{} can't be used ({error}): if the database is replaced by an older copy, that will not be noticed",
                beside.display()
            ));
            None
        }
    }
}

/// Counts the opening and finds out which log this is.
fn enter(
    path: &Path,
    mut connection: Connection,
    mut mark: Option<Mark>,
) -> Result<(Database, OpenReport), StoreError> {
    let seen = mark.as_ref().map(Mark::seen).unwrap_or_default();
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    let transaction = connection.transaction()?;
    let known = meta::read(&transaction)?;
    let newest = Read::new(&transaction).last_seq()?;
    let restored = known
        .as_ref()
        .is_some_and(|known| known.opens < seen.opens || newest < seen.newest);
    let fresh = known.is_none();
    let opens = known
        .as_ref()
        .map_or(0, |known| known.opens)
        .max(seen.opens)
        + 1;
    let log_id = match known {
        Some(known) if !restored => known.log_id,
        _ => new_log_id()?,
    };
    let meta = Meta { log_id, opens };
    meta::write(&transaction, &meta)?;
    transaction.commit()?;
    failpoint::hit(failpoints::ENTERED);
    // After the commit: a mark that is ahead of its database would look like a restored one.
    if let Some(mark) = &mut mark {
        mark.write(mark::Seen { opens, newest });
    }
    let database = Database {
        identity: Identity::of(path)?,
        wal: Identity::of_optional(&file::beside(path, "-wal")),
        connection,
        mark,
        newest,
    };
    let report = OpenReport {
        fresh,
        damaged_kept_as: None,
        restored,
        log_id: meta.log_id,
        notes: Vec::new(),
    };
    Ok((database, report))
}

fn new_log_id() -> Result<String, StoreError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| StoreError::Sql(error.to_string()))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Database {
    /// Whether the files at the path are those that were opened. Somebody may have deleted or replaced them; SQLite goes on
    /// with what it has open, and nobody would ever see that again.
    pub(crate) fn is_in_place(&self, path: &Path) -> bool {
        self.identity.is_at(path) && self.wal.is_at(&file::beside(path, "-wal"))
    }

    /// Notes how far the database is, after a commit.
    pub(crate) fn mark_newest(&mut self, newest: u64) {
        if let Some(mark) = &mut self.mark {
            let opens = mark.seen().opens;
            mark.write(mark::Seen { opens, newest });
        }
    }

    /// Closes it.
    pub(crate) fn close(self, path: &Path) {
        if !self.is_in_place(path) {
            self.abandon();
        } else if let Err((_, error)) = self.connection.close() {
            tracing::warn!("{} was not closed well: {error}", path.display());
        }
    }

    /// Closes it before the file at its place is opened. What it leaves beside another file must not be taken for that one's.
    pub(crate) fn leave(self, path: &Path) -> Result<(), StoreError> {
        let (database, wal) = (self.identity, self.wal);
        self.close(path);
        let _turn = file::take_turn(path)?;
        let beside = file::beside(path, "-wal");
        if !database.is_at(path) && wal.is_known() && wal.is_at(&beside) {
            aside::orphan(path)?;
        }
        Ok(())
    }

    /// Closes without a trace: the names beside the path may belong to another database by now.
    fn abandon(self) {
        let quiet = self
            .connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        if let Err(error) = quiet {
            tracing::warn!("the replaced database could not be left alone: {error}");
        }
    }
}

//! Connections and their settings, which are per connection and no part of the tables' steps.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::StoreError;

/// How long a connection waits for a lock that another program holds.
const PATIENCE: Duration = Duration::from_secs(5);
/// Statements that a connection keeps compiled: more than there are.
const STATEMENTS: usize = 64;
/// "MNST": says whose file it is (<https://www.sqlite.org/pragma.html#pragma_application_id>).
pub(super) const APPLICATION: i32 = 0x4d4e_5354;

fn open(path: &Path, mode: OpenFlags) -> Result<Connection, StoreError> {
    // Every connection is used by one thread at a time.
    let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// A connection that has changed nothing and changes nothing when it is closed.
pub(super) fn quiet(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// Makes it the connection that writes.
pub(super) fn as_writer(
    connection: &Connection,
    notes: &mut Vec<String>,
) -> Result<(), StoreError> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        notes.push(format!(
            "the file system doesn't let the database keep a write-ahead log (it has {mode:?} instead); put MAINSTAY_DATA_DIR on a local disk"
        ));
    }
    // Before the tables are made: a file with tables and without this is another program's.
    let known: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if known != APPLICATION {
        connection.pragma_update(None, "application_id", APPLICATION)?;
    }
    connection.execute_batch(
        // The second is for macOS, where a plain sync leaves what was written in the disk's own memory.
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    Ok(())
}

/// A connection that reads.
pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_committed_is_on_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("db");
        std::fs::File::create(&path).expect("an empty file");
        let mut notes = Vec::new();
        let writer = quiet(&path).expect("opened");
        as_writer(&writer, &mut notes).expect("set up");
        assert_eq!(notes, Vec::<String>::new(), "a local disk");
        let number = |of: &Connection, pragma: &str| -> i64 {
            of.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
                .expect("a number")
        };
        assert_eq!(number(&writer, "synchronous"), 2, "FULL");
        assert_eq!(number(&writer, "foreign_keys"), 1);
        assert_eq!(number(&writer, "busy_timeout"), 5000);
        let reader = reader(&path).expect("opened");
        let refused = reader.execute_batch("CREATE TABLE t (a)");
        assert!(refused.is_err(), "a reader can't write");
    }
}

//! Whether a file is one of ours, of a version that is known, and whole.

use std::path::Path;

use rusqlite::Connection;

use super::connect::APPLICATION;
use crate::{StoreError, migrations, tables};

/// Up to this size all of a file is checked at each opening; of a larger one the tables that matter most. Checking 100 MB takes
/// a fraction of a second.
const CHECKED_WHOLE: u64 = 256 * 1024 * 1024;

/// How many steps the file has taken.
pub(super) fn version(connection: &Connection) -> Result<u32, StoreError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = migrations::newest();
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let empty: bool = connection.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)",
        [],
        |row| row.get(0),
    )?;
    if application != APPLICATION && !empty {
        return Err(StoreError::damaged("it is another program's database"));
    }
    match u32::try_from(version) {
        Ok(version) if version <= known => Ok(version),
        Ok(found) => Err(StoreError::Newer {
            path: std::path::PathBuf::new(),
            found,
            known,
        }),
        Err(_) => Err(StoreError::damaged("the version of its tables is negative")),
    }
}

/// Whether its pages make sense.
pub(super) fn content(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let checks: &[&str] = if size <= CHECKED_WHOLE {
        &["PRAGMA quick_check(1)"]
    } else {
        &["PRAGMA quick_check(sessions)", "PRAGMA quick_check(runs)"]
    };
    for check in checks {
        let verdict: String = connection.query_row(check, [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::damaged(verdict));
        }
    }
    Ok(())
}

/// Whether all tables are there.
pub(super) fn tables(connection: &Connection) -> Result<(), StoreError> {
    for name in tables::NAMES {
        if !connection.table_exists(None, name)? {
            return Err(StoreError::damaged(format!(
                "its table {name:?} is missing"
            )));
        }
    }
    Ok(())
}

//! What the file knows of itself: one row.

use rusqlite::{Connection, OptionalExtension};

use crate::StoreError;
use crate::columns::integer;

pub(crate) const SCHEMA: &str = "
CREATE TABLE meta (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    -- Another one after the file was made anew or restored: the numbers of events that somebody knows mean nothing then.
    log_id TEXT NOT NULL,
    -- How often it was opened.
    opens INTEGER NOT NULL
) STRICT;
";

/// The row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) log_id: String,
    pub(crate) opens: u64,
}

/// The row; none in a file that was never opened to its end.
pub(crate) fn read(connection: &Connection) -> Result<Option<Meta>, StoreError> {
    let row = connection.query_row("SELECT log_id, opens FROM meta", [], |row| {
        Ok(Meta {
            log_id: row.get(0)?,
            opens: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
        })
    });
    Ok(row.optional()?)
}

pub(crate) fn write(connection: &Connection, meta: &Meta) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO meta (only, log_id, opens) VALUES (1, ?1, ?2)
         ON CONFLICT (only) DO UPDATE SET log_id = excluded.log_id, opens = excluded.opens",
        (&meta.log_id, integer(meta.opens)),
    )?;
    Ok(())
}

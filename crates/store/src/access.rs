//! What jobs and readers see of the store. What each table gives is in its own file below `tables`.

use std::ops::Deref;
use std::sync::Arc;

use mainstay_protocol::SessionEvent;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};

use crate::StoreError;

/// Looks at the store. Everything that is looked at through one value is of one moment.
#[derive(Debug, Clone, Copy)]
pub struct Read<'c> {
    connection: &'c Connection,
}

impl<'c> Read<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }

    /// A statement that is compiled once per connection.
    pub(crate) fn prepared(&self, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// The only row that is asked for, if there is one.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.prepared(sql)?;
        let found = statement
            .query_row(values, |row| Ok(read(row)))
            .optional()?;
        found.transpose()
    }

    /// All rows, in their order.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        values: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.prepared(sql)?;
        let mut rows = statement.query(values)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }
}

/// Changes the store, in a job: see [`crate::Store::write`]. It sees its own changes and those of the jobs before.
#[derive(Debug)]
pub struct Write<'c> {
    read: Read<'c>,
    events: &'c mut Vec<Arc<SessionEvent>>,
}

impl<'c> Write<'c> {
    pub(crate) fn new(connection: &'c Connection, events: &'c mut Vec<Arc<SessionEvent>>) -> Self {
        Self {
            read: Read::new(connection),
            events,
        }
    }

    /// Runs a statement; the number of rows it changed.
    pub(crate) fn change(&self, sql: &str, values: impl Params) -> Result<usize, StoreError> {
        Ok(self.prepared(sql)?.execute(values)?)
    }

    /// Runs a statement that adds a row; false if one with the same key is there.
    pub(crate) fn add(&self, sql: &str, values: impl Params) -> Result<bool, StoreError> {
        match self.prepared(sql)?.execute(values) {
            Ok(_) => Ok(true),
            Err(error) if is_duplicate(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn last_key(&self) -> i64 {
        self.read.connection.last_insert_rowid()
    }

    /// Remembers an event for those who are told once it is committed.
    pub(crate) fn tell(&mut self, event: Arc<SessionEvent>) {
        self.events.push(event);
    }
}

impl<'c> Deref for Write<'c> {
    type Target = Read<'c>;

    fn deref(&self) -> &Read<'c> {
        &self.read
    }
}

fn is_duplicate(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    let extended = error.sqlite_error().map(|error| error.extended_code);
    matches!(
        extended,
        Some(SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE)
    )
}

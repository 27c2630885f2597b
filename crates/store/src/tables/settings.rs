//! Settings of the whole program: JSON values by name.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::columns::{Columns, json};
use crate::{Read, StoreError, Write};

pub(crate) const SCHEMA: &str = "
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

const WHAT: &str = "a setting";

impl Read<'_> {
    /// A setting, if somebody set it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn setting(&self, key: &str) -> Result<Option<Value>, StoreError> {
        self.one("SELECT value FROM settings WHERE key = ?1", [key], |row| {
            Columns::of(row).json(WHAT)
        })
    }

    /// All settings that somebody set.
    ///
    /// # Errors
    /// Those of the database.
    pub fn settings(&self) -> Result<BTreeMap<String, Value>, StoreError> {
        let all = self.all("SELECT key, value FROM settings", [], |row| {
            let mut columns = Columns::of(row);
            Ok((columns.next()?, columns.json(WHAT)?))
        })?;
        Ok(all.into_iter().collect())
    }
}

impl Write<'_> {
    /// Sets a setting, or takes it away.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_setting(&mut self, key: &str, value: Option<&Value>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.change(
                "INSERT INTO settings (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, json(WHAT, value)?),
            )?,
            None => self.change("DELETE FROM settings WHERE key = ?1", [key])?,
        };
        Ok(())
    }
}

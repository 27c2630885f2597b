//! Adding and changing sessions.

use mainstay_protocol::{SessionId, Timestamp};
use rusqlite::params_from_iter;

use super::{SessionRow, changing};
use crate::columns::time;
use crate::{StoreError, Write};

impl Write<'_> {
    /// Adds a session.
    ///
    /// # Errors
    /// [`StoreError::DuplicateId`] if there is or was one with its id; those of the database.
    pub fn insert_session(&mut self, row: &SessionRow) -> Result<(), StoreError> {
        let values = row.values()?.into_iter().chain(row.times());
        let added = self.add(
            concat!(
                "INSERT INTO sessions (id, ",
                changing!(),
                ", sort_name, search, created, updated) VALUES (",
                "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            ),
            params_from_iter(values),
        )?;
        if added {
            Ok(())
        } else {
            Err(StoreError::DuplicateId(row.session.id.clone()))
        }
    }

    /// Writes all of a session anew but when it was made and last had an event: the second is
    /// [`Write::append_event`]'s to write.
    ///
    /// # Errors
    /// [`StoreError::UnknownSession`]; those of the database.
    pub fn update_session(&mut self, row: &SessionRow) -> Result<(), StoreError> {
        let changed = self.change(
            concat!(
                "UPDATE sessions SET (",
                changing!(),
                ", sort_name, search) = (",
                "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31)",
                " WHERE id = ?1"
            ),
            params_from_iter(row.values()?),
        )?;
        if changed == 1 {
            Ok(())
        } else {
            Err(StoreError::UnknownSession(row.session.id.clone()))
        }
    }

    pub(crate) fn touch_session(&self, id: &SessionId, at: Timestamp) -> Result<(), StoreError> {
        self.change(
            "UPDATE sessions SET updated = ?2 WHERE id = ?1",
            (id.as_str(), time(at)),
        )?;
        Ok(())
    }
}

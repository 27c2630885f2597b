//! Looking at single sessions and at those that the manager has to do something about.

use mainstay_protocol::session::Status;
use mainstay_protocol::{RunId, SessionId};

use super::{SessionRow, select};
use crate::columns::{Columns, content};
use crate::{Read, StoreError};

/// A session in short, for comparing the store with the session folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSession {
    /// Its id.
    pub id: SessionId,
    /// Its stored status.
    pub status: Status,
    /// Its newest run.
    pub run: Option<RunId>,
    /// It was deleted.
    pub deleted: bool,
}

impl Read<'_> {
    /// A session, also a deleted one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn session(&self, id: &SessionId) -> Result<Option<SessionRow>, StoreError> {
        self.one(select!("WHERE id = ?1"), [id.as_str()], SessionRow::read)
    }

    /// Sessions with a run under way: pending, running or paused. Ordered by id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn live(&self) -> Result<Vec<SessionRow>, StoreError> {
        self.all(
            select!(
                "WHERE deleted IS NULL AND status IN ('pending', 'running', 'paused') ORDER BY id"
            ),
            [],
            SessionRow::read,
        )
    }

    /// Sessions for which something is to happen by itself: a new run, or their deletion. Ordered by id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn with_timers(&self) -> Result<Vec<SessionRow>, StoreError> {
        self.all(
            select!("WHERE retry_at IS NOT NULL OR delete_at IS NOT NULL ORDER BY id"),
            [],
            SessionRow::read,
        )
    }

    /// All sessions in short, ordered by id, the deleted ones too.
    ///
    /// # Errors
    /// Those of the database.
    pub fn known_sessions(&self) -> Result<Vec<KnownSession>, StoreError> {
        let sql = "SELECT id, status, run, deleted IS NOT NULL FROM sessions ORDER BY id";
        self.all(sql, [], |row| {
            let mut columns = Columns::of(row);
            let id = columns.session()?;
            let status: String = columns.next()?;
            Ok(KnownSession {
                id,
                status: status
                    .parse()
                    .map_err(|error| content("a status", &error))?,
                run: columns.optional_run()?,
                deleted: columns.next()?,
            })
        })
    }

    /// The ids of the sessions that are not deleted, in their order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn session_ids(&self) -> Result<Vec<SessionId>, StoreError> {
        let sql = "SELECT id FROM sessions WHERE deleted IS NULL ORDER BY id";
        self.all(sql, [], |row| Columns::of(row).session())
    }

    pub(crate) fn has_session(&self, id: &SessionId) -> Result<bool, StoreError> {
        let found = self.one(
            "SELECT 1 FROM sessions WHERE id = ?1",
            [id.as_str()],
            |_| Ok(()),
        );
        Ok(found?.is_some())
    }
}

//! From what a person types to a session: the same rule as for the folders alone (`mainstay_keep::Places::resolve`).

use mainstay_protocol::SessionId;

use crate::columns::Columns;
use crate::{Read, StoreError};

/// Most candidates that an error names in words.
const NAMED: usize = 5;
/// Most candidates that are looked for.
const MOST: usize = 100;

/// Why a text names no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// No session has this id or name.
    #[error("there is no session {text:?}; give an id, the beginning of one, or a name")]
    Unknown {
        /// What was asked for.
        text: String,
    },
    /// Several sessions are meant.
    #[error("{text:?} may be any of {}{}; give more of the id", .candidates.iter().take(NAMED).map(SessionId::as_str).collect::<Vec<_>>().join(", "), if .candidates.len() > NAMED { " …" } else { "" })]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// The sessions it may be, ordered by id; at most 100.
        candidates: Vec<SessionId>,
    },
    /// The sessions can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Read<'_> {
    /// Finds the session that a person means: by its exact id, by its name, or by a beginning of its id that no other session
    /// has. Deleted ones are found by their exact id alone.
    ///
    /// # Errors
    /// If none is meant or several are; those of the database.
    pub fn resolve(&self, text: &str) -> Result<SessionId, ResolveError> {
        if let Ok(id) = text.parse()
            && self.has_session(&id)?
        {
            return Ok(id);
        }
        let mut candidates = self.ids_where("name = ?1", &[text])?;
        if candidates.is_empty() && !text.is_empty() {
            // Ids are ASCII: what begins with the text stands before the text and the largest character.
            let beyond = format!("{text}\u{10ffff}");
            candidates = self.ids_where("id >= ?1 AND id < ?2", &[text, &beyond])?;
        }
        let text = text.to_owned();
        match <[SessionId; 1]>::try_from(candidates) {
            Ok([only]) => Ok(only),
            Err(none) if none.is_empty() => Err(ResolveError::Unknown { text }),
            Err(candidates) => Err(ResolveError::Ambiguous { text, candidates }),
        }
    }

    fn ids_where(&self, condition: &str, values: &[&str]) -> Result<Vec<SessionId>, StoreError> {
        let sql = format!(
            "SELECT id FROM sessions WHERE deleted IS NULL AND {condition} ORDER BY id LIMIT {MOST}"
        );
        let values = rusqlite::params_from_iter(values);
        self.all(&sql, values, |row| Columns::of(row).session())
    }
}

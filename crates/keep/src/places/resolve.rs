//! From what a person types to a session.

use mainstay_protocol::SessionId;

use super::{PlaceError, Places};
use crate::folder::SessionFolder;

/// Most candidates that an error names.
const NAMED: usize = 5;

/// Why a text names no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// No session has this id or name.
    #[error(
        "there is no session {text:?} in {folder}; give an id, the beginning of one, or a name"
    )]
    Unknown {
        /// What was asked for.
        text: String,
        /// Where it was looked for.
        folder: std::path::PathBuf,
    },
    /// Several sessions are meant.
    #[error("{text:?} may be any of {}{}; give more of the id", .candidates.iter().take(NAMED).map(SessionId::as_str).collect::<Vec<_>>().join(", "), if .candidates.len() > NAMED { " …" } else { "" })]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// The sessions it may be, ordered by id.
        candidates: Vec<SessionId>,
    },
    /// The sessions can't be read.
    #[error(transparent)]
    Place(#[from] PlaceError),
}

pub(super) fn resolve(places: &Places, text: &str) -> Result<SessionId, ResolveError> {
    let sessions = places.sessions()?;
    if let Some(exact) = sessions.iter().find(|session| session.as_str() == text) {
        return Ok(exact.clone());
    }
    let named: Vec<_> = sessions
        .iter()
        .filter(|session| name(places, session).is_some_and(|name| name == text))
        .cloned()
        .collect();
    let candidates = if named.is_empty() && !text.is_empty() {
        let begins = |session: &SessionId| session.as_str().starts_with(text);
        sessions.into_iter().filter(begins).collect()
    } else {
        named
    };
    match <[SessionId; 1]>::try_from(candidates) {
        Ok([only]) => Ok(only),
        Err(none) if none.is_empty() => Err(ResolveError::Unknown {
            text: text.to_owned(),
            folder: places.sessions_dir(),
        }),
        Err(candidates) => Err(ResolveError::Ambiguous {
            text: text.to_owned(),
            candidates,
        }),
    }
}

/// The name of a session; one that can't be read has none.
fn name(places: &Places, session: &SessionId) -> Option<String> {
    SessionFolder::open(places, session).ok()?.name()
}

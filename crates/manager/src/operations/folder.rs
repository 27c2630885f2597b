//! The folder of a session: its record, and its removal.

use std::fs;
use std::io;

use mainstay_keep::{KeepError, SessionFolder, SessionRecord};
use mainstay_protocol::SessionId;
use mainstay_protocol::session::Session;
use mainstay_seams::failpoint;

use crate::Engine;
use crate::failpoints;

/// Under this name the record in a session's folder has the session's settings.
pub(crate) const SETTINGS: &str = "settings";
/// What the names of folders begin with that are being removed. No id begins so.
pub(crate) const GONE: &str = ".gone-";

impl Engine {
    /// Writes what is needed to make the session's row again.
    pub(crate) fn write_record(
        &self,
        folder: &SessionFolder,
        session: &Session,
    ) -> Result<(), KeepError> {
        folder.write_record(&record(session))
    }

    /// Writes it where the folder says something else: whoever changed the session may have died before they had written it.
    pub(crate) fn renew_record(
        &self,
        folder: &SessionFolder,
        session: &Session,
    ) -> Result<(), KeepError> {
        let wanted = record(session);
        match folder.record() {
            Ok(Some(found)) if found == wanted => Ok(()),
            _ => folder.write_record(&wanted),
        }
    }

    /// Removes a session's folder, if it is there. It loses its name first: whoever comes meanwhile finds it whole or not at
    /// all.
    pub(crate) fn remove_folder(&self, id: &SessionId) -> io::Result<()> {
        let path = self.places.session_dir(id);
        let gone = path.with_file_name(format!("{GONE}{id}"));
        if gone.exists() {
            fs::remove_dir_all(&gone)?;
        }
        match fs::rename(&path, &gone) {
            Ok(()) => {
                failpoint::hit(failpoints::DELETE_RENAMED);
                fs::remove_dir_all(&gone)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            // A system that renames nothing in use may still remove it.
            Err(_) => fs::remove_dir_all(&path),
        }
    }
}

fn record(session: &Session) -> SessionRecord {
    let mut more = serde_json::Map::new();
    if let Ok(settings) = serde_json::to_value(&session.settings) {
        more.insert(SETTINGS.to_owned(), settings);
    }
    SessionRecord {
        session: session.id.clone(),
        name: session.name.clone(),
        created: session.created,
        more,
    }
}

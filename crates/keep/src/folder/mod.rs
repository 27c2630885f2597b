//! The folder of one session.
//!
//! ```text
//! DATA/sessions/<session id>/     0700
//!     lock                        held by the host of the running run, see [`FolderLock`]; never deleted
//!     probe                       taken while somebody looks whether the lock is held
//!     session.json                [`SessionRecord`]
//!     current                     id of the newest run
//!     history/                    see `mainstay_history`
//!     runs/<run id>/              [`RunFolder`]
//! ```

mod lock;
mod record;
mod refuse;
mod run;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mainstay_protocol::{RunId, SessionId};

use crate::error::KeepError;
use crate::places::{Others, PlaceError, Places, check_folder, make_folder};
use crate::{atomic, patient};

pub use lock::FolderLock;
pub use record::{HostRecord, SessionRecord};
pub use run::RunFolder;

/// Takes a session for its recovery; a starting host waits for it instead of being turned away.
pub(crate) fn lock_for_recovery(folder: &SessionFolder) -> Result<FolderLock, KeepError> {
    lock::take_for_recovery(&folder.path)
}

/// Waits until nobody holds a lock file, at most so long; gives whether that came.
pub(crate) fn await_unlocked(path: &Path, patience: Duration) -> Result<bool, KeepError> {
    lock::await_unlocked(path, patience)
}

/// The folder of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFolder {
    path: PathBuf,
    session: SessionId,
}

impl SessionFolder {
    /// Makes the folder of a session where it is missing, and checks it.
    ///
    /// # Errors
    /// If it can't be made or isn't safe to use.
    pub fn create(places: &Places, session: &SessionId) -> Result<Self, KeepError> {
        make_folder(&places.session_dir(session))?;
        let folder = Self::open(places, session)?;
        make_folder(&folder.runs_dir())?;
        Ok(folder)
    }

    /// The folder of a session that is there; checks it.
    ///
    /// # Errors
    /// If it isn't there or isn't safe to use.
    pub fn open(places: &Places, session: &SessionId) -> Result<Self, KeepError> {
        let path = places.session_dir(session);
        match check_folder(&path, Others::Nothing) {
            Ok(()) => Ok(Self {
                path,
                session: session.clone(),
            }),
            Err(PlaceError::Missing { path }) => Err(KeepError::NoSession { path }),
            Err(error) => Err(error.into()),
        }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// Where its history is.
    #[must_use]
    pub fn history_dir(&self) -> PathBuf {
        self.path.join("history")
    }

    fn runs_dir(&self) -> PathBuf {
        self.path.join("runs")
    }

    /// Takes the session for this process, until the lock is dropped or the process ends in any way.
    ///
    /// # Errors
    /// [`KeepError::Busy`] if another process has it.
    pub fn lock(&self) -> Result<FolderLock, KeepError> {
        lock::take(&self.path)
    }

    /// Whether a process holds the session: a host, or for moments somebody who recovers it. Process ids are
    /// never trusted for this; they are used again.
    ///
    /// # Errors
    /// If the lock can't be looked at.
    pub fn is_live(&self) -> Result<bool, KeepError> {
        lock::is_held(&self.path)
    }

    /// Waits until no process holds the session, at most so long; gives whether that came. For programs that soon end
    /// themselves: a wait in vain leaves a thread behind until the session is free.
    ///
    /// # Errors
    /// If the lock can't be looked at.
    pub fn await_end(&self, patience: Duration) -> Result<bool, KeepError> {
        lock::await_free(&self.path, patience)
    }

    /// Has `then` called once no process holds the session, in a thread that waits for it; with the error, if that can't be
    /// waited for.
    ///
    /// # Errors
    /// If the lock can't be looked at.
    pub fn when_ended(
        &self,
        then: impl FnOnce(Result<(), KeepError>) + Send + 'static,
    ) -> Result<(), KeepError> {
        lock::when_free(&self.path, then)
    }

    /// Deletes what the session printed for good, its last screen included. Line numbers go on when it is resumed. A session
    /// with a host is purged by that.
    ///
    /// # Errors
    /// If a host has it, or something can't be deleted.
    pub fn purge(&self) -> Result<(), KeepError> {
        patient::purge(&self.history_dir())
    }

    /// The newest run; nothing before the first.
    ///
    /// # Errors
    /// If the file can't be read or holds no id.
    pub fn current(&self) -> Result<Option<RunId>, KeepError> {
        let path = self.path.join("current");
        let Some(text) = record::read(&path)? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&text);
        match text.trim().parse() {
            Ok(run) => Ok(Some(run)),
            Err(error) => Err(KeepError::Damaged {
                path,
                reason: format!("{error}"),
            }),
        }
    }

    pub(crate) fn set_current(&self, run: &RunId) -> Result<(), KeepError> {
        let path = self.path.join("current");
        atomic::write(&path, format!("{run}\n").as_bytes())
            .map_err(|source| KeepError::io(&path, "written", source))
    }

    /// The folder of a run, there or not.
    #[must_use]
    pub fn run(&self, run: &RunId) -> RunFolder {
        RunFolder::new(self.runs_dir().join(run.as_str()), run.clone())
    }

    /// The runs that have a folder, ordered by id.
    ///
    /// # Errors
    /// If the folder can't be read.
    pub fn runs(&self) -> Result<Vec<RunId>, KeepError> {
        let folder = self.runs_dir();
        let failed = |source| KeepError::io(&folder, "read", source);
        let mut runs = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            runs.extend(name.to_str().and_then(|name| name.parse().ok()));
        }
        runs.sort_unstable();
        Ok(runs)
    }

    /// What is needed to rebuild the session's record; nothing if nobody wrote it.
    ///
    /// # Errors
    /// If the file can't be read or understood.
    pub fn record(&self) -> Result<Option<SessionRecord>, KeepError> {
        record::read_json(&self.path.join("session.json"))
    }

    /// Writes what is needed to rebuild the session's record.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn write_record(&self, record: &SessionRecord) -> Result<(), KeepError> {
        record::write_json(&self.path.join("session.json"), record)
    }

    /// What the person calls the session, by its record or else by the specification of its newest run. What
    /// can't be read has no name.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        if let Ok(Some(record)) = self.record()
            && record.name.is_some()
        {
            return record.name;
        }
        let run = self.current().ok()??;
        self.run(&run).spec().ok()??.name
    }
}

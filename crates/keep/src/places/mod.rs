//! Where Mainstay keeps things, and whether those places are safe to use.
//!
//! ```text
//! DATA/bin/<hash>/mainstay-host     private copies of the host program
//! DATA/sessions/<session id>/       one folder per session, see [`crate::folder`]
//! RUNTIME/<short>.sock              sockets of the hosts
//! ```
//!
//! and the files of the manager ([`Places::manager_lock`] and what follows it).
//!
//! `MAINSTAY_DATA_DIR` puts all of it below one folder. Otherwise DATA is where the system keeps a user's data
//! (`$XDG_DATA_HOME/mainstay`, `~/.local/share/mainstay`, `~/Library/Application Support/mainstay`,
//! `%LOCALAPPDATA%\mainstay`) and RUNTIME is `$XDG_RUNTIME_DIR/mainstay` or `/tmp/mainstay-<uid>`
//! (<https://specifications.freedesktop.org/basedir-spec/latest/>).
//!
//! Each of the folders must be a folder, no symbolic link, of this user, and not writable by others; those that
//! Mainstay makes itself (all but DATA, where it was there before) must not be readable by others either. The
//! checks look at the folders themselves: whoever may rename their parents is trusted anyway.

mod error;
mod find;
mod manager;
mod resolve;
mod socket;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "windows.rs")]
mod system;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use mainstay_protocol::SessionId;

pub use error::PlaceError;
pub use resolve::ResolveError;
pub use socket::MAX_SOCKET_PATH;
pub(crate) use system::check_folder;
pub(crate) use system::make_folder;

/// The folders of one user's Mainstay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// DATA: an absolute path.
    pub data: PathBuf,
    /// RUNTIME: an absolute path.
    pub runtime: PathBuf,
}

/// How much others may do with a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    /// Nothing.
    Nothing,
    /// They may look at its names, but not change them.
    Look,
}

impl Places {
    /// Finds the places by the environment (`env` gives a variable's value). Touches no file.
    ///
    /// # Errors
    /// If the environment names no place, or one by a relative path.
    pub fn from_env(env: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, PlaceError> {
        find::places(env)
    }

    /// All places below one folder, as `MAINSTAY_DATA_DIR` has it.
    #[must_use]
    pub fn below(folder: &Path) -> Self {
        Self {
            data: folder.to_path_buf(),
            runtime: folder.join("run"),
        }
    }

    /// Makes the folders that are missing, for this user alone, and checks all of them.
    ///
    /// # Errors
    /// The first folder that can't be made or used, with the remedy.
    pub fn prepare(&self) -> Result<(), PlaceError> {
        make_folder(&self.data)?;
        self.check_data()?;
        system::check_writable(&self.data)?;
        for folder in [self.sessions_dir(), self.bin_dir(), self.runtime.clone()] {
            make_folder(&folder)?;
            check_folder(&folder, Others::Nothing)?;
            system::check_writable(&folder)?;
        }
        Ok(())
    }

    /// Checks the folders without making any, for programs that only read.
    ///
    /// # Errors
    /// The first folder that isn't there or can't be used, with the remedy.
    pub fn check_existing(&self) -> Result<(), PlaceError> {
        self.check_data()?;
        check_folder(&self.sessions_dir(), Others::Nothing)
    }

    fn check_data(&self) -> Result<(), PlaceError> {
        // Often made by a person, and then readable by all: nothing in it is.
        check_folder(&self.data, Others::Look)
    }

    /// Where the folders of the sessions are.
    #[must_use]
    pub fn sessions_dir(&self) -> PathBuf {
        self.data.join("sessions")
    }

    /// Where the private copies of the host program are.
    #[must_use]
    pub fn bin_dir(&self) -> PathBuf {
        self.data.join("bin")
    }

    /// The folder of a session, there or not.
    #[must_use]
    pub fn session_dir(&self, session: &SessionId) -> PathBuf {
        self.sessions_dir().join(session.as_str())
    }

    /// The sessions there are, ordered by id. Whatever else lies between their folders is passed over.
    ///
    /// # Errors
    /// If the folder of the sessions can't be read.
    pub fn sessions(&self) -> Result<Vec<SessionId>, PlaceError> {
        let folder = self.sessions_dir();
        let failed = |source| PlaceError::io(&folder, "read", source);
        let mut found = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            if let Some(id) = name.to_str().and_then(|name| name.parse().ok())
                && entry.file_type().is_ok_and(|kind| kind.is_dir())
            {
                found.push(id);
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Finds the session that a person means: by its exact id, by its name, or by a beginning of its id that no
    /// other session has.
    ///
    /// # Errors
    /// If none is meant or several are.
    pub fn resolve(&self, text: &str) -> Result<SessionId, ResolveError> {
        resolve::resolve(self, text)
    }

    /// A new path for a host's socket; `random` makes its name.
    ///
    /// # Errors
    /// If the path is longer than the system allows.
    pub fn socket_path(&self, random: [u8; 8]) -> Result<PathBuf, PlaceError> {
        socket::path(&self.runtime, random)
    }
}

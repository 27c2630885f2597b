//! What the manager keeps beside the sessions.
//!
//! ```text
//! DATA/manager.lock      held by the manager as long as it runs
//! DATA/start.lock        held by whoever starts one, until it listens
//! DATA/manager.json      who it is and where it listens
//! DATA/api-token         what a client must show
//! RUNTIME/manager.sock   where it listens
//! ```

use std::path::PathBuf;

use super::{PlaceError, Places, socket};

impl Places {
    /// The lock that the one manager of this data directory holds as long as it runs.
    #[must_use]
    pub fn manager_lock(&self) -> PathBuf {
        self.data.join("manager.lock")
    }

    /// The lock that is held by whoever starts a manager until that listens. Who finds no manager waits for it.
    #[must_use]
    pub fn start_lock(&self) -> PathBuf {
        self.data.join("start.lock")
    }

    /// The file in which a manager says who it is and where it listens. Left over after a crash: only the lock decides
    /// whether it runs.
    #[must_use]
    pub fn manager_info(&self) -> PathBuf {
        self.data.join("manager.json")
    }

    /// The file with the token that a manager wants from its clients.
    #[must_use]
    pub fn api_token(&self) -> PathBuf {
        self.data.join("api-token")
    }

    /// Where a manager with these places listens. On Windows a pipe whose name stands for RUNTIME.
    ///
    /// # Errors
    /// If the path is longer than the system allows.
    pub fn manager_socket(&self) -> Result<PathBuf, PlaceError> {
        socket::manager(&self.runtime)
    }
}

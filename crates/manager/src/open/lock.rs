//! One manager per data directory.

use std::fs::{File, OpenOptions, TryLockError};

use mainstay_keep::Places;

use crate::error::OpenError;

/// Name of the lock file in DATA. Its content means nothing.
const NAME: &str = "manager.lock";

/// Holds the data directory until dropped, or until the process ends in any way.
#[derive(Debug)]
pub(crate) struct DataLock(File);

impl DataLock {
    /// Takes it.
    ///
    /// # Errors
    /// [`OpenError::Held`] if another manager has it.
    pub(crate) fn take(places: &Places) -> Result<Self, OpenError> {
        let path = places.data.join(NAME);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|source| OpenError::Io {
            path: path.clone(),
            source,
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::Held { path }),
            Err(TryLockError::Error(source)) => Err(OpenError::Io { path, source }),
        }
    }
}

impl Drop for DataLock {
    fn drop(&mut self) {
        // A child that is being started just now has a copy of the file, which would hold the lock as well.
        self.0.unlock().ok();
    }
}

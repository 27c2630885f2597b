//! One manager per data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use mainstay_keep::Places;

use crate::error::OpenError;

/// Name of the lock file in DATA. Its content means nothing.
const NAME: &str = "manager.lock";
/// Longest wait for a lock that is held. A manager that was killed while it started a host has left a child with a copy of its
/// files, which has them until it executes the host's program.
const LEFT_BEHIND: Duration = Duration::from_secs(1);

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
        let failed = |source| OpenError::Io {
            path: path.clone(),
            source,
        };
        let file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => match wait(file).map_err(failed)? {
                Some(lock) => Ok(lock),
                None => Err(OpenError::Held { path }),
            },
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// Waits for the lock for a moment. Waiting can't be called off, so a thread does it; one that gets the lock too late gives it
/// back at once.
fn wait(file: File) -> io::Result<Option<DataLock>> {
    let (tell, told) = sync_channel(0);
    let waiting = std::thread::Builder::new().name("lock".to_owned());
    waiting.spawn(move || {
        let taken = file.lock().map(|()| DataLock(file));
        drop(tell.send(taken));
    })?;
    told.recv_timeout(LEFT_BEHIND).ok().transpose()
}

impl Drop for DataLock {
    fn drop(&mut self) {
        // A child that is being started just now has a copy of the file, which would hold the lock as well.
        self.0.unlock().ok();
    }
}

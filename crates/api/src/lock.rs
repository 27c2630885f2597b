//! Waiting for one of the manager's locks.
//!
//! A lock is a file; the system gives it back when its holder ends, however it ends. Waiting is the system's own: nothing is
//! asked again and again. It can't be called off, so it happens in a thread of its own that nobody has to wait for.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::oneshot;

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(crate) struct Lock(Option<File>);

/// Who else may hold the lock at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// Nobody.
    Exclusive,
    /// Others who share it: they all wait for the one who holds it alone.
    Shared,
}

impl Lock {
    /// Takes over a lock that the process before holds on this same open file; nothing if it isn't held there.
    #[cfg(unix)]
    pub(crate) fn adopt(file: File) -> Option<Self> {
        file.try_lock().ok().map(|()| Self(Some(file)))
    }

    /// A second handle on the lock, for a child process.
    #[cfg(unix)]
    pub(crate) fn handle(&self) -> io::Result<File> {
        let gone = || io::Error::from(io::ErrorKind::NotFound);
        self.0.as_ref().ok_or_else(gone)?.try_clone()
    }

    /// Leaves the lock to the child process that has the other handle: what becomes of this process doesn't matter to it.
    #[cfg(unix)]
    pub(crate) fn leave(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a child that another thread forks just now has a copy of the file until it executes its
        // program, and the copy would hold the lock that long.
        if let Some(file) = &self.0 {
            drop(file.unlock());
        }
    }
}

/// Why a lock was not had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    /// It can't be used.
    #[error("the lock {} can't be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Somebody holds it and goes on holding it.
    #[error("{} has been held for {} s", path.display(), after.as_secs())]
    Late {
        /// The file.
        path: PathBuf,
        /// How long it was waited.
        after: Duration,
    },
}

/// Takes a lock if nobody has it.
pub(crate) fn take(path: &Path) -> Result<Option<Lock>, LockError> {
    let failed = |source| LockError::Io {
        path: path.to_owned(),
        source,
    };
    let file = open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(Some(file)))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Waits for a lock, at most as long as `limit`. The file is made where it is missing.
pub(crate) async fn wait(path: &Path, share: Share, limit: Duration) -> Result<Lock, LockError> {
    let failed = |source| LockError::Io {
        path: path.to_owned(),
        source,
    };
    let file = open(path).map_err(failed)?;
    let (tell, told) = oneshot::channel();
    let waiting = std::thread::Builder::new().name("lock".to_owned());
    waiting
        .spawn(move || {
            let taken = match share {
                Share::Exclusive => file.lock(),
                Share::Shared => file.lock_shared(),
            };
            // Nobody waits any more: the lock goes back at once.
            drop(tell.send(taken.map(|()| Lock(Some(file)))));
        })
        .map_err(failed)?;
    match tokio::time::timeout(limit, told).await {
        Ok(Ok(taken)) => taken.map_err(failed),
        Ok(Err(_)) => Err(failed(io::Error::other("the waiting thread ended"))),
        Err(_) => Err(LockError::Late {
            path: path.to_owned(),
            after: limit,
        }),
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn who_waits_gets_it_when_it_is_free() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("start.lock");
        let held = wait(&path, Share::Exclusive, LONG).await.expect("free");
        let error = wait(&path, Share::Shared, Duration::from_millis(1))
            .await
            .expect_err("held");
        assert!(matches!(error, LockError::Late { .. }), "{error}");
        let waiting = tokio::spawn({
            let path = path.clone();
            async move { wait(&path, Share::Exclusive, LONG).await.map(drop) }
        });
        drop(held);
        waiting.await.expect("no panic").expect("its turn");
        let taken = take(&path).expect("usable").expect("free");
        assert!(take(&path).expect("usable").is_none(), "held");
        drop(taken);
        let one = wait(&path, Share::Shared, LONG).await.expect("free");
        wait(&path, Share::Shared, LONG).await.expect("shared");
        drop(one);
    }
}

//! Who has a session.
//!
//! The host holds `lock` exclusively; the system gives it back when the host ends, however it ends. Whoever only
//! wants to know whether it is held must try to take it, for a moment, and a host that starts in that moment
//! must not be turned away. So those who try hold `probe` (shared) meanwhile, and a host that finds the lock
//! taken waits for `probe` (exclusive) before it believes it. One that recovers a session holds both and so
//! makes a starting host wait until it is through.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use crate::atomic;
use crate::error::KeepError;

/// Stack of a thread that only waits.
const STACK: usize = 128 * 1024;

/// Holds a session until dropped.
#[derive(Debug)]
pub struct FolderLock {
    // The lock goes first: whoever gets the probe then must find it free.
    _lock: Held,
    _probe: Option<Held>,
}

/// A locked file.
#[derive(Debug)]
struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        // Closing is not enough: a child that another thread forks just now has a copy of the file until it
        // executes its program, and the copy would hold the lock that long.
        drop(self.0.unlock());
    }
}

fn open(path: &Path) -> Result<File, KeepError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    atomic::private_file(&mut options)
        .open(path)
        .map_err(|source| KeepError::io(path, "opened", source))
}

fn names(folder: &Path) -> (PathBuf, PathBuf) {
    (folder.join("lock"), folder.join("probe"))
}

/// Takes the lock; does not wait for another host, only for those who look.
pub(super) fn take(folder: &Path) -> Result<FolderLock, KeepError> {
    let (_, probe_path) = names(folder);
    let lock = match try_lock(folder) {
        Err(KeepError::Busy { .. }) => {
            let probe = open(&probe_path)?;
            probe
                .lock()
                .map_err(|source| KeepError::io(&probe_path, "locked", source))?;
            let _probe = Held(probe);
            try_lock(folder)?
        }
        other => other?,
    };
    Ok(FolderLock {
        _lock: lock,
        _probe: None,
    })
}

/// Takes the lock for a recovery, which a starting host waits for.
pub(crate) fn take_for_recovery(folder: &Path) -> Result<FolderLock, KeepError> {
    let probe = share_probe(folder)?;
    Ok(FolderLock {
        _lock: try_lock(folder)?,
        _probe: Some(probe),
    })
}

/// Whether somebody holds the lock. Writes nothing where nobody ever locked.
pub(super) fn is_held(folder: &Path) -> Result<bool, KeepError> {
    let (lock_path, _) = names(folder);
    if !lock_path.exists() {
        return Ok(false);
    }
    // Dropped after the lock below. On a read-only disk there is no probe to take, and no host that could start.
    let _probe = share_probe(folder).ok();
    let lock = File::open(&lock_path).map_err(|e| KeepError::io(&lock_path, "opened", e))?;
    match lock.try_lock_shared() {
        Ok(()) => {
            drop(Held(lock));
            Ok(false)
        }
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(source)) => Err(KeepError::io(&lock_path, "locked", source)),
    }
}

/// Has `then` called, in a thread that waits for it, once nobody holds the lock; with the error, if the lock can't be waited
/// for. The thread stays until then.
pub(super) fn when_free(
    folder: &Path,
    then: impl FnOnce(Result<(), KeepError>) + Send + 'static,
) -> Result<(), KeepError> {
    let (lock_path, _) = names(folder);
    // A host that starts meanwhile waits for the probe, which goes as soon as the lock was free once.
    let probe = share_probe(folder)?;
    when_unlocked(&lock_path, move |unlocked| {
        drop(probe);
        then(unlocked);
    })
}

fn when_unlocked(
    path: &Path,
    then: impl FnOnce(Result<(), KeepError>) + Send + 'static,
) -> Result<(), KeepError> {
    let lock = File::open(path).map_err(|e| KeepError::io(path, "opened", e))?;
    let of = path.to_path_buf();
    let wait = move || {
        let locked = lock.lock_shared();
        drop(Held(lock));
        then(locked.map_err(|source| KeepError::io(&of, "locked", source)));
    };
    let thread = std::thread::Builder::new().name("await-free".to_owned());
    thread
        .stack_size(STACK)
        .spawn(wait)
        .map(drop)
        .map_err(|source| KeepError::io(path, "waited for", source))
}

/// Waits until nobody holds the lock, at most so long; gives whether that came. A thread that waits in vain stays until
/// the holder ends: this is for programs that soon end themselves.
pub(super) fn await_free(folder: &Path, patience: Duration) -> Result<bool, KeepError> {
    let (free, freed) = sync_channel(1);
    when_free(folder, move |unlocked| {
        free.send(unlocked).unwrap_or_default();
    })?;
    within(patience, &freed)
}

/// The same for any file that is locked.
pub(super) fn await_unlocked(path: &Path, patience: Duration) -> Result<bool, KeepError> {
    let (free, freed) = sync_channel(1);
    when_unlocked(path, move |unlocked| {
        free.send(unlocked).unwrap_or_default();
    })?;
    within(patience, &freed)
}

fn within(patience: Duration, freed: &Receiver<Result<(), KeepError>>) -> Result<bool, KeepError> {
    match freed.recv_timeout(patience) {
        Ok(unlocked) => unlocked.map(|()| true),
        Err(_) => Ok(false),
    }
}

fn share_probe(folder: &Path) -> Result<Held, KeepError> {
    let (_, path) = names(folder);
    let probe = open(&path)?;
    match probe.lock_shared() {
        Ok(()) => Ok(Held(probe)),
        Err(source) => Err(KeepError::io(&path, "locked", source)),
    }
}

fn try_lock(folder: &Path) -> Result<Held, KeepError> {
    let (path, _) = names(folder);
    let lock = open(&path)?;
    match lock.try_lock() {
        Ok(()) => Ok(Held(lock)),
        Err(TryLockError::WouldBlock) => Err(KeepError::Busy {
            path: folder.to_path_buf(),
        }),
        Err(TryLockError::Error(source)) => Err(KeepError::io(&path, "locked", source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!is_held(folder.path()).expect("looked"), "nobody was here");
        let held = take(folder.path()).expect("free");
        assert!(is_held(folder.path()).expect("looked"));
        let error = take(folder.path()).expect_err("held").to_string();
        assert!(error.contains("running host"), "{error}");
        take_for_recovery(folder.path()).expect_err("held");
        drop(held);
        assert!(!is_held(folder.path()).expect("looked"));
        take(folder.path()).expect("free again");
    }

    #[test]
    fn who_only_looks_turns_nobody_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let (lock_path, probe_path) = names(folder.path());
        // Somebody in the middle of `is_held`.
        let probe = open(&probe_path).expect("opened");
        probe.lock_shared().expect("free");
        let lock = open(&lock_path).expect("opened");
        lock.try_lock_shared().expect("free");
        let host = std::thread::spawn({
            let folder = folder.path().to_path_buf();
            move || take(&folder).map(drop)
        });
        // Whenever the host tries: it is not turned away.
        drop(lock);
        drop(probe);
        host.join().expect("no panic").expect("the session is free");
    }

    #[test]
    fn an_end_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = take(folder.path()).expect("free");
        assert!(!await_free(folder.path(), Duration::ZERO).expect("looked"));
        let host = std::thread::spawn(move || drop(held));
        assert!(await_free(folder.path(), Duration::from_secs(60)).expect("looked"));
        host.join().expect("no panic");
        take(folder.path()).expect("nobody is in the way");
    }

    #[test]
    fn a_starting_host_waits_for_a_recovery() {
        let folder = tempfile::tempdir().expect("a folder");
        let recovery = take_for_recovery(folder.path()).expect("free");
        let host = std::thread::spawn({
            let folder = folder.path().to_path_buf();
            move || take(&folder).map(drop)
        });
        drop(recovery);
        host.join().expect("no panic").expect("it was over soon");
    }
}

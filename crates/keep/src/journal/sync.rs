//! Making a journal durable from another thread.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Makes a journal durable beside its writer. Entries survive the end of the host as soon as they are told; after
/// a power loss only those are there that were synced.
#[derive(Debug, Clone)]
pub struct JournalSync {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    file: File,
    written: AtomicU64,
    synced: Mutex<u64>,
}

impl JournalSync {
    pub(super) fn new(file: File, written: u64) -> Self {
        let shared = Shared {
            file,
            written: AtomicU64::new(written),
            synced: Mutex::new(0),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    pub(super) fn wrote(&self, last: u64) {
        self.shared.written.store(last, Ordering::Release);
    }

    /// Makes everything durable that is written by now; returns at once if it is already. Whoever sends entries to
    /// a reader that stores them calls this first: their numbers must not be used again after a power loss.
    ///
    /// # Errors
    /// If the system can't do it.
    pub fn sync(&self) -> io::Result<()> {
        let mut synced = self
            .shared
            .synced
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let written = self.shared.written.load(Ordering::Acquire);
        if *synced < written {
            self.shared.file.sync_data()?;
            *synced = written;
        }
        Ok(())
    }
}

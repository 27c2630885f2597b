//! The thread that makes durable what was written, so that a power loss costs at most five seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mainstay_keep::Syncer;
use mainstay_seams::{Alarm, Clock};

/// Time from a write to the sync that covers it; the sync itself takes its part of the five seconds.
const AFTER_WRITE: Duration = Duration::from_secs(4);

/// Asks for a sync.
#[derive(Debug, Default)]
pub(super) struct Sync {
    asked: AtomicBool,
    alarm: Alarm,
}

impl Sync {
    /// Something was written.
    pub(super) fn ask(&self) {
        if !self.asked.swap(true, Ordering::Relaxed) {
            self.alarm.ring();
        }
    }

    /// Syncs a while after each time it is asked to, for ever.
    pub(super) fn serve(&self, clock: &Arc<dyn Clock>, syncer: &Syncer) {
        let never_rings = Alarm::default();
        loop {
            clock.wait(&self.alarm, None);
            clock.wait(&never_rings, Some(clock.monotonic() + AFTER_WRITE));
            // Before the sync: what is written during it asks again.
            self.asked.store(false, Ordering::Relaxed);
            if let Err(error) = syncer.sync() {
                tracing::error!(%error, "what was written can't be made durable");
            }
        }
    }
}

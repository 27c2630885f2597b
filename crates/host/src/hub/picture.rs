//! Snapshots, as several viewers can share them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mainstay_protocol::Size;

use super::{Hub, PeerId, State};

/// Output after a snapshot from which on a new one is cheaper for the viewer.
const WORTH_SHARING: u64 = 32 * 1024;
/// Age from which on a viewer would see the past go by.
const FRESH: Duration = Duration::from_millis(20);

/// A snapshot.
#[derive(Debug)]
pub struct Picture {
    /// Where the view stream goes on.
    pub position: u64,
    /// Number of the line at the top of the screen.
    pub top_line: u64,
    /// Size of the terminal.
    pub size: Size,
    /// The snapshot.
    pub bytes: Vec<u8>,
    epoch: u64,
    taken: Duration,
}

impl Hub {
    /// A snapshot for this viewer, as far as it is still wanted: one that another viewer is just getting, or a new one that
    /// `take` appends; it gives the line at the top of the screen. The view stream goes on from it, if it was given up.
    /// Call it with the run's lock held.
    pub fn picture(
        &self,
        id: PeerId,
        take: impl FnOnce(&mut Vec<u8>) -> u64,
    ) -> Option<Arc<Picture>> {
        let mut state = self.state.lock();
        let now = self.clock.monotonic();
        state.slots.get(&id)?.view.as_ref()?;
        let picture = match state.shared_picture(now) {
            Some(picture) => picture,
            None => {
                let mut bytes = Vec::new();
                let top_line = take(&mut bytes);
                Arc::new(Picture {
                    position: state.ring.end(),
                    top_line,
                    size: state.size,
                    bytes,
                    epoch: state.epoch,
                    taken: now,
                })
            }
        };
        state.picture = Some(Arc::clone(&picture));
        if !self.viewing.swap(true, Ordering::Relaxed) {
            let missed = self.missed.swap(0, Ordering::Relaxed);
            state.flood.begin_anew(missed, now);
        }
        let epoch = state.epoch;
        let slot = state.slots.get_mut(&id)?;
        slot.view
            .as_mut()?
            .sent_snapshot(picture.position, epoch, now);
        Some(picture)
    }
}

impl State {
    fn shared_picture(&self, now: Duration) -> Option<Arc<Picture>> {
        let picture = self.picture.as_ref()?;
        let fresh = now.saturating_sub(picture.taken) <= FRESH;
        let follows = picture.position >= self.ring.start()
            && self.ring.end() - picture.position <= WORTH_SHARING;
        (picture.epoch == self.epoch && fresh && follows).then(|| Arc::clone(picture))
    }
}

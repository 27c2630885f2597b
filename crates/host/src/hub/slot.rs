//! What waits for one peer.

use std::sync::Arc;

use mainstay_link::Stream;
use parking_lot::Condvar;

use super::follow::Follow;
use super::view::View;

/// Names a peer for as long as the host lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub(super) u64);

/// One peer's place in the hub.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// Encoded frames that wait to be written: answers and whatever else must not be lost.
    pub(super) frames: Vec<u8>,
    pub(super) view: Option<View>,
    /// Where frames go that can be sent without waiting.
    pub(super) direct: Option<Stream>,
    /// The last journal entry it was sent, if it wants any.
    pub(super) journal: Option<u64>,
    /// It wants to know what is true of the run.
    pub(super) follow: Option<Follow>,
    /// The connection is over.
    pub(super) closed: bool,
    /// The writing thread waits for the bell.
    pub(super) waiting: bool,
    /// The writing thread writes something.
    pub(super) writing: bool,
    /// Wakes the writing thread.
    pub(super) bell: Arc<Condvar>,
    /// Wakes the reading thread that waits for room in `frames`.
    pub(super) room: Arc<Condvar>,
}

impl Slot {
    /// Wakes the writing thread if it waits; otherwise it looks by itself before it does.
    pub(super) fn wake(&mut self) {
        if std::mem::take(&mut self.waiting) {
            self.bell.notify_one();
        }
    }

    pub(super) fn take_frames(&mut self, buffer: &mut Vec<u8>) {
        if !self.frames.is_empty() {
            std::mem::swap(&mut self.frames, buffer);
            self.room.notify_all();
        }
    }
}

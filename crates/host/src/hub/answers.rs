//! Frames that must not be lost: answers to what a peer asked.

use std::sync::Arc;

use mainstay_protocol::frame::FromHost;

use super::work::put;
use super::{Hub, PeerId};

/// Bytes of frames that may wait for one peer before its requests are read more slowly.
const MAX_WAITING: usize = 1024 * 1024;

impl Hub {
    /// Sends a frame to a peer, after those that wait already.
    pub fn send(&self, id: PeerId, frame: &FromHost) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            put(frame, &mut slot.frames);
            slot.wake();
        }
    }

    /// Waits until no more than a bounded number of bytes waits for the peer; false once it is gone. This is what slows down
    /// a peer that asks faster than it reads.
    #[must_use]
    pub fn has_room(&self, id: PeerId) -> bool {
        let mut state = self.state.lock();
        loop {
            match state.slots.get(&id) {
                None => return false,
                Some(slot) if slot.closed => return false,
                Some(slot) if slot.frames.len() < MAX_WAITING => return true,
                Some(slot) => {
                    let room = Arc::clone(&slot.room);
                    room.wait(&mut state);
                }
            }
        }
    }
}

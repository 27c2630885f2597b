//! Sending at once what needs no waiting.
//!
//! The echo of a key is a few bytes for a socket that has room, and the writing thread that would send them is one more
//! thread to be woken on the way. So whoever publishes sends them itself, where that can't wait and the writing thread has
//! nothing to do: frames keep their order, for the writing thread never has any of them then.

use std::time::Duration;

use super::work::Work;
use super::{PeerId, State};

/// Most bytes that are sent to one peer in this way: more is a writing thread's work, while the reader reads on.
const MOST: usize = 16 * 1024;

impl State {
    /// Sends to the viewers what they can take at once and has their writing threads do the rest.
    pub(super) fn serve_viewers(&mut self, now: Duration) {
        let mut from = PeerId(0);
        while let Some((&id, slot)) = self.slots.range(from..).next() {
            // A thread that does not wait looks by itself before it does.
            let waits = slot.waiting && slot.view.is_some();
            from = PeerId(id.0 + 1);
            if waits
                && !self.sent_all(id, now)
                && let Some(slot) = self.slots.get_mut(&id)
            {
                slot.wake();
            }
        }
    }

    /// Whether everything that is due for a peer is sent by now, its writing thread being idle.
    fn sent_all(&mut self, id: PeerId, now: Duration) -> bool {
        if self.slots.get(&id).is_none_or(|slot| slot.direct.is_none()) {
            return false;
        }
        let mut outgoing = std::mem::take(&mut self.outgoing);
        let mut sent = 0;
        let all = loop {
            outgoing.clear();
            match self.next_work(id, &mut outgoing, now) {
                (None, None) => break true,
                (Some(Work::Write), _) => {
                    if !self.send_now(id, &outgoing) {
                        break false;
                    }
                    sent += outgoing.len();
                }
                _ => break false,
            }
            if sent >= MOST {
                break false;
            }
        };
        // What one large frame needed is not kept for ever.
        if outgoing.capacity() <= 4 * MOST {
            self.outgoing = outgoing;
        }
        all
    }

    /// What the socket does not take stays for the writing thread, before everything else. So does what can't be sent at all:
    /// that thread finds out why.
    fn send_now(&mut self, id: PeerId, bytes: &[u8]) -> bool {
        let Some(slot) = self.slots.get_mut(&id) else {
            return false;
        };
        let sent = slot.direct.as_ref().and_then(|to| to.send_now(bytes).ok());
        let rest = bytes.get(sent.unwrap_or(0)..).unwrap_or_default();
        slot.frames.splice(..0, rest.iter().copied());
        rest.is_empty()
    }
}

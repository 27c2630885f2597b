//! What the writing threads ask.

use std::sync::Arc;
use std::time::Duration;

use mainstay_protocol::Size;
use mainstay_protocol::frame::{FromHost, Note, from_host};
use mainstay_protocol::state::Screen;

use super::ring::Ring;
use super::view::{Step, View};
use super::{Hub, PeerId, State};

/// What a peer's writing thread is to do next.
#[derive(Debug)]
pub enum Work {
    /// Write what is in the buffer.
    Write,
    /// Make the journal durable, then write its entries after this one ([`Hub::take_entries`]).
    Journal {
        /// The last entry the peer has.
        after: u64,
    },
    /// Write what is true of the run now ([`Hub::tell_state`]).
    State,
    /// Take a snapshot ([`Hub::picture`]) and write it.
    Snapshot,
    /// The peer is gone.
    Close,
}

impl Hub {
    /// What [`Hub::work`] gave last is written.
    pub fn wrote(&self, id: PeerId) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.writing = false;
        }
    }

    /// Waits for something to do for this peer. Frames go to `buffer`, which is emptied first.
    pub fn work(&self, id: PeerId, buffer: &mut Vec<u8>) -> Work {
        buffer.clear();
        let mut state = self.state.lock();
        loop {
            let now = self.clock.monotonic();
            let (work, until) = state.next_work(id, buffer, now);
            if let Some(work) = work {
                if let Some(slot) = state.slots.get_mut(&id) {
                    slot.writing = true;
                }
                return work;
            }
            let Some(slot) = state.slots.get_mut(&id) else {
                return Work::Close;
            };
            slot.waiting = true;
            let bell = Arc::clone(&slot.bell);
            match until {
                Some(until) => {
                    bell.wait_for(&mut state, until.saturating_sub(now));
                }
                None => bell.wait(&mut state),
            }
            if let Some(slot) = state.slots.get_mut(&id) {
                slot.waiting = false;
            }
        }
    }
}

impl State {
    /// What is due for this peer; if nothing is, until when.
    pub(super) fn next_work(
        &mut self,
        id: PeerId,
        buffer: &mut Vec<u8>,
        now: Duration,
    ) -> (Option<Work>, Option<Duration>) {
        let controller = self.controller();
        let changes = self.changes;
        let Some(slot) = self.slots.get_mut(&id) else {
            return (Some(Work::Close), None);
        };
        if slot.closed {
            return (Some(Work::Close), None);
        }
        slot.take_frames(buffer);
        if !buffer.is_empty() {
            return (Some(Work::Write), None);
        }
        if let Some(after) = slot.journal
            && after < self.last_seq
        {
            return (Some(Work::Journal { after }), None);
        }
        let mut until;
        match slot.follow.as_ref().and_then(|follow| follow.due(changes)) {
            Some(at) if at <= now => return (Some(Work::State), None),
            later => until = later,
        }
        if let Some(view) = &mut slot.view {
            let mine = controller == Some(id);
            tell_moment(
                view,
                mine,
                self.size,
                (&self.screen, self.screen_version),
                buffer,
            );
            match view.next(&self.ring, self.epoch, now) {
                Step::Output(from, to) => {
                    put_output(&self.ring, from, to, buffer);
                    view.sent_output(to);
                }
                // What was told of the moment is written first.
                Step::Snapshot if buffer.is_empty() => return (Some(Work::Snapshot), None),
                Step::NotBefore(time) => until = Some(until.map_or(time, |at| at.min(time))),
                Step::Snapshot | Step::Nothing => {}
            }
            if let Some(outcome) = &self.ended
                && !view.ended_told
                && view.has_all(&self.ring)
            {
                view.ended_told = true;
                put(&FromHost::Ended(outcome.clone()), buffer);
            }
        }
        if buffer.is_empty() {
            (None, until)
        } else {
            (Some(Work::Write), None)
        }
    }
}

pub(super) fn put(frame: &FromHost, buffer: &mut Vec<u8>) {
    if let Err(error) = frame.encode(buffer) {
        tracing::error!(%error, "a frame is too long");
    }
}

fn put_output(ring: &Ring, from: u64, to: u64, buffer: &mut Vec<u8>) {
    let (first, second) = ring.slices(from, to);
    let middle = from + first.len() as u64;
    for (position, part) in [(from, first), (middle, second)] {
        if !part.is_empty()
            && let Err(error) = from_host::put_output(buffer, position, part)
        {
            tracing::error!(%error, "a frame is too long");
        }
    }
}

/// What is true now and what just happened, as far as this viewer does not know it.
fn tell_moment(
    view: &mut View,
    mine: bool,
    size: Size,
    (screen, version): (&Arc<Screen>, u64),
    buffer: &mut Vec<u8>,
) {
    if view.control_told != Some((mine, size)) {
        view.control_told = Some((mine, size));
        put(&FromHost::Note(Note::Control { mine, size }), buffer);
    }
    for note in view.notes.drain(..) {
        put(&FromHost::Note(note), buffer);
    }
    if view.screen_seen != version {
        view.screen_seen = version;
        put(&FromHost::Screen(Screen::clone(screen)), buffer);
    }
}

//! Where what the program prints meets those who want it.
//!
//! The hub holds, behind one lock, the newest bytes of the view stream, the newest journal entries and one slot per peer. The
//! reading thread puts things in ([`publish`]); what a peer's socket takes at once it also sends ([`direct`]), for everything
//! else it wakes the peer's writing thread, which asks for its next [`Work`] ([`work`]). The lock is held for copying or
//! sending at most one frame, never while anything is waited for; so what a peer does or does not do is no concern of the
//! program or of other peers.
//!
//! Lock order: the run's lock ([`crate::run::Core`]), that of the input, then this one.

mod answers;
mod direct;
mod flood;
mod follow;
mod journal;
mod picture;
mod publish;
mod ring;
mod slot;
#[cfg(test)]
mod tests;
mod view;
mod viewers;
mod work;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mainstay_link::Stream;
use mainstay_protocol::Size;
use mainstay_protocol::journal::Entry;
use mainstay_protocol::outcome::Outcome;
use mainstay_protocol::state::Screen;
use mainstay_seams::Clock;
use parking_lot::Mutex;

pub(crate) use flood::Flood;
use follow::Changes;
pub use picture::Picture;
use ring::Ring;
pub use slot::PeerId;
use slot::Slot;
pub use work::Work;

/// See the module's documentation.
#[derive(Debug)]
pub struct Hub {
    state: Mutex<State>,
    /// The view stream is made: somebody follows it. Read for every piece of output, so it is no part of the state.
    viewing: AtomicBool,
    /// Bytes of output since the stream was given up. Counted for every piece of output, too.
    missed: AtomicU64,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct State {
    ring: Ring,
    flood: Flood,
    slots: BTreeMap<PeerId, Slot>,
    next_peer: u64,
    size: Size,
    /// The size that somebody gave the terminal, in place of what the viewer in control wishes.
    given: Option<Size>,
    /// Counts the changes of the size.
    epoch: u64,
    screen: Arc<Screen>,
    screen_version: u64,
    /// Counts input and focus.
    activity: u64,
    changes: Changes,
    entries: VecDeque<Entry>,
    last_seq: u64,
    acked_seq: u64,
    ended: Option<Outcome>,
    picture: Option<Arc<Picture>>,
    /// What is being sent at once; used again.
    outgoing: Vec<u8>,
}

impl Hub {
    /// A hub for a run whose journal has `last_seq` entries.
    #[must_use]
    pub fn new(size: Size, screen: Screen, last_seq: u64, clock: Arc<dyn Clock>) -> Self {
        Self {
            state: Mutex::new(State {
                ring: Ring::default(),
                flood: Flood::default(),
                slots: BTreeMap::new(),
                next_peer: 1,
                size,
                given: None,
                epoch: 1,
                screen: Arc::new(screen),
                screen_version: 1,
                activity: 0,
                changes: Changes::default(),
                entries: VecDeque::new(),
                last_seq,
                acked_seq: 0,
                ended: None,
                picture: None,
                outgoing: Vec::new(),
            }),
            viewing: AtomicBool::new(false),
            missed: AtomicU64::new(0),
            clock,
        }
    }

    /// A peer has arrived. What can be sent without waiting goes to `direct`, if there is one, while the peer's writing
    /// thread has nothing to do.
    pub fn join(&self, direct: Option<Stream>) -> PeerId {
        let mut state = self.state.lock();
        let id = PeerId(state.next_peer);
        state.next_peer += 1;
        let slot = Slot {
            direct,
            ..Slot::default()
        };
        state.slots.insert(id, slot);
        id
    }

    /// A peer is gone. True if the size may change by it.
    pub fn leave(&self, id: PeerId) -> bool {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.closed = true;
            slot.wake();
        }
        let left = state.slots.remove(&id);
        self.forget_view_if_unused(&mut state);
        let was_viewer = left.is_some_and(|slot| slot.view.is_some());
        if was_viewer {
            state.changed();
        }
        was_viewer
    }

    /// Ends the connection of a peer whose stream broke: its writing thread is told to close.
    pub fn close(&self, id: PeerId) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.closed = true;
            slot.wake();
            slot.room.notify_all();
        }
    }

    /// Number of peers, and of viewers among them.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let state = self.state.lock();
        let viewers = state
            .slots
            .values()
            .filter(|slot| slot.view.is_some())
            .count();
        (state.slots.len(), viewers)
    }

    /// Whether any peer still waits for something that was sent to it or is due.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        let state = self.state.lock();
        state.slots.values().all(|slot| {
            let told = slot.view.as_ref().is_none_or(|view| view.ended_told);
            let journal = slot.journal.is_none_or(|seq| seq >= state.last_seq);
            !slot.writing && slot.frames.is_empty() && told && journal
        })
    }

    fn is_viewing(&self) -> bool {
        self.viewing.load(Ordering::Relaxed)
    }

    /// Nobody follows the output, or nobody can: forgets it until somebody gets a snapshot.
    fn pause_view(&self, state: &mut State) {
        self.viewing.store(false, Ordering::Relaxed);
        state.ring.clear();
        state.picture = None;
        for slot in state.slots.values_mut() {
            if let Some(view) = &mut slot.view {
                view.make_stale();
            }
        }
    }

    fn forget_view_if_unused(&self, state: &mut State) {
        if !state.has_viewers() {
            self.pause_view(state);
        }
    }
}

impl State {
    fn has_viewers(&self) -> bool {
        self.slots.values().any(|slot| slot.view.is_some())
    }

    /// The viewer that decides the size: the one that last typed or gained the focus.
    fn controller(&self) -> Option<PeerId> {
        let views = self
            .slots
            .iter()
            .filter_map(|(id, slot)| Some((id, slot.view.as_ref()?)));
        views
            .filter(|(_, view)| view.active > 0)
            .max_by_key(|(_, view)| view.active)
            .map(|(id, _)| *id)
    }

    fn wake(&mut self, whom: impl Fn(&Slot) -> bool) {
        for slot in self.slots.values_mut() {
            if whom(slot) {
                slot.wake();
            }
        }
    }
}

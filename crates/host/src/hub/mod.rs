//! Where what the program prints meets those who want it.
//!
//! The hub holds, behind one lock, the newest bytes of the view stream, the newest journal entries and one slot per peer. The
//! reading thread puts things in and wakes whoever waits for them; each peer's writing thread asks for its next [`Work`]. The
//! lock is held for copying at most one frame, never while anything is written or waited for; so what a peer does or does
//! not do is no concern of the program or of other peers.
//!
//! Lock order: the run's lock ([`crate::run::Core`]), then this one.

mod ring;
mod slot;
mod view;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mainstay_protocol::Size;
use mainstay_protocol::frame::{FromHost, Note, OpenView, from_host};
use mainstay_protocol::journal::Entry;
use mainstay_protocol::outcome::Outcome;
use mainstay_protocol::state::Screen;
use mainstay_seams::Clock;
use parking_lot::Mutex;

use ring::Ring;
pub use slot::PeerId;
use slot::Slot;
use view::{Step, View};

/// Journal entries kept in memory; older ones are read from the disk.
const MAX_ENTRIES: usize = 512;
/// Bytes of frames that may wait for one peer before its requests are read more slowly.
const MAX_WAITING: usize = 1024 * 1024;

/// See the module's documentation.
#[derive(Debug)]
pub struct Hub {
    state: Mutex<State>,
    /// Somebody follows the output. Read for every piece of output, so it is no part of the state.
    viewing: AtomicBool,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct State {
    ring: Ring,
    slots: BTreeMap<PeerId, Slot>,
    next_peer: u64,
    size: Size,
    /// Counts the changes of the size.
    epoch: u64,
    screen: Arc<Screen>,
    screen_version: u64,
    /// Counts input and focus.
    activity: u64,
    entries: VecDeque<Entry>,
    last_seq: u64,
    acked_seq: u64,
    ended: Option<Outcome>,
    picture: Option<Arc<Picture>>,
}

/// A snapshot as several viewers can share it.
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
    /// Take a snapshot ([`Hub::picture`]) and write it.
    Snapshot,
    /// The peer is gone.
    Close,
}

impl Hub {
    /// A hub for a run whose journal has `last_seq` entries.
    #[must_use]
    pub fn new(size: Size, screen: Screen, last_seq: u64, clock: Arc<dyn Clock>) -> Self {
        Self {
            state: Mutex::new(State {
                ring: Ring::default(),
                slots: BTreeMap::new(),
                next_peer: 1,
                size,
                epoch: 1,
                screen: Arc::new(screen),
                screen_version: 1,
                activity: 0,
                entries: VecDeque::new(),
                last_seq,
                acked_seq: 0,
                ended: None,
                picture: None,
            }),
            viewing: AtomicBool::new(false),
            clock,
        }
    }

    // What the run puts in.

    /// Whether anybody follows the output, so that it need be made safe for viewers at all.
    #[must_use]
    pub fn wants_view(&self) -> bool {
        self.viewing.load(Ordering::Relaxed)
    }

    /// Output for viewers, ending between whole sequences, and what goes with it. Call it with the run's lock held.
    pub fn publish(&self, view: &[u8], notes: &[Note]) {
        if view.is_empty() && notes.is_empty() {
            return;
        }
        let mut state = self.state.lock();
        if self.wants_view() && !view.is_empty() {
            state.ring.push(view);
        }
        let controller = state.controller();
        let State {
            ring, slots, epoch, ..
        } = &mut *state;
        let mut anyone = false;
        for (id, slot) in slots.iter_mut() {
            let Some(view) = &mut slot.view else { continue };
            anyone |= view.follows(ring, *epoch);
            for note in notes {
                let secret = matches!(note, Note::Clipboard { .. });
                if !secret || controller == Some(*id) {
                    view.note(note);
                }
            }
            slot.wake();
        }
        if !anyone && self.wants_view() {
            self.pause_view(&mut state);
        }
    }

    /// New journal entries, on disk already.
    pub fn publish_entries(&self, entries: &[Entry]) {
        let mut state = self.state.lock();
        for entry in entries {
            state.last_seq = state.last_seq.max(entry.seq);
            state.entries.push_back(entry.clone());
        }
        while state.entries.len() > MAX_ENTRIES {
            state.entries.pop_front();
        }
        state.wake(|slot| slot.journal.is_some());
    }

    /// What the screen says of itself changed.
    pub fn publish_screen(&self, screen: Screen) {
        let mut state = self.state.lock();
        if *state.screen != screen {
            state.screen = Arc::new(screen);
            state.screen_version += 1;
            state.wake(|slot| slot.view.is_some());
        }
    }

    /// The terminal has another size now. Call it with the run's lock held.
    pub fn resized(&self, size: Size) {
        let mut state = self.state.lock();
        state.size = size;
        state.epoch += 1;
        self.pause_view(&mut state);
        state.wake(|slot| slot.view.is_some());
    }

    /// The run ended. Viewers are told after the last output.
    pub fn ended(&self, outcome: Outcome) {
        let mut state = self.state.lock();
        state.ended = Some(outcome);
        state.wake(|_| true);
    }

    /// Nobody follows the output: forgets it until somebody gets a snapshot.
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

    // What the peers do.

    /// A peer has arrived.
    pub fn join(&self) -> PeerId {
        let mut state = self.state.lock();
        let id = PeerId(state.next_peer);
        state.next_peer += 1;
        state.slots.insert(id, Slot::default());
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
        left.is_some_and(|slot| slot.view.is_some())
    }

    fn forget_view_if_unused(&self, state: &mut State) {
        if state.slots.values().all(|slot| slot.view.is_none()) {
            self.pause_view(state);
        }
    }

    /// A peer becomes a viewer.
    pub fn open_view(&self, id: PeerId, open: &OpenView) {
        let mut state = self.state.lock();
        let takes_control = open.focused || state.controller().is_none();
        let mut view = View::new(open);
        if takes_control {
            state.activity += 1;
            view.active = state.activity;
        }
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.view = Some(view);
        }
        state.wake(|slot| slot.view.is_some());
    }

    /// A viewer is none any more.
    pub fn close_view(&self, id: PeerId) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.view = None;
        }
        self.forget_view_if_unused(&mut state);
        state.wake(|slot| slot.view.is_some());
    }

    /// A viewer has shown everything up to here.
    pub fn ack_view(&self, id: PeerId, position: u64) {
        self.with_view(id, |view, _| view.ack(position));
    }

    /// A viewer would like this size.
    pub fn wish(&self, id: PeerId, size: Size) {
        self.with_view(id, |view, _| view.wish = Some(size));
    }

    /// A viewer has typed something or got the focus: it decides the size from now on.
    pub fn touch(&self, id: PeerId) {
        self.with_view(id, |view, activity| {
            // Typing on changes nothing.
            if view.active != *activity {
                *activity += 1;
                view.active = *activity;
            }
        });
    }

    fn with_view(&self, id: PeerId, f: impl FnOnce(&mut View, &mut u64)) {
        let mut state = self.state.lock();
        let before = state.controller();
        let State {
            slots, activity, ..
        } = &mut *state;
        if let Some(slot) = slots.get_mut(&id)
            && let Some(view) = &mut slot.view
        {
            f(view, activity);
            slot.wake();
        }
        if state.controller() != before {
            state.wake(|slot| slot.view.is_some());
        }
    }

    /// The size the terminal should have, if that is another than it has.
    #[must_use]
    pub fn wanted_size(&self) -> Option<Size> {
        let state = self.state.lock();
        let controller = state.controller()?;
        let wish = state.slots.get(&controller)?.view.as_ref()?.wish?;
        (wish != state.size).then_some(wish)
    }

    /// A peer wants the journal after this entry.
    pub fn open_journal(&self, id: PeerId, after: u64) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.journal = Some(after);
            slot.wake();
        }
    }

    /// Somebody has stored the journal up to this entry. True if that is all of it.
    pub fn ack_journal(&self, seq: u64) -> bool {
        let mut state = self.state.lock();
        state.acked_seq = state.acked_seq.max(seq);
        state.acked_seq >= state.last_seq
    }

    /// Whether the whole journal is stored by somebody.
    #[must_use]
    pub fn journal_is_acked(&self) -> bool {
        let state = self.state.lock();
        state.acked_seq >= state.last_seq
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

    /// Number of the newest journal entry.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.state.lock().last_seq
    }

    /// Sends a frame to a peer, after those that wait already.
    pub fn send(&self, id: PeerId, frame: &FromHost) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            if let Err(error) = frame.encode(&mut slot.frames) {
                tracing::error!(%error, "a frame is too long");
            }
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

    /// Ends the connection of a peer whose stream broke: its writing thread is told to close.
    pub fn close(&self, id: PeerId) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.closed = true;
            slot.wake();
            slot.room.notify_all();
        }
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

    // What the writing threads ask.

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

    /// A snapshot for this viewer, as far as it is still wanted: one that another viewer is just getting, or a new one that
    /// `take` appends; it gives the line at the top of the screen. Call it with the run's lock held.
    pub fn picture(
        &self,
        id: PeerId,
        take: impl FnOnce(&mut Vec<u8>) -> u64,
    ) -> Option<Arc<Picture>> {
        /// Output after a snapshot from which on a new one is cheaper for the viewer.
        const WORTH_SHARING: u64 = 32 * 1024;
        /// Age from which on a viewer would see the past go by.
        const FRESH: Duration = Duration::from_millis(20);

        let mut state = self.state.lock();
        let now = self.clock.monotonic();
        let (size, epoch, end) = (state.size, state.epoch, state.ring.end());
        state.slots.get(&id)?.view.as_ref()?;
        let shared = state.picture.as_ref().filter(|picture| {
            let fresh = now.saturating_sub(picture.taken) <= FRESH;
            picture.epoch == epoch && fresh && end - picture.position <= WORTH_SHARING
        });
        let picture = match shared {
            Some(picture) if picture.position >= state.ring.start() => Arc::clone(picture),
            _ => {
                let mut bytes = Vec::new();
                let top_line = take(&mut bytes);
                Arc::new(Picture {
                    position: end,
                    top_line,
                    size,
                    bytes,
                    epoch,
                    taken: now,
                })
            }
        };
        state.picture = Some(Arc::clone(&picture));
        self.viewing.store(true, Ordering::Relaxed);
        let slot = state.slots.get_mut(&id)?;
        slot.view
            .as_mut()?
            .sent_snapshot(picture.position, epoch, now);
        Some(picture)
    }

    /// The journal entries after this one that are still in memory, some of them at once; nothing if the first is not.
    #[must_use]
    pub fn take_entries(&self, after: u64) -> Option<Vec<Entry>> {
        /// Entries in one frame.
        const AT_ONCE: usize = 64;

        let state = self.state.lock();
        let first = state
            .entries
            .iter()
            .position(|entry| entry.seq == after + 1)?;
        Some(
            state
                .entries
                .iter()
                .skip(first)
                .take(AT_ONCE)
                .cloned()
                .collect(),
        )
    }

    /// The peer was sent the journal up to this entry.
    pub fn sent_entries(&self, id: PeerId, upto: u64) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.journal = slot.journal.map(|seq| seq.max(upto));
        }
    }
}

impl State {
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

    /// What is due for this peer; if nothing is, until when.
    fn next_work(
        &mut self,
        id: PeerId,
        buffer: &mut Vec<u8>,
        now: Duration,
    ) -> (Option<Work>, Option<Duration>) {
        let controller = self.controller();
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
        let mut until = None;
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
                Step::NotBefore(time) => until = Some(time),
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

fn put(frame: &FromHost, buffer: &mut Vec<u8>) {
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

//! What viewers do: they come and go, acknowledge, and decide the size.

use std::sync::atomic::Ordering;

use mainstay_protocol::Size;
use mainstay_protocol::frame::OpenView;

use super::flood::Flood;
use super::view::{Step, View};
use super::{Hub, PeerId, State};

impl Hub {
    /// A peer becomes a viewer, or wants a fresh snapshot.
    pub fn open_view(&self, id: PeerId, open: &OpenView) {
        let mut state = self.state.lock();
        if !state.has_viewers() {
            // What was printed while nobody looked is no flood for who comes now.
            state.flood = Flood::default();
            self.missed.store(0, Ordering::Relaxed);
        }
        let takes_control = open.focused || state.controller().is_none();
        let mut view = View::new(open);
        if takes_control {
            state.activity += 1;
            view.active = state.activity;
            state.given = None;
        }
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.view = Some(view);
        }
        state.wake(|slot| slot.view.is_some());
        state.changed();
    }

    /// A viewer is none any more.
    pub fn close_view(&self, id: PeerId) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.view = None;
        }
        self.forget_view_if_unused(&mut state);
        state.wake(|slot| slot.view.is_some());
        state.changed();
    }

    /// A viewer has shown everything up to here.
    pub fn ack_view(&self, id: PeerId, position: u64) {
        let mut state = self.state.lock();
        let now = self.clock.monotonic();
        let State {
            slots, ring, epoch, ..
        } = &mut *state;
        let Some(slot) = slots.get_mut(&id) else {
            return;
        };
        let Some(view) = &mut slot.view else { return };
        view.ack(position);
        if view.next(ring, *epoch, now) != Step::Nothing {
            slot.wake();
        }
    }

    /// Nothing is read from this peer while its input has no room, so no acks either; or they are read again.
    pub fn goes_unheard(&self, id: PeerId, unheard: bool) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id)
            && let Some(view) = &mut slot.view
        {
            view.unheard = unheard;
            slot.wake();
        }
    }

    /// A viewer would like this size.
    pub fn wish(&self, id: PeerId, size: Size) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id)
            && let Some(view) = &mut slot.view
        {
            view.wish = Some(size);
        }
        if state.controller() == Some(id) {
            state.given = None;
        }
    }

    /// Somebody gives the terminal a size, without being a viewer. It counts until a viewer takes control, or the one in control
    /// does something.
    pub fn give_size(&self, size: Size) {
        self.state.lock().given = Some(size);
    }

    /// A viewer has typed something or got the focus: it decides the size from now on.
    pub fn touch(&self, id: PeerId) {
        let mut state = self.state.lock();
        // Typing on changes nothing, and wakes nobody.
        if state.controller() == Some(id) {
            state.given = None;
            return;
        }
        state.activity += 1;
        let activity = state.activity;
        if let Some(slot) = state.slots.get_mut(&id)
            && let Some(view) = &mut slot.view
        {
            view.active = activity;
            state.given = None;
            state.wake(|slot| slot.view.is_some());
        }
    }

    /// The size the terminal should have, if that is another than it has.
    #[must_use]
    pub fn wanted_size(&self) -> Option<Size> {
        let state = self.state.lock();
        let wished = || {
            let controller = state.controller()?;
            state.slots.get(&controller)?.view.as_ref()?.wish
        };
        let wish = state.given.or_else(wished)?;
        (wish != state.size).then_some(wish)
    }
}

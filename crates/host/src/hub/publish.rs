//! What the run puts in: output and what goes with it, the size, the end.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use mainstay_protocol::Size;
use mainstay_protocol::frame::Note;
use mainstay_protocol::outcome::Outcome;
use mainstay_protocol::state::Screen;

use super::{Hub, State};

impl Hub {
    /// Whether anybody follows the output, so that the next `bytes` of it need be made safe for viewers at all.
    #[must_use]
    pub fn wants_view(&self, bytes: usize) -> bool {
        let viewing = self.is_viewing();
        if !viewing {
            self.missed.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        viewing
    }

    /// Output for viewers, ending between whole sequences, and what goes with it. Call it with the run's lock held.
    pub fn publish(&self, view: &[u8], notes: &[Note]) {
        if view.is_empty() && notes.is_empty() {
            return;
        }
        let mut state = self.state.lock();
        let now = self.clock.monotonic();
        state.note(notes);
        if self.is_viewing() {
            let follows = state.flood.admits(view.len(), now) && {
                state.ring.push(view);
                state.anyone_follows()
            };
            if !follows {
                self.pause_view(&mut state);
            }
        }
        state.serve_viewers(now);
    }

    /// What the screen says of itself changed.
    pub fn publish_screen(&self, screen: Screen) {
        let mut state = self.state.lock();
        if *state.screen != screen {
            state.screen = Arc::new(screen);
            state.screen_version += 1;
            state.wake(|slot| slot.view.is_some());
            state.changed();
        }
    }

    /// The session is in another folder now.
    pub fn moved(&self) {
        self.state.lock().changed();
    }

    /// The terminal has another size now. Call it with the run's lock held.
    pub fn resized(&self, size: Size) {
        let mut state = self.state.lock();
        state.size = size;
        state.epoch += 1;
        self.pause_view(&mut state);
        state.wake(|slot| slot.view.is_some());
        state.changed();
    }

    /// The run ended. Viewers are told after the last output.
    pub fn ended(&self, outcome: Outcome) {
        let mut state = self.state.lock();
        state.ended = Some(outcome);
        state.wake(|_| true);
    }
}

impl State {
    fn note(&mut self, notes: &[Note]) {
        if notes.is_empty() {
            return;
        }
        let controller = self.controller();
        for (id, slot) in &mut self.slots {
            let Some(view) = &mut slot.view else { continue };
            for note in notes {
                let secret = matches!(note, Note::Clipboard { .. });
                if !secret || controller == Some(*id) {
                    view.note(note);
                }
            }
        }
    }

    fn anyone_follows(&mut self) -> bool {
        let mut anyone = false;
        for slot in self.slots.values_mut() {
            if let Some(view) = &mut slot.view {
                anyone |= view.follows(&self.ring, self.epoch);
            }
        }
        anyone
    }
}

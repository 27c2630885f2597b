//! Peers that want to know what is true of the run without being viewers: the manager, for its lists.

use std::time::Duration;

use super::{Hub, PeerId, State};

/// Shortest pause between two tellings, whatever the peer asks for.
const SHORTEST: Duration = Duration::from_millis(100);
/// By how much longer the pause is where nothing but the time of the last activity changed.
const IDLE_FACTOR: u32 = 15;

/// What one peer was told, and when.
#[derive(Debug)]
pub(super) struct Follow {
    every: Duration,
    told: Option<Told>,
}

#[derive(Debug, Clone, Copy)]
struct Told {
    at: Duration,
    facts: u64,
    activity: u64,
}

/// How often something changed since the host began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Changes {
    /// What the screen says, the size, who looks.
    facts: u64,
    /// Output came, or input.
    activity: u64,
}

impl Follow {
    /// When the peer is to be told, which may be long ago; nothing if it knows everything.
    pub(super) fn due(&self, changes: Changes) -> Option<Duration> {
        let Some(told) = self.told else {
            return Some(Duration::ZERO);
        };
        if told.facts != changes.facts {
            Some(told.at + self.every)
        } else if told.activity != changes.activity {
            Some(told.at + self.every * IDLE_FACTOR)
        } else {
            None
        }
    }

    fn tell(&mut self, changes: Changes, now: Duration) {
        self.told = Some(Told {
            at: now,
            facts: changes.facts,
            activity: changes.activity,
        });
    }
}

impl Hub {
    /// A peer wants to be told of the run's state: now, and after each change, at most once in that time.
    pub fn follow(&self, id: PeerId, every_ms: u32) {
        let mut state = self.state.lock();
        if let Some(slot) = state.slots.get_mut(&id) {
            slot.follow = Some(Follow {
                every: Duration::from_millis(u64::from(every_ms)).max(SHORTEST),
                told: None,
            });
            slot.wake();
        }
    }

    /// The peer is about to be told what is true from now on.
    pub fn tell_state(&self, id: PeerId) {
        let mut state = self.state.lock();
        let changes = state.changes;
        if let Some(slot) = state.slots.get_mut(&id)
            && let Some(follow) = &mut slot.follow
        {
            follow.tell(changes, self.clock.monotonic());
        }
    }

    /// There was output or input.
    pub fn was_active(&self) {
        let mut state = self.state.lock();
        state.changes.activity += 1;
        state.wake(|slot| slot.follow.is_some());
    }
}

impl State {
    /// Something changed that those who follow want to know.
    pub(super) fn changed(&mut self) {
        self.changes.facts += 1;
        self.wake(|slot| slot.follow.is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn changes_are_told_at_their_pace() {
        let mut follow = Follow {
            every: s(2),
            told: None,
        };
        let mut changes = Changes::default();
        assert_eq!(follow.due(changes), Some(s(0)), "at once at first");
        follow.tell(changes, s(10));
        assert_eq!(follow.due(changes), None, "nothing is new");
        changes.facts += 1;
        assert_eq!(follow.due(changes), Some(s(12)), "after the pause");
        follow.tell(changes, s(12));
        changes.activity += 1;
        assert_eq!(follow.due(changes), Some(s(42)), "this may wait");
        changes.facts += 1;
        assert_eq!(follow.due(changes), Some(s(14)), "this not so long");
    }
}

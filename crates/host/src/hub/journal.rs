//! The journal, as peers are sent it.

use mainstay_protocol::journal::Entry;

use super::{Hub, PeerId};

/// Journal entries kept in memory; older ones are read from the disk.
const MAX_ENTRIES: usize = 512;
/// Entries in one frame.
const AT_ONCE: usize = 64;

impl Hub {
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

    /// Number of the newest journal entry.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.state.lock().last_seq
    }

    /// The journal entries after this one that are still in memory, some of them at once; nothing if the first is not.
    #[must_use]
    pub fn take_entries(&self, after: u64) -> Option<Vec<Entry>> {
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

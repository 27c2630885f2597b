//! What one viewer gets next: the flow control of the view stream, without I/O.
//!
//! A viewer acknowledges what it has shown. At most its window is on the way unacknowledged. A viewer that falls behind
//! the ring, that the terminal's size changed under, or that a flood went by ([`super::flood`]), is *stale*: it gets no
//! output any more, but a snapshot, and that only once it has acknowledged nearly all that was sent and the snapshot
//! before. So a viewer that is stuck gets nothing more and costs nothing, and one that catches up is right again with one
//! snapshot.

use std::time::Duration;

use mainstay_protocol::Size;
use mainstay_protocol::frame::{Note, OpenView};

use super::ring::Ring;

/// Least time between two snapshots of one viewer, so also the pace at which a flood is shown: 30 times a second looks
/// fluent, and after the last byte of a flood nobody waits longer for the final screen.
pub(super) const BETWEEN_SNAPSHOTS: Duration = Duration::from_millis(33);
/// Most bytes in one output frame.
const MAX_OUTPUT: u64 = 64 * 1024;
/// Bounds of a window, docs/PROTOCOL.md.
const WINDOW: std::ops::RangeInclusive<u32> = 4 * 1024..=4 * 1024 * 1024;
/// Notes that wait for a viewer; it misses older ones.
const MAX_NOTES: usize = 16;

/// One viewer.
#[derive(Debug)]
pub(super) struct View {
    window: u64,
    /// Position up to which it was sent.
    sent: u64,
    /// Position up to which it has acknowledged.
    acked: u64,
    /// A snapshot was sent with this position and is not acknowledged.
    snapshot: Option<u64>,
    snapshot_at: Option<Duration>,
    stale: bool,
    /// Its acks are not read: what its socket takes is all that is known of it.
    pub(super) unheard: bool,
    /// The size changes it has seen.
    epoch: u64,
    pub(super) wish: Option<Size>,
    /// When it last had input or focus, on a counter of its own; 0 is never.
    pub(super) active: u64,
    pub(super) screen_seen: u64,
    pub(super) control_told: Option<(bool, Size)>,
    pub(super) notes: Vec<Note>,
    pub(super) ended_told: bool,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A snapshot.
    Snapshot,
    /// Output between these positions.
    Output(u64, u64),
    /// A snapshot, but not before this time.
    NotBefore(Duration),
    /// Nothing until something changes.
    Nothing,
}

impl View {
    pub(super) fn new(open: &OpenView) -> Self {
        Self {
            window: u64::from(open.window.clamp(*WINDOW.start(), *WINDOW.end())),
            sent: 0,
            acked: 0,
            snapshot: None,
            snapshot_at: None,
            stale: true,
            unheard: false,
            epoch: 0,
            wish: open.size,
            active: 0,
            screen_seen: 0,
            control_told: None,
            notes: Vec::new(),
            ended_told: false,
        }
    }

    /// Looks whether the viewer has fallen behind; whether it still follows the output.
    pub(super) fn follows(&mut self, ring: &Ring, epoch: u64) -> bool {
        self.stale |= self.sent < ring.start() || self.epoch != epoch;
        !self.stale
    }

    pub(super) fn next(&mut self, ring: &Ring, epoch: u64, now: Duration) -> Step {
        if self.follows(ring, epoch) {
            return self.next_output(ring);
        }
        let snapshot_on_the_way = self.snapshot.is_some() && !self.unheard;
        if snapshot_on_the_way || self.on_the_way() > self.window / 4 {
            return Step::Nothing;
        }
        match self.snapshot_at.map(|at| at + BETWEEN_SNAPSHOTS) {
            Some(earliest) if earliest > now => Step::NotBefore(earliest),
            _ => Step::Snapshot,
        }
    }

    /// Bytes that were sent and not acknowledged.
    fn on_the_way(&self) -> u64 {
        if self.unheard {
            return 0;
        }
        self.sent.saturating_sub(self.acked)
    }

    fn next_output(&self, ring: &Ring) -> Step {
        let room = self.window.saturating_sub(self.on_the_way());
        let room = room.min(MAX_OUTPUT);
        if room == 0 || self.sent == ring.end() {
            return Step::Nothing;
        }
        let to = ring.cut(self.sent, room);
        Step::Output(self.sent, to)
    }

    /// Whether everything there is has been sent.
    pub(super) fn has_all(&self, ring: &Ring) -> bool {
        !self.stale && self.sent == ring.end()
    }

    pub(super) fn sent_output(&mut self, to: u64) {
        self.sent = to;
    }

    /// A snapshot is on the way that the stream continues at `position`.
    pub(super) fn sent_snapshot(&mut self, position: u64, epoch: u64, now: Duration) {
        self.stale = false;
        self.epoch = epoch;
        (self.sent, self.acked) = (position, position);
        self.snapshot = Some(position);
        self.snapshot_at = Some(now);
    }

    pub(super) fn ack(&mut self, position: u64) {
        // What was never sent can't be acknowledged.
        self.acked = self.acked.max(position.min(self.sent));
        if self.snapshot.is_some_and(|at| position >= at) {
            self.snapshot = None;
        }
    }

    pub(super) fn note(&mut self, note: &Note) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(note.clone());
        }
    }

    pub(super) fn make_stale(&mut self) {
        self.stale = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn attached(ring: &Ring, window: u32) -> View {
        let mut view = View::new(&OpenView {
            window,
            ..OpenView::default()
        });
        assert_eq!(
            view.next(ring, 1, SECOND),
            Step::Snapshot,
            "a viewer begins with a snapshot"
        );
        view.sent_snapshot(ring.end(), 1, SECOND);
        view.ack(ring.end());
        view
    }

    #[test]
    fn no_more_than_the_window_is_on_the_way() {
        let mut ring = Ring::default();
        let mut view = attached(&ring, 10_000);
        for _ in 0..30 {
            ring.push(&[b'x'; 1000]);
        }
        let mut sent = 0;
        while let Step::Output(from, to) = view.next(&ring, 1, SECOND) {
            assert_eq!(from, sent, "nothing is skipped");
            sent = to;
            view.sent_output(to);
        }
        assert_eq!(sent, 10_000, "the window is used up");
        view.ack(4000);
        let Step::Output(10_000, to) = view.next(&ring, 1, SECOND) else {
            panic!("an ack makes room");
        };
        assert!(
            (10_001..=14_000).contains(&to),
            "as much as was acknowledged: {to}"
        );
    }

    #[test]
    fn one_that_falls_behind_gets_a_snapshot_once_it_has_acknowledged() {
        let mut ring = Ring::default();
        let mut view = attached(&ring, 10_000);
        ring.push(&[b'x'; 5000]);
        view.sent_output(5000);
        for _ in 0..10 {
            ring.push(&vec![b'x'; super::super::ring::MAX / 4]);
        }
        assert_eq!(
            view.next(&ring, 1, 2 * SECOND),
            Step::Nothing,
            "5000 bytes are on the way"
        );
        view.ack(5000);
        assert_eq!(view.next(&ring, 1, 2 * SECOND), Step::Snapshot);
        view.sent_snapshot(ring.end(), 1, 2 * SECOND);
        for _ in 0..10 {
            ring.push(&vec![b'x'; super::super::ring::MAX / 4]);
        }
        assert_eq!(
            view.next(&ring, 1, 9 * SECOND),
            Step::Nothing,
            "the snapshot isn't acknowledged"
        );
        view.ack(ring.end());
        assert_eq!(view.next(&ring, 1, 9 * SECOND), Step::Snapshot);
        let soon = 2 * SECOND + BETWEEN_SNAPSHOTS;
        assert_eq!(
            view.next(&ring, 1, soon - Duration::from_millis(1)),
            Step::NotBefore(soon),
            "snapshots keep their distance"
        );
    }

    #[test]
    fn a_new_size_makes_a_snapshot_due() {
        let ring = Ring::default();
        let mut view = attached(&ring, 10_000);
        assert_eq!(
            view.next(&ring, 1, 9 * SECOND),
            Step::Nothing,
            "nothing new"
        );
        assert_eq!(
            view.next(&ring, 2, 9 * SECOND),
            Step::Snapshot,
            "the size changed"
        );
    }
}

//! The newest bytes of the view stream.

use std::collections::VecDeque;

/// Most bytes that are kept. A viewer that is further behind gets a snapshot instead, which is far smaller.
pub(super) const MAX: usize = 512 * 1024;
/// What an idle viewer costs.
const MIN: usize = 16 * 1024;
/// Places where a frame may end are remembered at least this far apart.
const STEP: u64 = 4 * 1024;

/// Bytes by absolute position. Grows to what is needed, at most [`MAX`], and then forgets the oldest.
#[derive(Debug, Default)]
pub(super) struct Ring {
    /// A power of two, or nothing.
    bytes: Vec<u8>,
    start: u64,
    end: u64,
    /// Positions where the stream stands between whole sequences, ascending; the last is `end`.
    borders: VecDeque<u64>,
}

impl Ring {
    /// Position of the oldest byte.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// Position after the newest byte.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Forgets everything and gives the memory back. What goes by unseen counts as one byte, so that the position of the
    /// snapshot in its place is acknowledged by nobody who has only seen what was before.
    pub(super) fn clear(&mut self) {
        let end = self.end + 1;
        *self = Self {
            start: end,
            end,
            ..Self::default()
        };
    }

    /// Appends bytes that end between whole sequences.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let length = bytes.len() as u64;
        let end = self.end + length;
        // More than fits at once: only the end of it can ever be read.
        let kept = bytes
            .get(bytes.len().saturating_sub(MAX)..)
            .unwrap_or(bytes);
        self.grow(kept.len());
        let capacity = self.bytes.len();
        let at = self.index(end - kept.len() as u64);
        let (first, second) = kept.split_at(kept.len().min(capacity - at));
        for (place, part) in [(at, first), (0, second)] {
            if let Some(space) = self.bytes.get_mut(place..place + part.len()) {
                space.copy_from_slice(part);
            }
        }
        self.end = end;
        self.start = self.start.max(end.saturating_sub(capacity as u64));
        self.remember(end);
    }

    fn remember(&mut self, end: u64) {
        // Borders too close to the one before the last replace the last.
        if let [.., before, _] = *self.borders.make_contiguous()
            && end - before <= STEP
        {
            self.borders.pop_back();
        }
        self.borders.push_back(end);
        while self
            .borders
            .front()
            .is_some_and(|&border| border < self.start)
        {
            self.borders.pop_front();
        }
    }

    /// Makes room for so many more bytes beside those that are there.
    fn grow(&mut self, more: usize) {
        let held = usize::try_from(self.end - self.start).unwrap_or(MAX);
        let wanted = (held + more).clamp(MIN, MAX).next_power_of_two();
        if wanted <= self.bytes.len() {
            return;
        }
        let mut bigger = Self {
            bytes: vec![0; wanted],
            start: self.start,
            end: self.start,
            borders: VecDeque::new(),
        };
        let (first, second) = self.slices(self.start, self.end);
        for part in [first, second] {
            let at = bigger.index(bigger.end);
            let (one, two) = part.split_at(part.len().min(wanted - at));
            for (place, piece) in [(at, one), (0, two)] {
                if let Some(space) = bigger.bytes.get_mut(place..place + piece.len()) {
                    space.copy_from_slice(piece);
                }
            }
            bigger.end += part.len() as u64;
        }
        self.bytes = bigger.bytes;
    }

    fn index(&self, position: u64) -> usize {
        let mask = (self.bytes.len() as u64).wrapping_sub(1);
        usize::try_from(position & mask).unwrap_or(0)
    }

    /// Where a frame that begins at `from` and has at most `most` bytes should end: after a whole sequence if there is such
    /// a place.
    pub(super) fn cut(&self, from: u64, most: u64) -> u64 {
        let limit = self.end.min(from.saturating_add(most));
        let after = self.borders.partition_point(|&border| border <= limit);
        match after.checked_sub(1).and_then(|at| self.borders.get(at)) {
            Some(&border) if border > from => border,
            _ => limit,
        }
    }

    /// The bytes between two positions that are there, in two parts.
    pub(super) fn slices(&self, from: u64, to: u64) -> (&[u8], &[u8]) {
        let length = usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        if length == 0 {
            return (&[], &[]);
        }
        let at = self.index(from);
        let first = length.min(self.bytes.len() - at);
        (
            self.bytes.get(at..at + first).unwrap_or_default(),
            self.bytes.get(..length - first).unwrap_or_default(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(from: u64, to: u64) -> Vec<u8> {
        (from..to)
            .map(|at| u8::try_from(at % 251).expect("below 251"))
            .collect()
    }

    fn read(ring: &Ring, from: u64, to: u64) -> Vec<u8> {
        let (first, second) = ring.slices(from, to);
        [first, second].concat()
    }

    #[test]
    fn holds_the_newest_bytes_at_any_step() {
        for step in [1001u64, 4096, 5000, 16 * 1024, 600 * 1024] {
            let mut ring = Ring::default();
            let mut at = 0;
            while at < 3 * MAX as u64 {
                let to = at + step;
                ring.push(&pattern(at, to));
                at = to;
                let from = ring.start().max(at.saturating_sub(9000));
                assert_eq!(
                    read(&ring, from, at),
                    pattern(from, at),
                    "step {step} at {at}"
                );
            }
            let kept = ring.end() - ring.start();
            assert_eq!(kept, MAX as u64, "it keeps as much as it may");
            assert_eq!(
                read(&ring, ring.start(), ring.end()),
                pattern(ring.start(), ring.end()),
                "all of it is right"
            );
        }
    }

    #[test]
    fn frames_end_where_pushes_ended() {
        let mut ring = Ring::default();
        for length in [3000u64, 3000, 3000, 10, 10] {
            ring.push(&pattern(0, length));
        }
        assert_eq!(ring.cut(0, 8000), 6000, "the last border that fits");
        assert_eq!(ring.cut(0, 100_000), 9020, "the end is a border");
        assert_eq!(ring.cut(0, 100), 100, "no border fits: cut all the same");
        assert_eq!(ring.cut(6000, 100_000), 9020, "from a border on");
    }

    #[test]
    fn a_cleared_ring_costs_nothing_and_goes_on() {
        let mut ring = Ring::default();
        ring.push(&pattern(0, 100_000));
        ring.clear();
        assert_eq!(
            (ring.start(), ring.end(), ring.bytes.capacity()),
            (100_001, 100_001, 0)
        );
        ring.push(b"abc");
        assert_eq!(read(&ring, 100_001, 100_004), b"abc", "positions went on");
    }
}

//! When output comes faster than anybody can follow it.
//!
//! Making the view stream, copying it and taking it in costs as much again as keeping the output. Nobody reads it while it
//! rushes by, so a flood is shown as snapshots at a steady pace ([`super::view::BETWEEN_SNAPSHOTS`]) and its lines are read
//! from the history. The measure is a bucket: what viewers are to be given fills it, time drains it, and what does not fit
//! any more is a flood. There is no state to leave: each snapshot begins the stream anew, and the stream lasts as long as
//! the bucket takes it. While a flood goes on that is no time at all; once it is over the last snapshot is the final one.
//!
//! The view stream is what is measured, not the program's output: a long string that shows nothing is no flood, and a
//! few bytes that repaint the screen again and again are one. Only while there is no stream the output stands for it.

use std::time::Duration;

/// What the bucket holds: output that comes at once and still goes as a stream, so that a viewer's scrollback has all of
/// it. A thousand lines of 80 coloured columns, as a listing or a page of a log, have a tenth of that; a viewer whose
/// scrollback has a few thousand lines would lose the beginning of more.
pub(super) const AT_ONCE: u64 = 1024 * 1024;
/// What drains in a microsecond: 8 MB in a second are some 100,000 lines, which no terminal shows and nobody reads.
pub(super) const PER_MICROSECOND: u64 = 8;
/// Room after each snapshot, so that what usually follows a flood, a prompt and the first keys, goes as a stream at once.
pub(super) const SLACK: u64 = 16 * 1024;

/// The bucket.
#[derive(Debug, Default)]
pub(crate) struct Flood {
    level: u64,
    at: Duration,
}

impl Flood {
    /// So many bytes of the view stream are there. False if that is more than anybody can follow: they are to be dropped.
    pub(crate) fn admits(&mut self, bytes: usize, now: Duration) -> bool {
        self.drain(now);
        let level = self.level.saturating_add(bytes as u64);
        let fits = level <= AT_ONCE;
        self.level = level.min(AT_ONCE);
        fits
    }

    /// The stream begins anew with a snapshot, after so many bytes of output that nobody was given.
    pub(super) fn begin_anew(&mut self, missed: u64, now: Duration) {
        self.level = self.level.saturating_add(missed);
        self.drain(now);
        self.level = self.level.min(AT_ONCE - SLACK);
    }

    fn drain(&mut self, now: Duration) {
        let nanos = now.saturating_sub(self.at).as_nanos();
        let drained = nanos.saturating_mul(u128::from(PER_MICROSECOND)) / 1000;
        let drained = u64::try_from(drained).unwrap_or(u64::MAX);
        self.level = self.level.saturating_sub(drained);
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: Duration = Duration::from_secs(100);
    const READ: usize = 4096;

    fn after(micros: u64) -> Duration {
        BEGIN + Duration::from_micros(micros)
    }

    #[test]
    fn a_burst_is_no_flood_and_more_is_one() {
        let mut flood = Flood::default();
        let most = usize::try_from(AT_ONCE).expect("small");
        for read in 0..most / READ {
            assert!(flood.admits(READ, BEGIN), "read {read} of a burst");
        }
        assert!(!flood.admits(READ, BEGIN), "the bucket is full");
        assert!(
            flood.admits(most, after(AT_ONCE / PER_MICROSECOND + 1)),
            "some time later another burst is welcome"
        );
    }

    #[test]
    fn output_that_can_be_followed_is_never_a_flood() {
        let mut flood = Flood::default();
        let step = READ as u64 / PER_MICROSECOND + 1;
        for read in 0..100_000 {
            assert!(flood.admits(READ, after(read * step)), "read {read}");
        }
    }

    #[test]
    fn a_snapshot_ends_no_flood_that_goes_on() {
        let mut flood = Flood::default();
        // 100 MB in a second: 400 bytes in 4 microseconds, a snapshot every 33 milliseconds.
        let (mut streamed, mut missed, mut on) = (0u64, 0u64, true);
        for tick in 0..250_000u64 {
            let now = after(tick * 4);
            if !on && tick % 8250 == 0 {
                flood.begin_anew(std::mem::take(&mut missed), now);
                on = true;
            }
            on = on && flood.admits(400, now);
            *(if on { &mut streamed } else { &mut missed }) += 400;
        }
        let most = AT_ONCE + 31 * (SLACK + SLACK);
        assert!(
            streamed < most,
            "after the first burst next to nothing is streamed: {streamed}"
        );
    }

    #[test]
    fn after_a_flood_the_stream_goes_on_at_once() {
        let mut flood = Flood::default();
        assert!(!flood.admits(10 << 20, BEGIN), "a flood");
        flood.begin_anew(500 << 20, after(10));
        assert!(flood.admits(4000, after(10)), "a prompt");
        for key in 0..1000 {
            let now = after(20 + key * 100);
            assert!(flood.admits(100, now), "the echo of key {key}");
        }
    }
}

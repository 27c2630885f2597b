//! How much of the journal a program may fill.
//!
//! The journal is read by people and stored for good, so output must not flood it. Each kind of event has a bucket:
//! so many at once, so many per second in the long run. What is too much is dropped and counted; the next
//! event of that kind that is let through is preceded by a `mainstay.flood` entry with the number. Bells are not
//! counted: one per second says it all. Beyond [`MAX_JOURNAL`] bytes nothing that a program causes is written.
//!
//! The rules look at the monotonic clock of the process. After a crash the replay starts with full buckets, so
//! that an event which was held back may be let through then; one that was let through is never lost or doubled.

use std::time::Duration;

use mainstay_protocol::journal::Event;

/// Size of a journal beyond which nothing is added that a program causes: a bound that no patience overcomes.
pub(crate) const MAX_JOURNAL: u64 = 64 * 1024 * 1024;

/// Name of the entry that counts what was dropped.
pub(crate) const FLOOD: &str = "mainstay.flood";

/// One bell per second.
const BELLS: (u32, u32) = (1, 1);
/// Notifications are for people.
const NOTIFICATIONS: (u32, u32) = (20, 10);
/// Four per command: a script of 200 commands at once is told whole.
const MARKS: (u32, u32) = (800, 40);
/// An agent changes its state a few times a second at most.
const AGENT_REPORTS: (u32, u32) = (64, 10);

/// What programs report by name (`mainstay event`).
const CUSTOM: (u32, u32) = (100, 20);

/// The buckets.
#[derive(Debug)]
pub(crate) struct Limits {
    buckets: [Bucket; 5],
}

/// What becomes of an event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is let through, and so many of its kind were dropped before it.
    Pass(u64),
    /// It is dropped.
    Drop,
}

impl Default for Limits {
    fn default() -> Self {
        let bucket = |kind, (burst, per_second)| Bucket::new(kind, burst, per_second);
        Self {
            buckets: [
                bucket("bell", BELLS),
                bucket("notification", NOTIFICATIONS),
                bucket("mark", MARKS),
                bucket("agent", AGENT_REPORTS),
                bucket("custom", CUSTOM),
            ],
        }
    }
}

impl Limits {
    /// Decides on an event. `length` is the size of the journal.
    pub(crate) fn judge(&mut self, event: &Event, now: Duration, length: u64) -> Verdict {
        let Some(bucket) = self.bucket(event) else {
            return Verdict::Pass(0);
        };
        if length < MAX_JOURNAL && bucket.take(now) {
            Verdict::Pass(std::mem::take(&mut bucket.dropped))
        } else {
            bucket.dropped += 1;
            Verdict::Drop
        }
    }

    /// Counts an event that was let through and found no place after all.
    pub(crate) fn lost(&mut self, event: &Event) {
        if let Some(bucket) = self.bucket(event) {
            bucket.dropped += 1;
        }
    }

    /// What was dropped and not told yet: kind and number.
    pub(crate) fn dropped(&mut self) -> impl Iterator<Item = (&'static str, u64)> {
        self.buckets.iter_mut().filter_map(|bucket| {
            let dropped = std::mem::take(&mut bucket.dropped);
            bucket.tells(dropped).then_some((bucket.kind, dropped))
        })
    }

    /// The entry that tells of `dropped` events of the kind of `event`, where it is told.
    pub(crate) fn flood(&mut self, event: &Event, dropped: u64) -> Option<Event> {
        let bucket = self.bucket(event)?;
        bucket
            .tells(dropped)
            .then(|| flood_entry(bucket.kind, dropped))
    }

    fn bucket(&mut self, event: &Event) -> Option<&mut Bucket> {
        let [bells, notifications, marks, agents, custom] = &mut self.buckets;
        match event {
            Event::Bell => Some(bells),
            Event::Notification(_) => Some(notifications),
            Event::Mark(_) => Some(marks),
            Event::Agent(_) => Some(agents),
            Event::Custom { .. } => Some(custom),
            _ => None,
        }
    }
}

/// The entry that tells of dropped events.
pub(crate) fn flood_entry(kind: &str, dropped: u64) -> Event {
    Event::Custom {
        name: FLOOD.to_owned(),
        data: serde_json::json!({ "kind": kind, "dropped": dropped }),
    }
}

/// Whether an entry tells of dropped events.
pub(crate) fn is_flood(event: &Event) -> bool {
    matches!(event, Event::Custom { name, .. } if name == FLOOD)
}

/// A token bucket (<https://www.rfc-editor.org/rfc/rfc2697> has the idea).
#[derive(Debug)]
struct Bucket {
    kind: &'static str,
    burst: u64,
    per_second: u64,
    /// In thousandths of an event.
    tokens: u64,
    filled: Duration,
    dropped: u64,
}

impl Bucket {
    fn new(kind: &'static str, burst: u32, per_second: u32) -> Self {
        let burst = u64::from(burst) * 1000;
        Self {
            kind,
            burst,
            per_second: u64::from(per_second),
            tokens: burst,
            filled: Duration::ZERO,
            dropped: 0,
        }
    }

    fn take(&mut self, now: Duration) -> bool {
        let millis = now.saturating_sub(self.filled).as_millis();
        if millis > 0 {
            let more = u64::try_from(millis)
                .unwrap_or(u64::MAX)
                .saturating_mul(self.per_second);
            self.tokens = self.tokens.saturating_add(more).min(self.burst);
            self.filled = now;
        }
        let enough = self.tokens >= 1000;
        if enough {
            self.tokens -= 1000;
        }
        enough
    }

    fn tells(&self, dropped: u64) -> bool {
        dropped > 0 && self.kind != "bell"
    }
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::journal::Notification;

    use super::*;

    fn passed(limits: &mut Limits, event: &Event, times: u64, now: u64) -> u64 {
        (0..times)
            .filter(|_| limits.judge(event, Duration::from_millis(now), 0) != Verdict::Drop)
            .count() as u64
    }

    #[test]
    fn one_bell_per_second() {
        let mut limits = Limits::default();
        assert_eq!(passed(&mut limits, &Event::Bell, 1000, 0), 1);
        assert_eq!(passed(&mut limits, &Event::Bell, 1000, 999), 0);
        assert_eq!(passed(&mut limits, &Event::Bell, 1000, 1000), 1);
        assert_eq!(
            passed(&mut limits, &Event::Bell, 1000, 60_000),
            1,
            "silence saves nothing up"
        );
        assert_eq!(limits.dropped().count(), 0, "bells are not told of");
    }

    #[test]
    fn a_flood_is_counted() {
        let mut limits = Limits::default();
        let event = Event::Notification(Notification::default());
        assert_eq!(passed(&mut limits, &event, 1000, 0), 20, "the burst");
        let next = limits.judge(&event, Duration::from_millis(100), 0);
        assert_eq!(
            next,
            Verdict::Pass(980),
            "a token came back; so many were dropped"
        );
        let flood = limits.flood(&event, 980).expect("an entry");
        assert_eq!(flood, flood_entry("notification", 980));
        let minutes: u64 = (1..=600)
            .map(|tenth| passed(&mut limits, &event, 100, 100 + tenth * 100))
            .sum();
        assert_eq!(minutes, 600, "ten per second in the long run");
    }

    #[test]
    fn a_full_journal_takes_no_more() {
        let mut limits = Limits::default();
        let event = Event::Notification(Notification::default());
        let full = limits.judge(&event, Duration::ZERO, MAX_JOURNAL);
        assert_eq!(full, Verdict::Drop);
        let exit = Event::Ready;
        assert_eq!(
            limits.judge(&exit, Duration::ZERO, MAX_JOURNAL),
            Verdict::Pass(0),
            "what the host says is always written"
        );
    }
}

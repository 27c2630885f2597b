//! The newest events for all streams: read from the store once and written out once, however many listen.
//!
//! A stream knows the number of the last event it sent, nothing else. What comes after it is either here, or older than
//! what is kept here and read from the store. Both are in the order of the numbers, so a stream goes from one to the other
//! without a gap or a double, and one that doesn't read costs nothing but its own connection.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use mainstay_protocol::event::SessionEvent;
use parking_lot::Mutex;
use tokio::sync::watch;

/// Most events that are kept for streams which are a little behind …
const MAX_EVENTS: usize = 4096;
/// … and most bytes of them.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Most events that a stream is given at once.
const MAX_BATCH: usize = 256;

/// An event as streams send it.
#[derive(Debug)]
pub(crate) struct Told {
    /// The event.
    pub(crate) event: Arc<SessionEvent>,
    /// The same in the form of the stream.
    pub(crate) frame: Bytes,
}

impl Told {
    /// Writes an event as server-sent events have it (<https://html.spec.whatwg.org/multipage/server-sent-events.html>):
    /// its number is the id. JSON of this kind holds no line end.
    pub(crate) fn new(event: Arc<SessionEvent>) -> Self {
        // It is plain data with text keys.
        let json = serde_json::to_string(&*event).unwrap_or_default();
        let frame = Bytes::from(format!("id: {}\ndata: {json}\n\n", event.seq));
        Self { event, frame }
    }
}

/// What a stream at some position gets.
#[derive(Debug)]
pub(crate) enum Next {
    /// The events after it; none means that it has everything.
    Here(Vec<Arc<Told>>),
    /// They aren't kept here any more, or never were: the store has them up to this number.
    Stored(u64),
    /// The event log is another one now, or the manager has closed.
    Over,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Feed {
    kept: Mutex<Kept>,
    /// Changes when there is something new.
    news: watch::Sender<()>,
}

#[derive(Debug)]
struct Kept {
    /// All events after this number are here.
    floor: u64,
    events: VecDeque<Arc<Told>>,
    bytes: usize,
    /// Counts the event logs there were; a stream belongs to one.
    log: u64,
    over: bool,
}

impl Feed {
    /// A feed of what comes after event number `newest`.
    pub(crate) fn after(newest: u64) -> Self {
        Self {
            kept: Mutex::new(Kept {
                floor: newest,
                events: VecDeque::new(),
                bytes: 0,
                log: 0,
                over: false,
            }),
            news: watch::Sender::new(()),
        }
    }

    /// Adds what came next in the log.
    pub(crate) fn push(&self, events: Vec<Arc<SessionEvent>>) {
        let told: Vec<_> = events
            .into_iter()
            .map(|event| Arc::new(Told::new(event)))
            .collect();
        let mut kept = self.kept.lock();
        for told in told {
            kept.bytes += told.frame.len();
            kept.events.push_back(told);
        }
        while kept.events.len() > MAX_EVENTS || kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.events.pop_front() else {
                break;
            };
            kept.bytes = kept.bytes.saturating_sub(oldest.frame.len());
            kept.floor = oldest.event.seq;
        }
        drop(kept);
        self.news.send_replace(());
    }

    /// The event log was made anew: streams of the old one are over, and numbers begin again after `newest`.
    pub(crate) fn begin_anew(&self, newest: u64) {
        let mut kept = self.kept.lock();
        kept.floor = newest;
        kept.events.clear();
        kept.bytes = 0;
        kept.log += 1;
        drop(kept);
        self.news.send_replace(());
    }

    /// Nothing will come any more.
    pub(crate) fn end(&self) {
        self.kept.lock().over = true;
        self.news.send_replace(());
    }

    /// The log that streams beginning now belong to.
    pub(crate) fn log(&self) -> u64 {
        self.kept.lock().log
    }

    /// Wakes whoever waits for something new. Take it before looking, and nothing is missed.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// What comes after number `position` of log number `log`.
    pub(crate) fn next(&self, log: u64, position: u64) -> Next {
        let kept = self.kept.lock();
        if kept.over || kept.log != log {
            return Next::Over;
        }
        if position < kept.floor {
            return Next::Stored(kept.floor);
        }
        let first = kept
            .events
            .partition_point(|told| told.event.seq <= position);
        Next::Here(
            kept.events
                .range(first..)
                .take(MAX_BATCH)
                .cloned()
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::Timestamp;
    use mainstay_protocol::event::EventKind;

    use super::*;

    fn event(seq: u64) -> Arc<SessionEvent> {
        Arc::new(SessionEvent {
            seq,
            time: Timestamp(seq),
            session_id: "a".parse().expect("an id"),
            run_id: None,
            origin: None,
            kind: EventKind::Updated,
            metadata: None,
        })
    }

    fn numbers(next: Next) -> Vec<u64> {
        match next {
            Next::Here(told) => told.iter().map(|told| told.event.seq).collect(),
            other => panic!("not here: {other:?}"),
        }
    }

    #[test]
    fn a_stream_gets_what_comes_after_its_position() {
        let feed = Feed::after(5);
        assert!(
            matches!(feed.next(0, 4), Next::Stored(5)),
            "older than the feed"
        );
        assert!(numbers(feed.next(0, 5)).is_empty(), "nothing new");
        feed.push(vec![event(6), event(9)]);
        feed.push(vec![event(10)]);
        assert_eq!(numbers(feed.next(0, 5)), [6, 9, 10]);
        assert_eq!(numbers(feed.next(0, 7)), [9, 10], "numbers may have gaps");
        assert!(numbers(feed.next(0, 12)).is_empty(), "ahead of the feed");
        feed.begin_anew(2);
        assert!(matches!(feed.next(0, 10), Next::Over), "of the old log");
        feed.push(vec![event(3)]);
        assert_eq!(numbers(feed.next(1, 2)), [3], "of the new one");
        feed.end();
        assert!(matches!(feed.next(1, 2), Next::Over), "the end");
    }

    #[test]
    fn only_the_newest_are_kept() {
        let feed = Feed::after(0);
        let count = u64::try_from(MAX_EVENTS).expect("small") + 100;
        feed.push((1..=count).map(event).collect());
        assert!(matches!(feed.next(0, 99), Next::Stored(100)), "given up");
        assert_eq!(numbers(feed.next(0, 100)).first(), Some(&101));
        assert_eq!(feed.kept.lock().events.len(), MAX_EVENTS);
    }
}

//! The look at what a host left.

use std::sync::Arc;

use mainstay_keep::{SessionFolder, recover};
use mainstay_protocol::journal::Event;
use mainstay_seams::SystemClock;

use crate::host::Ground;
use crate::text;

/// What is left of a session.
#[derive(Debug)]
pub struct Left {
    /// Number of the last whole line of the scribe.
    pub last: u64,
    /// Bytes the scribe had printed up to there and beyond: what is recovered of its output.
    pub bytes: u64,
}

impl Ground {
    /// Looks at the session as a reader sees it, recovers it, looks again, and checks everything that must hold.
    /// `forgets`: the first lines may be gone, by retention or because they were purged.
    ///
    /// # Panics
    /// If something is missing, doubled, out of order or wrong.
    #[must_use]
    pub fn check(&self, forgets: bool, context: &str) -> Left {
        let Ok(folder) = SessionFolder::open(&self.places(), &self.session) else {
            // The host died before it made anything.
            return Left { last: 0, bytes: 0 };
        };
        let before = self.lines(&folder, context);
        let clock: Arc<dyn mainstay_seams::Clock> = Arc::new(SystemClock);
        recover(&folder, &clock)
            .unwrap_or_else(|error| panic!("{context}: recovery failed: {error}"));
        let after = self.lines(&folder, context);
        assert_eq!(
            before, after,
            "{context}: what a reader saw is what was recovered"
        );
        let left = whole(&after, forgets, context);
        self.check_journal(&folder, &left, context);
        left
    }

    /// Recovers a session of private runs, and checks that their ends are all that is left of them.
    ///
    /// # Panics
    /// If anything else is left, or an end is missing.
    pub fn check_private(&self, context: &str) {
        let folder = SessionFolder::open(&self.places(), &self.session)
            .unwrap_or_else(|error| panic!("{context}: {error}"));
        let clock: Arc<dyn mainstay_seams::Clock> = Arc::new(SystemClock);
        recover(&folder, &clock)
            .unwrap_or_else(|error| panic!("{context}: recovery failed: {error}"));
        let lines = self.lines(&folder, context);
        assert!(lines.is_empty(), "{context}: left are {lines:?}");
        for run in folder.runs().expect("the runs") {
            let run = folder.run(&run);
            let journal = run.journal_path();
            let entries: Vec<_> = mainstay_keep::journal::Reader::open(&journal, 0)
                .expect("the journal")
                .map(|entry| entry.expect("a sound entry"))
                .collect();
            let last = entries.last().map(|entry| &entry.event);
            assert!(
                matches!(last, Some(Event::Exited(_))),
                "{context}: {last:?}"
            );
            let said = entries.iter().find(
                |entry| matches!(&entry.event, Event::Notification(said) if !said.body.is_empty()),
            );
            assert_eq!(said, None, "{context}: the journal has no texts");
            assert!(run.outcome().expect("readable").is_some(), "{context}");
        }
    }

    fn lines(&self, folder: &SessionFolder, context: &str) -> Vec<String> {
        let view = mainstay_keep::EndedView::open(folder)
            .unwrap_or_else(|error| panic!("{context}: the folder can't be read: {error}"));
        assert!(
            view.notes().is_empty(),
            "{context}: something was found damaged: {:?}",
            view.notes()
        );
        let text = view.screen_text(u32::MAX).expect("the history can be read");
        text.lines().map(str::to_owned).collect()
    }

    fn check_journal(&self, folder: &SessionFolder, left: &Left, context: &str) {
        let mut told = Vec::new();
        let (mut runs, mut ends) = (0, 0);
        for run in folder.runs().expect("the runs") {
            let entries = mainstay_keep::journal::Reader::open(&folder.run(&run).journal_path(), 0)
                .expect("the journal");
            let mut seq = 0;
            for entry in entries {
                let entry = entry.expect("a sound entry");
                seq += 1;
                assert_eq!(
                    entry.seq, seq,
                    "{context}: the entries are numbered without gaps"
                );
                match entry.event {
                    Event::Notification(notification) => {
                        told.push(notification.body.parse::<u64>().expect("a line's number"));
                    }
                    Event::Exited(_) => ends += 1,
                    _ => {}
                }
            }
            runs += usize::from(seq > 0);
        }
        // A host that died before its run was the session's newest has begun nothing, and `start` said so.
        assert_eq!(ends, runs, "{context}: each run that began has one end");
        let expected: Vec<u64> = (1..=text::NOTIFY_UNTIL / text::NOTIFY_EVERY)
            .map(|n| n * text::NOTIFY_EVERY)
            .filter(|&n| n <= left.last)
            .collect();
        // The line that was cut off may have had its notification.
        if told.len() == expected.len() + 1 && told.last() == Some(&(left.last + 1)) {
            told.pop();
        }
        assert_eq!(
            told, expected,
            "{context}: every notification is told once, in order"
        );
    }
}

/// The scribe's lines, which must be whole and in order; the last one may be cut off anywhere.
fn whole(lines: &[String], forgets: bool, context: &str) -> Left {
    let mut left = Left { last: 0, bytes: 0 };
    if forgets {
        // The history begins somewhere; from there on everything must follow.
        let first = lines
            .iter()
            .find_map(|line| line.get(1..9)?.parse::<u64>().ok());
        left.last = first.unwrap_or(1) - 1;
    }
    let mut cut: Option<&String> = None;
    for line in lines.iter().filter(|line| !line.is_empty()) {
        if line.starts_with('─') {
            // The line between two runs. What the first run's last line was cut off at does not matter any more.
            cut = None;
            continue;
        }
        assert!(
            cut.is_none(),
            "{context}: after line {} stands the piece {cut:?} and then {line:?}",
            left.last
        );
        let n = left.last + 1;
        if *line == text::shown(n).trim_end() {
            left.last = n;
            left.bytes += text::printed(n).len() as u64;
        } else {
            assert!(
                text::shown(n).starts_with(line.as_str()),
                "{context}: after line {} comes {line:?}, not {:?}",
                left.last,
                text::shown(n)
            );
            cut = Some(line);
        }
    }
    if let Some(piece) = cut {
        left.bytes += piece.len() as u64;
    }
    left
}

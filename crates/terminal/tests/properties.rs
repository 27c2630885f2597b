//! What must hold for every stream of bytes and every place to cut it.
//!
//! A failure prints the stream, made as short as possible. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` make
//! for more and other streams than the usual ones.

mod streams;

use mainstay_protocol::{Line, Size};
use mainstay_terminal::{Checkpoint, Event, Options, Sink, Terminal};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{FileFailurePersistence, RngSeed};

/// Keeps all there is.
#[derive(Debug, Default, PartialEq)]
struct All {
    lines: Vec<(u64, Line)>,
    cleared: Vec<u64>,
    replies: Vec<u8>,
    events: Vec<(u64, Event)>,
}

impl Sink for All {
    fn line(&mut self, number: u64, line: &Line) {
        self.lines.push((number, line.clone()));
    }

    fn cleared(&mut self, line: u64) {
        self.cleared.push(line);
    }

    fn reply(&mut self, bytes: &[u8]) {
        self.replies.extend_from_slice(bytes);
    }

    fn event(&mut self, at: u64, event: Event) {
        self.events.push((at, event));
    }
}

/// Keeps only what viewers get.
#[derive(Debug, Default)]
struct Viewed(Vec<u8>);

impl Sink for Viewed {
    fn wants_view(&self) -> bool {
        true
    }

    fn view(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// A viewer must never have a reason to answer, ring or change anything outside of its screen.
#[derive(Debug, Default)]
struct Silent;

impl Sink for Silent {
    fn reply(&mut self, bytes: &[u8]) {
        assert!(
            bytes.is_empty(),
            "viewers answer nothing: {}",
            bytes.escape_ascii()
        );
    }

    fn event(&mut self, _: u64, event: Event) {
        assert_eq!(Some(event), None, "viewers get nothing but the screen");
    }
}

fn terminal((cols, rows): (u16, u16)) -> Terminal {
    Terminal::new(
        Size::clamped(cols, rows),
        Options {
            tail_rows: 5,
            ..Options::default()
        },
    )
}

fn fed(size: (u16, u16), bytes: &[u8]) -> Terminal {
    let mut terminal = terminal(size);
    terminal.feed(bytes, &mut ());
    terminal
}

fn same(left: &Terminal, right: &Terminal, why: &str) -> Result<(), TestCaseError> {
    if let Some(difference) = left.difference(right) {
        return Err(TestCaseError::fail(format!("{why}: {difference}")));
    }
    Ok(())
}

fn cut(bytes: &[u8], at: Index) -> (&[u8], &[u8]) {
    bytes.split_at(at.index(bytes.len() + 1))
}

/// The same streams each time unless `PROPTEST_RNG_SEED` or `PROPTEST_CASES` say otherwise.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() {
            default.cases
        } else {
            400
        },
        max_shrink_iters: 20_000,
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            fixed => fixed,
        },
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_split_gives_the_same(size in streams::size(), bytes in streams::stream(), cuts in prop::collection::vec(any::<Index>(), 0..6)) {
        let (mut whole, mut pieces) = (terminal(size), terminal(size));
        let (mut from_whole, mut from_pieces) = (All::default(), All::default());
        whole.feed(&bytes, &mut from_whole);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        for pair in at.windows(2) {
            pieces.feed(&bytes[pair[0]..pair[1]], &mut from_pieces);
            prop_assert_eq!(pieces.flaw(), None, "the state makes sense");
        }
        same(&whole, &pieces, "in pieces")?;
        prop_assert_eq!(whole.pending(), pieces.pending(), "the parsers are in the same state");
        prop_assert_eq!(from_whole, from_pieces, "the same lines, replies and events at the same positions");
    }

    #[test]
    fn a_snapshot_and_the_rest_is_the_whole(size in streams::size(), bytes in streams::stream(), at in any::<Index>()) {
        let (head, rest) = cut(&bytes, at);
        let mut original = fed(size, head);
        let mut snapshot = Vec::new();
        original.snapshot(&mut snapshot);
        let mut viewer = terminal(size);
        viewer.feed(&snapshot, &mut Silent);
        prop_assert!(viewer.is_at_rest(), "snapshots are whole sequences");
        same(&original, &viewer, "the snapshot itself")?;
        viewer.feed(&original.pending(), &mut Silent);
        original.feed(rest, &mut ());
        viewer.feed(rest, &mut ());
        same(&original, &viewer, "after the rest")?;
    }

    #[test]
    fn a_snapshot_needs_no_fresh_terminal(size in streams::size(), before in streams::stream(), bytes in streams::stream()) {
        let original = fed(size, &bytes);
        let mut snapshot = Vec::new();
        original.snapshot(&mut snapshot);
        // A viewer has only ever seen views, so it is between sequences.
        let mut seen = Viewed::default();
        terminal(size).feed(&before, &mut seen);
        let mut viewer = fed(size, &seen.0);
        prop_assert!(viewer.is_at_rest(), "views are whole sequences");
        viewer.feed(&snapshot, &mut Silent);
        same(&original, &viewer, "over another state")?;
    }

    #[test]
    fn the_view_is_enough(size in streams::size(), bytes in streams::stream(), first in any::<Index>(), second in any::<Index>()) {
        let (head, rest) = cut(&bytes, first);
        let mut original = fed(size, head);
        let mut snapshot = Vec::new();
        original.snapshot(&mut snapshot);
        let mut viewer = terminal(size);
        viewer.feed(&snapshot, &mut Silent);
        let (middle, end) = cut(rest, second);
        for part in [middle, end] {
            let mut seen = Viewed::default();
            original.feed(part, &mut seen);
            viewer.feed(&seen.0, &mut Silent);
            prop_assert!(viewer.is_at_rest(), "views are whole sequences");
            same(&original, &viewer, &format!("view {}", seen.0.escape_ascii()))?;
        }
    }

    #[test]
    fn a_checkpoint_is_the_whole(size in streams::size(), bytes in streams::stream(), at in any::<Index>(), other in streams::size()) {
        let (head, rest) = cut(&bytes, at);
        let mut original = fed(size, head);
        let stored = original.checkpoint().to_bytes();
        let read = Checkpoint::from_bytes(&stored).expect("what was written can be read");
        let options = Options { tail_rows: 5, ..Options::default() };
        let mut restored = Terminal::restore(&read, options).expect("a checkpoint can be restored");
        prop_assert_eq!(restored.flaw(), None, "the state makes sense");
        prop_assert_eq!(original.state(), restored.state(), "title, folder, progress");
        let (mut from_original, mut from_restored) = (All::default(), All::default());
        original.feed(rest, &mut from_original);
        restored.feed(rest, &mut from_restored);
        same(&original, &restored, "restored")?;
        original.resize(Size::clamped(other.0, other.1), &mut from_original);
        restored.resize(Size::clamped(other.0, other.1), &mut from_restored);
        same(&original, &restored, "resized")?;
        original.finish(&mut from_original);
        restored.finish(&mut from_restored);
        prop_assert_eq!(from_original, from_restored, "the same lines, replies and events at the same positions");
    }

    #[test]
    fn the_length_of_the_tail_changes_no_line(size in streams::size(), bytes in streams::stream()) {
        let mut lines = Vec::new();
        for tail_rows in [0, 3, usize::MAX] {
            let mut terminal = Terminal::new(Size::clamped(size.0, size.1), Options { tail_rows, ..Options::default() });
            let mut all = All::default();
            terminal.feed(&bytes, &mut all);
            let committed = all.lines.len() as u64;
            prop_assert_eq!(committed, terminal.committed(), "every committed line came");
            let mut seen = all.lines.clone();
            terminal.tail(0, &mut |number, line| seen.push((number, line.clone())));
            prop_assert_eq!(seen.len() as u64, terminal.top_line(), "the tail goes up to the screen");
            terminal.screen_lines(&mut |number, line| seen.push((number, line.clone())));
            terminal.finish(&mut all);
            prop_assert!(all.lines.iter().enumerate().all(|(n, (number, _))| n as u64 == *number), "numbers have no gaps");
            prop_assert_eq!(&all.lines, &seen, "lines are the same before they are committed");
            lines.push(all.lines);
        }
        prop_assert_eq!(&lines[0], &lines[2], "without a tail");
        prop_assert_eq!(&lines[1], &lines[2], "with a short tail");
    }

    #[test]
    fn any_size_can_follow_any_other(start in streams::size(), steps in prop::collection::vec((streams::size(), streams::stream()), 1..5)) {
        let mut terminal = terminal(start);
        for ((cols, rows), bytes) in steps {
            terminal.feed(&bytes, &mut ());
            terminal.resize(Size::clamped(cols, rows), &mut ());
            prop_assert_eq!(terminal.flaw(), None, "the state makes sense");
            let mut snapshot = Vec::new();
            terminal.snapshot(&mut snapshot);
            let mut viewer = Terminal::new(terminal.size(), Options::default());
            viewer.feed(&snapshot, &mut Silent);
            same(&terminal, &viewer, "after a resize")?;
        }
    }

    #[test]
    fn hostile_checkpoints_are_refused_or_harmless(bytes in streams::stream(), changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..8)) {
        let mut stored = fed((8, 3), &bytes).checkpoint().to_bytes();
        for (index, byte) in changes {
            let at = index.index(stored.len());
            stored[at] = byte;
        }
        if let Ok(read) = Checkpoint::from_bytes(&stored)
            && let Ok(mut terminal) = Terminal::restore(&read, Options::default())
        {
            terminal.feed(&bytes, &mut ());
            prop_assert_eq!(terminal.flaw(), None, "the state makes sense");
        }
    }
}

//! What must hold for any bytes at all; the fuzz targets in `fuzz/` and `../corpus.rs` run the same.
//!
//! The first three bytes of an input choose a size and where it is cut in two.

use mainstay_protocol::{Line, Size};
use mainstay_terminal::{Checkpoint, Event, Options, Sink, Terminal};

/// Keeps everything the model says.
#[derive(Debug, Default, PartialEq)]
struct Record {
    lines: Vec<(u64, Line)>,
    cleared: Vec<u64>,
    replies: Vec<u8>,
    events: Vec<(u64, Event)>,
    view: Vec<u8>,
}

impl Sink for Record {
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

    fn wants_view(&self) -> bool {
        true
    }

    fn view(&mut self, bytes: &[u8]) {
        self.view.extend_from_slice(bytes);
    }
}

/// What the first bytes of an input choose.
#[derive(Debug, Clone, Copy)]
struct Choice<'a> {
    size: Size,
    before: &'a [u8],
    after: &'a [u8],
}

impl Choice<'_> {
    fn of(data: &[u8]) -> Choice<'_> {
        let (head, input) = data.split_at_checked(3).unwrap_or((&[38, 9, 128], data));
        let byte = |i: usize| head.get(i).copied().unwrap_or_default();
        let size = Size::clamped(2 + u16::from(byte(0) % 60), 1 + u16::from(byte(1) % 20));
        let cut = input.len() * usize::from(byte(2)) / 255;
        let (before, after) = input.split_at(cut);
        Choice {
            size,
            before,
            after,
        }
    }
}

fn terminal(size: Size) -> Terminal {
    // A short tail, so that lines are committed early.
    Terminal::new(
        size,
        Options {
            tail_rows: 8,
            ..Options::default()
        },
    )
}

fn snapshot(terminal: &Terminal) -> Vec<u8> {
    let mut out = Vec::new();
    terminal.snapshot(&mut out);
    out
}

/// The screen, what is in the middle of a sequence, and where history is; the same for the same state.
fn state(terminal: &Terminal) -> (String, String, u64, u64, u64) {
    (
        snapshot(terminal).escape_ascii().to_string(),
        terminal.pending().escape_ascii().to_string(),
        terminal.position(),
        terminal.committed(),
        terminal.top_line(),
    )
}

/// Says where two snapshots part, in place of all of both.
fn assert_same(left: &[u8], right: &[u8], why: &str) {
    let at = left.iter().zip(right).take_while(|(l, r)| l == r).count();
    let around = |bytes: &[u8]| {
        let end = bytes.len().min(at + 60);
        let part = bytes.get(at.saturating_sub(60)..end).unwrap_or_default();
        part.escape_ascii().to_string()
    };
    assert!(
        left == right,
        "{why}; at byte {at}\n  got      {}\n  expected {}",
        around(left),
        around(right)
    );
}

/// Any bytes: no panic, bounded memory, the same result for every split.
pub(crate) fn feed(data: &[u8]) {
    let Choice {
        size,
        before,
        after,
    } = Choice::of(data);
    let (mut whole, mut said) = (terminal(size), Record::default());
    whole.feed(&[before, after].concat(), &mut said);

    let (mut halves, mut said_halves) = (terminal(size), Record::default());
    halves.feed(before, &mut said_halves);
    halves.feed(after, &mut said_halves);
    assert_eq!(
        state(&whole),
        state(&halves),
        "two halves make the same screen"
    );
    assert_meant(&said, &said_halves);

    let (mut bytes, mut said_bytes) = (terminal(size), Record::default());
    for byte in before.iter().chain(after) {
        bytes.feed(&[*byte], &mut said_bytes);
    }
    assert_eq!(
        state(&whole),
        state(&bytes),
        "single bytes make the same screen"
    );
    assert_meant(&said, &said_bytes);

    for (number, line) in &said.lines {
        assert!(
            line.text.len() <= Line::MAX_TEXT,
            "line {number} is longer than a line may be"
        );
        assert!(
            !line.text.contains(|c: char| c.is_control()),
            "line {number} holds a control: {line:?}"
        );
    }
    let expected = 0..said.lines.len() as u64;
    assert!(
        said.lines.iter().map(|(number, _)| *number).eq(expected),
        "lines come once and in order"
    );
    assert!(
        whole.pending().len() <= 2 * 1024 * 1024,
        "an unfinished sequence is bounded"
    );
    whole.resize(Size::clamped(size.rows() * 3, size.cols() / 2), &mut said);
    whole.resize(size, &mut said);
    whole.feed(after, &mut said);
    whole.finish(&mut said);
}

/// The view may be cut into pieces as the feeds are; all else is the same for every split.
fn assert_meant(whole: &Record, split: &Record) {
    assert_eq!(whole.lines, split.lines, "the same lines for every split");
    assert_eq!(
        whole.cleared, split.cleared,
        "the same clear marks for every split"
    );
    assert_eq!(
        whole.replies, split.replies,
        "the same replies for every split"
    );
    assert_eq!(
        whole.events, split.events,
        "the same events at the same positions for every split"
    );
}

/// A snapshot brings any terminal to the state it was taken in, and the view goes on from there; a
/// checkpoint does the same for the model itself.
pub(crate) fn resume(data: &[u8]) {
    let Choice {
        size,
        before,
        after,
    } = Choice::of(data);
    let mut model = terminal(size);
    model.feed(before, &mut ());
    let attached = snapshot(&model);
    let checkpoint = model.checkpoint();
    let mut viewer = terminal(size);
    let mut heard = Record::default();
    viewer.feed(&attached, &mut heard);
    assert_eq!(
        viewer.pending(),
        b"",
        "a snapshot is made of whole sequences"
    );
    let why = "a snapshot reproduces the screen it was taken of";
    assert_same(&snapshot(&viewer), &attached, why);

    let mut said = Record::default();
    model.feed(after, &mut said);
    viewer.feed(&said.view, &mut heard);
    let why = "a view is made of whole sequences";
    assert_eq!(viewer.pending(), b"", "{why}: {}", said.view.escape_ascii());
    let meant = (state(&model), said);
    // That nothing joins the last character is told only when something is printed that would; and what
    // is under way is not told at all. So one character more, then an end to all of that.
    let mut said = Record::default();
    model.feed("\u{301}".as_bytes(), &mut said);
    viewer.feed(&said.view, &mut heard);
    model.feed(b"\x18", &mut ());
    viewer.feed(b"\x18", &mut heard);
    let why = "snapshot and view together give what the input gave";
    assert_same(&snapshot(&viewer), &snapshot(&model), why);
    assert_eq!(heard.replies, b"", "a viewer is asked nothing");
    assert_eq!(heard.events, [], "a viewer is told of nothing twice");

    let mut dirty = terminal(size);
    dirty.feed(after, &mut ());
    dirty.feed(b"\x18\x1b\\", &mut ());
    dirty.feed(&attached, &mut ());
    assert_same(
        &snapshot(&dirty),
        &attached,
        "a snapshot needs no fresh terminal",
    );

    let stored =
        Checkpoint::from_bytes(&checkpoint.to_bytes()).expect("a checkpoint can be read back");
    let options = Options {
        tail_rows: 8,
        ..Options::default()
    };
    let mut restored = Terminal::restore(&stored, options).expect("a checkpoint can be restored");
    let mut said_restored = Record::default();
    restored.feed(after, &mut said_restored);
    assert_eq!(
        meant.0,
        state(&restored),
        "a restored model goes on where the other did"
    );
    assert_meant(&meant.1, &said_restored);
}

/// Any bytes as a checkpoint: an error, or a model that can be used.
pub(crate) fn restore(data: &[u8]) {
    let Ok(checkpoint) = Checkpoint::from_bytes(data) else {
        return;
    };
    let Ok(mut model) = Terminal::restore(&checkpoint, Options::default()) else {
        return;
    };
    let mut said = Record::default();
    model.feed(
        "a\u{301}日\x1b[2;2H\x1b[1J\x1b8\x1b[?1049h\x1b[?1049l\x1b[99S\r\n".as_bytes(),
        &mut said,
    );
    let size = model.size();
    model.resize(
        Size::clamped(size.cols() / 2 + 1, size.rows() + 3),
        &mut said,
    );
    snapshot(&model);
    let again = model.checkpoint();
    let restored = Terminal::restore(&again, Options::default());
    let restored = restored.expect("the model's own checkpoint can be restored");
    assert_eq!(
        state(&model),
        state(&restored),
        "a checkpoint holds the whole state"
    );
    model.finish(&mut said);
}

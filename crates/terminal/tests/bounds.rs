//! Nothing grows without bound, whatever the bytes are, and nothing takes for ever.

use mainstay_protocol::{Line, Size};
use mainstay_terminal::{Options, Sink, Terminal, limits};

#[derive(Debug, Default)]
struct Counter {
    lines: u64,
    longest: usize,
    events: u64,
    viewed: usize,
}

impl Sink for Counter {
    fn line(&mut self, _: u64, line: &Line) {
        self.lines += 1;
        self.longest = self.longest.max(line.text.len());
    }

    fn event(&mut self, _: u64, _: mainstay_terminal::Event) {
        self.events += 1;
    }

    fn wants_view(&self) -> bool {
        true
    }

    fn view(&mut self, bytes: &[u8]) {
        self.viewed += bytes.len();
    }
}

fn flooded(begin: &[u8], again: &[u8], bytes: usize) -> (Terminal, Counter) {
    let mut terminal = Terminal::new(Size::clamped(80, 24), Options::default());
    let mut counter = Counter::default();
    terminal.feed(begin, &mut counter);
    let chunk = again.repeat(64 * 1024 / again.len() + 1);
    for _ in 0..bytes.div_ceil(chunk.len()) {
        terminal.feed(&chunk, &mut counter);
        let (_, _, _, string) = terminal.interned();
        assert!(
            string <= 3 * limits::CLIPBOARD,
            "an unfinished string takes {string} bytes"
        );
    }
    (terminal, counter)
}

#[test]
fn strings_without_end_are_not_kept() {
    for begin in [
        &b"\x1b]0;"[..],
        b"\x1b]52;c;",
        b"\x1b]8;;",
        b"\x1bPq",
        b"\x1bP$q",
        b"\x1b_G",
        b"\x1b^",
        b"\x1bX",
        b"\x1b]",
    ] {
        let (mut terminal, mut counter) = flooded(begin, b"A", 20_000_000);
        assert!(
            terminal.pending().len() < 100,
            "a string that is given up needs no room"
        );
        terminal.feed(b"\x1b\\ok", &mut counter);
        assert_eq!(
            terminal.screen_text(),
            "ok",
            "{}: the next text is text again",
            begin.escape_ascii()
        );
        assert_eq!(
            (counter.events, counter.viewed),
            (0, 2),
            "nobody hears of the string"
        );
    }
}

#[test]
fn marks_on_one_character_are_capped() {
    let (terminal, counter) = flooded(b"z", "\u{300}".as_bytes(), 2_000_000);
    assert_eq!(
        terminal.screen_text().chars().count(),
        limits::CLUSTER,
        "the surplus is dropped"
    );
    assert!(counter.viewed < 100, "for viewers too");
}

#[test]
fn colours_links_and_clusters_that_are_gone_are_forgotten() {
    let mut terminal = Terminal::new(Size::clamped(80, 24), Options::default());
    let mut counter = Counter::default();
    for n in 0_u32..300_000 {
        let [_, r, g, b] = n.to_be_bytes();
        let mark = char::from_u32(0x300 + n % 0x60).expect("a combining mark");
        let second = char::from_u32(0x300 + n / 0x60 % 0x60).expect("a combining mark");
        let third = char::from_u32(0x300 + n / 0x60 / 0x60 % 0x60).expect("a combining mark");
        let piece = format!("\x1b[38;2;{r};{g};{b}m\x1b]8;;http://{n}\x07o{mark}{second}{third}");
        terminal.feed(piece.as_bytes(), &mut counter);
    }
    let (styles, links, clusters, _) = terminal.interned();
    let cells = (256 + 24 + 24) * 80;
    for (what, count) in [("styles", styles), ("links", links), ("clusters", clusters)] {
        assert!(
            count <= 2 * cells + 4096,
            "{count} {what} for {cells} cells"
        );
    }
}

#[test]
fn links_are_bounded_in_bytes() {
    let mut terminal = Terminal::new(Size::clamped(200, 60), Options::default());
    let mut counter = Counter::default();
    for n in 0_u32..20_000 {
        terminal.feed(
            format!("\x1b]8;;http://{n}/{}\x07o", "x".repeat(2000)).as_bytes(),
            &mut counter,
        );
    }
    let (_, links, _, _) = terminal.interned();
    assert!(
        links * 2000 <= 4 * 1024 * 1024 + 2083,
        "{links} links of 2,000 bytes are kept"
    );
}

#[test]
fn a_line_that_never_ends_leaves_in_parts() {
    for text in ["x", "日", "e\u{301}"] {
        let (terminal, counter) = flooded(b"", text.as_bytes(), 3_000_000);
        assert!(
            counter.longest <= Line::MAX_TEXT,
            "no part is longer than allowed"
        );
        assert!(
            counter.lines >= 3_000_000 / Line::MAX_TEXT as u64 - 4,
            "parts are committed as they come"
        );
        assert!(
            terminal.top_line() - terminal.committed() <= 2,
            "the tail holds little of it"
        );
    }
}

#[test]
fn huge_counts_are_quick() {
    for last in [
        "S", "T", "L", "M", "b", "I", "Z", "@", "P", "X", "A", "B", "C", "D", "E", "F", " @", " A",
        "'}", "'~",
    ] {
        let (terminal, counter) =
            flooded(b"x", format!("x\x1b[2147483647{last}").as_bytes(), 300_000);
        assert_eq!(terminal.flaw(), None, "{last}");
        assert!(
            counter.viewed < 40_000_000,
            "{last}: the view is {} bytes",
            counter.viewed
        );
    }
}

#[test]
fn the_recordings_of_agents_are_the_same_in_any_pieces() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the recordings are there") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "raw") {
            continue;
        }
        count += 1;
        let bytes = std::fs::read(&path).expect("a recording");
        let mut whole = Terminal::new(Size::clamped(110, 40), Options::default());
        whole.feed(&bytes, &mut ());
        let mut pieces = Terminal::new(Size::clamped(110, 40), Options::default());
        for chunk in bytes.chunks(7) {
            pieces.feed(chunk, &mut ());
        }
        assert_eq!(whole.difference(&pieces), None, "{}", path.display());
        for cut in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            let (head, rest) = bytes.split_at(cut);
            let mut original = Terminal::new(Size::clamped(110, 40), Options::default());
            original.feed(head, &mut ());
            let mut viewer = Terminal::new(Size::clamped(110, 40), Options::default());
            let mut snapshot = Vec::new();
            original.snapshot(&mut snapshot);
            viewer.feed(&snapshot, &mut ());
            let mut view = Bytes::default();
            original.feed(rest, &mut view);
            viewer.feed(&view.0, &mut ());
            assert_eq!(
                whole.difference(&original),
                None,
                "{} cut at {cut}",
                path.display()
            );
            assert_eq!(
                original.difference(&viewer),
                None,
                "{} seen from {cut} on",
                path.display()
            );
        }
    }
    assert_eq!(count, 5, "all recordings were found");
}

#[derive(Debug, Default)]
struct Bytes(Vec<u8>);

impl Sink for Bytes {
    fn wants_view(&self) -> bool {
        true
    }

    fn view(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

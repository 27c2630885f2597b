//! The choice between the two ways, and when it is made anew.

use mainstay_protocol::Size;
use mainstay_protocol::frame::Snapshot;
use mainstay_protocol::state::Screen;

use super::{Display, Extent};

const OUTER: Extent = Extent { cols: 80, rows: 24 };

fn piece(size: (u16, u16), bytes: &str) -> Snapshot {
    Snapshot {
        position: 7,
        size: Size::clamped(size.0, size.1),
        top_line: 0,
        first: true,
        last: true,
        bytes: bytes.as_bytes().to_vec(),
    }
}

/// A display of 80 by 24 that has a snapshot of this size.
fn showing(size: (u16, u16), mine: bool) -> Display {
    let mut display = Display::new(OUTER, false);
    display.control(mine);
    display.snapshot(&piece(size, "x"), &mut Vec::new());
    display
}

#[test]
fn a_session_of_the_same_size_passes_through() {
    let mut display = Display::new(OUTER, false);
    let mut out = Vec::new();
    display.output(b"too early", &mut out);
    assert_eq!(out, b"", "nothing is shown before a snapshot");
    display.snapshot(&piece((80, 24), "\x1b[Hsnapshot"), &mut out);
    display.output(b"\x1b[1mand output", &mut out);
    display.settle(&mut out);
    assert_eq!(out, b"\x1b[Hsnapshot\x1b[1mand output", "byte by byte");
}

#[test]
fn a_session_of_another_size_is_drawn() {
    let mut display = Display::new(OUTER, false);
    let mut out = Vec::new();
    display.snapshot(&piece((120, 40), "\x1b]8;;no\x1b\\text"), &mut out);
    let before = out.len();
    assert!(
        !out.windows(4).any(|bytes| bytes == b"text"),
        "not before everything there is came"
    );
    display.settle(&mut out);
    let drawn = String::from_utf8_lossy(out.get(before..).unwrap_or_default()).into_owned();
    assert!(
        drawn.contains("120x40, controlled by another viewer"),
        "the note: {drawn:?}"
    );
}

#[test]
fn a_fresh_snapshot_is_wanted_only_where_none_comes_by_itself() {
    for (session, mine, outer, wanted, why) in [
        ((80, 24), true, (80, 24), false, "nothing changed"),
        ((80, 24), true, (100, 30), false, "the session follows"),
        (
            (80, 24),
            false,
            (100, 30),
            true,
            "the session stays: to be clipped from now on",
        ),
        (
            (100, 30),
            false,
            (90, 28),
            false,
            "clipped before and after",
        ),
        (
            (100, 30),
            false,
            (100, 30),
            true,
            "no clipping needed any more",
        ),
    ] {
        let mut display = showing(session, mine);
        display.resized(
            Extent {
                cols: outer.0,
                rows: outer.1,
            },
            &mut Vec::new(),
        );
        assert_eq!(display.needs_snapshot(), wanted, "{why}");
        display.await_snapshot();
        assert!(!display.needs_snapshot(), "it was asked for: {why}");
    }
    let mut huge = Display::new(
        Extent {
            cols: 1000,
            rows: 24,
        },
        false,
    );
    huge.control(true);
    huge.snapshot(&piece((1000, 24), ""), &mut Vec::new());
    huge.resized(
        Extent {
            cols: 1200,
            rows: 24,
        },
        &mut Vec::new(),
    );
    assert!(huge.needs_snapshot(), "a session can't be that wide");
}

#[test]
fn losing_control_while_the_size_changes_is_noticed() {
    let mut display = showing((80, 24), true);
    display.resized(
        Extent {
            cols: 100,
            rows: 30,
        },
        &mut Vec::new(),
    );
    assert!(!display.needs_snapshot(), "the session follows");
    display.control(false);
    assert!(display.needs_snapshot(), "it doesn't any more");
}

#[test]
fn titles_are_passed_on_when_they_change() {
    let mut display = Display::new(OUTER, false);
    let titled = |title: &str| Screen {
        title: title.to_owned(),
        ..Screen::default()
    };
    let mut shown = |title: &str| {
        let mut out = Vec::new();
        display.screen(&titled(title), &mut out);
        String::from_utf8(out).expect("UTF-8")
    };
    assert_eq!(shown(""), "", "no title leaves the outer terminal's own");
    assert_eq!(shown("a\x07b"), "\x1b]2;ab\x1b\\", "cleaned");
    assert_eq!(shown("a\x07b"), "", "once");
    assert_eq!(shown(""), "\x1b]2;\x1b\\", "and taken back");
}

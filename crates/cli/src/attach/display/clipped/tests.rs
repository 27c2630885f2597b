//! Drawings are fed into a model of the outer terminal; what it shows must be the part of the screen that fits.

use mainstay_protocol::Size;
use mainstay_terminal::{Options, Terminal};

use super::{Clipped, Extent};

const NOTE: &str = "the note";

/// A clipped session and the outer terminal it is drawn into.
struct Pair {
    clipped: Clipped,
    outer: Terminal,
    extent: Extent,
}

impl Pair {
    fn new(session: (u16, u16), outer: (u16, u16)) -> Self {
        let (cols, rows) = outer;
        Self {
            clipped: Clipped::new(Size::clamped(session.0, session.1)),
            outer: Terminal::new(Size::clamped(cols, rows), Options::default()),
            extent: Extent { cols, rows },
        }
    }

    /// Feeds the session and draws; gives what was written to the outer terminal.
    fn feed(&mut self, bytes: &str) -> Vec<u8> {
        self.clipped.feed(bytes.as_bytes());
        self.draw()
    }

    fn draw(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.clipped.draw(self.extent, NOTE, &mut out);
        self.outer.feed(&out, &mut ());
        out
    }

    fn shown(&self) -> String {
        self.outer.screen_text()
    }
}

#[test]
fn a_smaller_screen_stands_at_the_top_left() {
    let mut pair = Pair::new((6, 2), (10, 5));
    pair.feed("one\r\ntwo");
    assert_eq!(
        pair.shown(),
        "one\ntwo\n\n\nthe note",
        "the note has the free last row"
    );
    assert_eq!(
        pair.outer.state().cursor,
        (3, 1),
        "the cursor is where the session has it"
    );
}

#[test]
fn a_wider_screen_is_cut_at_the_right() {
    let mut pair = Pair::new((20, 4), (8, 4));
    pair.feed("0123456789abcdef\r\n日本語日本語");
    assert_eq!(
        pair.shown(),
        "01234567\n日本語日\n\nthe note",
        "eight columns of each row"
    );
    assert!(!pair.outer.state().cursor_visible, "the cursor is outside");
}

#[test]
fn a_character_that_is_half_outside_is_left_out() {
    let mut pair = Pair::new((20, 2), (7, 2));
    pair.feed("日本語日");
    assert_eq!(
        pair.shown(),
        "日本語\nthe not",
        "the fourth character has no place"
    );
}

#[test]
fn the_shown_part_follows_the_cursor() {
    let mut pair = Pair::new((10, 8), (10, 4));
    pair.feed("1\r\n2\r\n3\r\n4\r\n5\r\n6");
    assert_eq!(pair.shown(), "4\n5\n6\nthe note", "down to the cursor");
    pair.feed("\x1b[5;2H");
    assert_eq!(
        pair.shown(),
        "4\n5\n6\nthe note",
        "not moved while the cursor is in it"
    );
    assert_eq!(pair.outer.state().cursor, (1, 1), "and the cursor is right");
    pair.feed("\x1b[1;1H");
    assert_eq!(pair.shown(), "1\n2\n3\nthe note", "up to the cursor");
}

#[test]
fn only_changed_rows_are_drawn() {
    let mut pair = Pair::new((10, 3), (10, 5));
    pair.feed("unchanged\r\nold");
    let second = pair.feed("\rnew");
    let second = String::from_utf8_lossy(&second);
    assert!(second.contains("new"), "the changed row is: {second:?}");
    assert!(
        !second.contains("unchanged"),
        "the other is not: {second:?}"
    );
    assert_eq!(
        pair.shown(),
        "unchanged\nnew\n\n\nthe note",
        "and the whole is right"
    );
    assert!(
        pair.feed("\x1b[0m").is_empty(),
        "what changes nothing draws nothing"
    );
    assert!(pair.draw().is_empty(), "what is drawn stays drawn");
}

#[test]
fn styles_end_with_their_row() {
    let mut pair = Pair::new((6, 3), (12, 5));
    pair.feed("\x1b[41;1mredred\x1b[0m\r\nplain");
    let mut twin = Terminal::new(Size::clamped(12, 5), Options::default());
    twin.feed(
        b"\x1b[41;1mredred\x1b[0m\r\nplain\x1b[5;1H\x1b[7mthe note\x1b[0m\x1b[2;6H",
        &mut (),
    );
    let styles = |terminal: &Terminal| {
        let mut lines = Vec::new();
        terminal.screen_lines(&mut |_, line| lines.push(line.clone()));
        lines
    };
    assert_eq!(
        styles(&pair.outer),
        styles(&twin),
        "the outer terminal has the same styled text"
    );
}

#[test]
fn everything_is_drawn_again_after_a_clear() {
    let mut pair = Pair::new((10, 3), (8, 6));
    pair.feed("one\r\ntwo");
    pair.extent = Extent { cols: 20, rows: 4 };
    pair.outer = Terminal::new(Size::clamped(20, 4), Options::default());
    pair.clipped.forget_drawn();
    pair.draw();
    assert_eq!(
        pair.shown(),
        "one\ntwo\n\nthe note",
        "on the new outer terminal"
    );
}

#[test]
fn a_tiny_outer_terminal_is_no_panic() {
    for extent in [(1, 1), (2, 1), (1, 2), (3, 2)] {
        let mut pair = Pair::new((80, 24), extent);
        pair.extent = Extent {
            cols: extent.0,
            rows: extent.1,
        };
        pair.feed("some text\r\nand \x1b[20;70Hmore");
        pair.feed("\x1b[H\x1b[2J日本");
    }
}

//! What a viewer of another size asks for: parts of rows, and how keys are to be sent.

use mainstay_protocol::Size;
use mainstay_terminal::{Options, Terminal};

fn fed(bytes: &str) -> Terminal {
    let mut terminal = Terminal::new(Size::clamped(12, 2), Options::default());
    terminal.feed(bytes.as_bytes(), &mut ());
    terminal
}

#[test]
fn columns_of_a_row_look_as_they_do_within_it() {
    let whole = fed("a日b\x1b[31mred\x1b[m\x1b[2C日z");
    for (columns, shown) in [
        (0..12, "a日bred  日z"),
        (0..2, "a"),
        (1..4, "日b"),
        (2..6, " bre"),
        (9..10, ""),
        (5..11, "ed  日"),
        (7..40, "  日z"),
        (12..20, ""),
        (3..3, ""),
    ] {
        let mut part = Vec::new();
        whole.render_columns(0, columns.clone(), &mut part);
        let mut viewer = fed("");
        viewer.feed(&part, &mut ());
        assert_eq!(viewer.screen_text(), shown, "columns {columns:?}");
        assert_eq!(
            part.is_empty(),
            shown.is_empty(),
            "columns {columns:?}: nothing to show takes no bytes"
        );
    }
    let mut red = Vec::new();
    whole.render_columns(0, 5..7, &mut red);
    assert_eq!(red, b"\x1b[31med\x1b[39m", "the style is the row's");
    let (mut row, mut columns) = (Vec::new(), Vec::new());
    whole.render_row(0, 6, &mut row);
    whole.render_columns(0, 0..6, &mut columns);
    assert_eq!(row, columns, "a row begins in the first column");
}

#[test]
fn modes_of_keys_can_be_asked_for() {
    let mut terminal = fed("");
    assert!(!terminal.application_cursor() && !terminal.application_keypad());
    terminal.feed(b"\x1b[?1h\x1b=", &mut ());
    assert!(terminal.application_cursor() && terminal.application_keypad());
    terminal.feed(b"\x1b[?1l\x1b>", &mut ());
    assert!(!terminal.application_cursor() && !terminal.application_keypad());
}

//! What is written to the outer terminal before a session is shown in it and after.
//!
//! Control sequences as in XTerm Control Sequences (<https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>).

/// Size of the outer terminal, as it says itself: any number of cells, unlike a session's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) cols: u16,
    pub(crate) rows: u16,
}

/// Keeps the outer terminal's title on its own stack.
const PUSH_TITLE: &str = "\x1b[22;0t";
/// Takes it back.
const POP_TITLE: &str = "\x1b[23;0t";
/// Keeps what differs from terminal to terminal, so that no value is right for all: blinking cursor and wheel as
/// arrow keys.
const SAVE: &str = "\x1b[?12;1007s";
/// Takes it back.
const RESTORE: &str = "\x1b[?12;1007r";

/// Ends whatever the session may have switched on, in an order in which nothing undoes an earlier part:
///
/// * `ST` ends a string that was cut off, `ESC` any other sequence;
/// * synchronized output ends, the main screen comes back (this restores a saved cursor with its attributes,
///   origin mode and charsets, so all of those come after);
/// * mouse, focus and paste reports, cursor keys and keypad as a shell expects them;
/// * insert and newline mode, origin mode, margins, autowrap, reverse wrap, reverse video;
/// * charsets to ASCII, link closed, attributes off, colours of the palette its own, cursor shown in its own shape.
const MODES: &str = concat!(
    "\x1b\\",
    "\x1b[?2026l\x1b[?1049l",
    "\x1b[?9l\x1b[?1000l\x1b[?1001l\x1b[?1002l\x1b[?1003l",
    "\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1016l",
    "\x1b[?1004l\x1b[?2004l\x1b[?1l\x1b>",
    "\x1b[4l\x1b[20l\x1b[?6l\x1b[?69l\x1b[r\x1b[?7h\x1b[?45l\x1b[?5l",
    "\x1b(B\x1b)B\x1b*B\x1b+B\x0f",
    "\x1b]8;;\x1b\\\x1b[0\"q\x1b[0m",
    "\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\",
    "\x1b[0 q\x1b[?25h",
);

/// Puts the outer terminal back as a shell expects it; does not touch what is on the screen.
pub(crate) fn modes(extent: Extent) -> String {
    let mut text = String::from(MODES);
    // Tab stops: all gone, then every eight columns. Terminals without 3 g already have them there.
    text.push_str("\x1b[3g");
    for column in (9..=extent.cols).step_by(8) {
        text.push_str(&format!("\x1b[1;{column}H\x1bH"));
    }
    text
}

/// Everything for the way out: modes, title, cursor below what is shown.
pub(crate) fn leave(extent: Extent) -> String {
    let mut text = modes(extent);
    text.push_str(RESTORE);
    text.push_str(POP_TITLE);
    text.push_str(&format!("\x1b[{};1H\r\n", extent.rows.max(1)));
    text
}

/// Everything for the way in: keeps the title and moves what the outer terminal shows into its scrollback, no more
/// than that: the cursor goes down to the last row and from there on each line break moves one row out.
pub(crate) fn enter(extent: Extent) -> String {
    let mut text = format!("{SAVE}{PUSH_TITLE}");
    text.push_str("\x1b[0m\r");
    text.extend(std::iter::repeat_n('\n', usize::from(extent.rows)));
    text.push_str("\x1b[H");
    text
}

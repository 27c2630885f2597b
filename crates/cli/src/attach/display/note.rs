//! What is said beside the session's screen: the line below a clipped screen, and the clipboard.

use mainstay_protocol::Size;

/// Longest clipboard text that is passed on, in bytes; the host's own limit.
const CLIPBOARD: usize = 1024 * 1024;

/// The line below a screen whose size is not the outer terminal's.
pub(super) fn size_note(size: Size, mine: bool, read_only: bool) -> String {
    let why = match (read_only, mine) {
        (true, _) => ", read-only",
        (false, true) => "",
        (false, false) => ", controlled by another viewer; press a key to take over",
    };
    format!("{}x{}{why}", size.cols(), size.rows())
}

/// `OSC 52` that sets the outer terminal's clipboard, or nothing where the text is too long or the selection none.
pub(crate) fn clipboard(selection: &str, text: &str, out: &mut Vec<u8>) {
    let known = |c: char| matches!(c, 'c' | 'p' | 'q' | 's' | '0'..='7');
    if text.len() > CLIPBOARD || !selection.chars().all(known) {
        return;
    }
    out.extend_from_slice(b"\x1b]52;");
    out.extend_from_slice(selection.as_bytes());
    out.push(b';');
    base64(text.as_bytes(), out);
    out.extend_from_slice(b"\x1b\\");
}

/// RFC 4648, section 4, with padding.
fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    for group in bytes.chunks(3) {
        let mut word = 0u32;
        for at in 0..3 {
            word = word << 8 | u32::from(group.get(at).copied().unwrap_or(0));
        }
        for at in 0..4usize {
            let digit = (word >> (18 - 6 * at) & 0x3f) as u8;
            out.push(if at > group.len() {
                b'='
            } else {
                digit_of(digit)
            });
        }
    }
}

fn digit_of(value: u8) -> u8 {
    match value {
        0..26 => b'A' + value,
        26..52 => b'a' + (value - 26),
        52..62 => b'0' + (value - 52),
        62 => b'+',
        _ => b'/',
    }
}

#[cfg(test)]
mod tests {
    use super::{base64, clipboard, size_note};
    use mainstay_protocol::Size;

    #[test]
    fn base64_as_in_the_rfc() {
        // Section 10 of RFC 4648, and all digits.
        for (text, code) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foobar", "Zm9vYmFy"),
            (b"\xfb\xff\xbf", "+/+/"),
        ] {
            let mut out = Vec::new();
            base64(text, &mut out);
            assert_eq!(out, code.as_bytes(), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn a_clipboard_with_a_strange_selection_is_not_passed_on() {
        let mut out = Vec::new();
        clipboard("c\x1b", "text", &mut out);
        assert!(out.is_empty(), "the selection could end the sequence");
        clipboard("c", "hi", &mut out);
        assert_eq!(out, b"\x1b]52;c;aGk=\x1b\\", "a plain one is");
    }

    #[test]
    fn the_note_says_who_decides() {
        let size = Size::clamped(120, 40);
        assert_eq!(
            size_note(size, false, false),
            "120x40, controlled by another viewer; press a key to take over",
            "a key would take over"
        );
        assert_eq!(
            size_note(size, false, true),
            "120x40, read-only",
            "a key would do nothing"
        );
    }
}

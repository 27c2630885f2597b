//! Making text from programs harmless.
//!
//! Titles, notifications, paths and names that a program chose are data: control characters could move a
//! reader's cursor and bidirectional ones could make a text read as another. Both go before anyone sees it.

/// The text without control, format and bidirectional characters, at most `max` characters long.
///
/// Line breaks and tabs become single spaces, so that words do not run together.
#[must_use]
pub fn cleaned(text: &str, max: usize) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else {
                c
            }
        })
        .filter(|&c| !c.is_control() && !is_deceptive(c))
        .take(max)
        .collect()
}

/// Whether a character is invisible and changes how its neighbours read: bidirectional controls
/// (<https://www.unicode.org/reports/tr9/>), line separators, tags, and zero-width characters other than the
/// joiners that emoji and many scripts need.
fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\u{061c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::cleaned;

    #[test]
    fn nothing_invisible_is_left() {
        let found = cleaned("a\x1b[31mb\r\nc\u{202e}d\u{200b}e\u{9b}", 80);
        assert_eq!(
            found, "a[31mb  cde",
            "controls and bidi characters are gone"
        );
    }

    #[test]
    fn emoji_and_accents_stay() {
        let family = "👩\u{200d}👩\u{200d}👧 e\u{301}";
        assert_eq!(
            cleaned(family, 80),
            family,
            "joiners and accents are part of the text"
        );
        assert_eq!(cleaned("abcdef", 3), "abc", "cut by characters");
    }
}

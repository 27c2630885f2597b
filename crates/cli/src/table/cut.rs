//! Widths of texts in cells, and their beginnings that fit.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands for what was cut off.
const MORE: char = '…';

/// How many cells a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text, or as much of its beginning as fits with `…` behind it. Accents and emoji sequences stay whole.
pub(crate) fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept = "";
    let mut last = None;
    let mut flags = 0;
    for (at, c) in text.char_indices() {
        let is_boundary = match last {
            None => true,
            Some(last) => !joins(last, c, flags),
        };
        let before = text.get(..at).unwrap_or_default();
        if is_boundary && width(before) < room {
            kept = before;
        } else if is_boundary {
            break;
        }
        flags = if is_flag(c) { flags + 1 } else { 0 };
        last = Some(c);
    }
    let mut short = kept.to_owned();
    if room > 0 {
        short.push(MORE);
    }
    short
}

/// Whether a character belongs to the one before it; `flags` regional indicators stand directly before it.
fn joins(last: char, c: char, flags: usize) -> bool {
    let is_tone = matches!(c, '\u{1f3fb}'..='\u{1f3ff}');
    last == '\u{200d}' || c.width() == Some(0) || is_tone || (is_flag(c) && flags % 2 == 1)
}

fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

#[cfg(test)]
mod tests {
    use super::{cut, width};

    #[test]
    fn what_fits_stays() {
        for text in ["", "abc", "日本", "👩\u{200d}💻", "e\u{301}e"] {
            assert_eq!(cut(text, width(text)), text, "{text:?}");
        }
    }

    #[test]
    fn cuts_never_split_a_character() {
        for (text, room, cut_to) in [
            ("abcdef", 4, "abc…"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("日本語", 1, "…"),
            ("日本語", 0, ""),
            ("a👩\u{200d}💻bc", 4, "a👩\u{200d}💻…"),
            ("a👩\u{200d}💻bc", 3, "a…"),
            ("👍🏽👍🏽👍🏽", 5, "👍🏽👍🏽…"),
            ("🇯🇵🇩🇪🇫🇷", 5, "🇯🇵🇩🇪…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ] {
            let found = cut(text, room);
            assert_eq!(found, cut_to, "{text:?} in {room}");
            assert!(width(&found) <= room, "{found:?} fits {room}");
        }
    }
}

//! The rules by example; the table itself is checked against Unicode's data and against xterm.js elsewhere.

use super::*;

#[test]
fn clusters_are_one_cell_each() {
    for (text, widths, why) in [
        ("ab", &[1, 1][..], "ASCII never joins"),
        ("日本", &[2, 2], "ideographs are wide"),
        ("e\u{301}x", &[1, 1], "a combining mark takes no column"),
        ("\u{301}", &[1], "a mark that follows nothing is seen"),
        (
            "❤\u{fe0f}a",
            &[2, 1],
            "variation selector 16 asks for the wide, coloured form",
        ),
        (
            "🇯🇵🇩🇪🇫",
            &[2, 2, 1],
            "regional indicators pair up from the left",
        ),
        (
            "👨\u{200d}👩\u{200d}👧x",
            &[2, 1],
            "a joiner joins pictographs",
        ),
        (
            "a\u{200d}b",
            &[1, 1],
            "a joiner joins only pictographs to the right",
        ),
        ("👍🏽", &[2], "a skin tone joins its hand"),
        (
            "\u{1112}\u{1161}\u{11ab}",
            &[2],
            "conjoining jamo are one syllable",
        ),
        (
            "한\u{11ab}글\u{1161}",
            &[2, 2, 1],
            "a whole syllable takes a trailing consonant, no vowel",
        ),
        ("\u{600}1", &[1], "a number sign takes the number in"),
        ("नि", &[1], "a vowel sign joins its consonant"),
        ("±", &[1], "ambiguous characters are narrow"),
    ] {
        let found: Vec<u8> = clusters(text).map(|(_, width)| width).collect();
        assert_eq!(found, widths, "{text:?}: {why}");
        let whole: String = clusters(text).map(|(cluster, _)| cluster).collect();
        assert_eq!(whole, text, "clusters leave nothing out");
    }
}

#[test]
fn the_quick_table_says_what_the_ranges_say() {
    let mut expected = vec![Props::PLAIN; 0x11_0000];
    let mut end = 0;
    for range in ranges() {
        assert!(
            range.first >= end && range.last >= range.first,
            "{range:x?} is out of order"
        );
        end = range.last + 1;
        let bits = range.kind as u8 | if range.width == 2 { WIDE } else { 0 };
        let covered = expected.get_mut(range.first as usize..=range.last as usize);
        covered
            .expect("a range ends at the last code point at most")
            .fill(Props(bits));
    }
    for (c, expected) in (0..).zip(expected) {
        if let Some(c) = char::from_u32(c) {
            assert_eq!(properties(c), expected, "U+{:04X}", c as u32);
        }
    }
}

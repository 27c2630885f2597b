//! Every state can be left and come back to.

use super::*;

/// The actions that bytes cause, with what an action refers to.
fn actions(parser: &mut Parser, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for &byte in bytes {
        let mut action = Action::Again;
        while action == Action::Again {
            action = if parser.state == State::Ground {
                if byte == 0x1B {
                    parser.escape()
                } else {
                    Action::Execute(byte)
                }
            } else {
                parser.step(byte)
            };
        }
        if action != Action::Nothing {
            let has_string = matches!(action, Action::Osc { .. } | Action::Dcs);
            let said = if has_string {
                String::from_utf8_lossy(&parser.string)
            } else {
                "".into()
            };
            let numbers =
                matches!(action, Action::Csi(_)).then(|| (parser.prefix, parser.params.get(0)));
            found.push(format!("{action:?} {numbers:?} {said}"));
        }
    }
    found
}

const SEQUENCES: &[&[u8]] = &[
    b"\x1b[38;2;1;2;3m",
    b"\x1b[?1049h",
    b"\x1b[4:3;58:2::1:2:3m",
    b"\x1b[ q\x1b[1!!!!p",
    b"\x1b[1<2m\x1b[12",
    b"\x1b(0\x1b#8\x1b%%%G",
    b"\x1b]0;title\x07\x1b]8;;http://x\x1b\\",
    b"\x1b]0;t\xc3\xa9\xe6\x97\xa5\xff\x07",
    b"\x1bP$qm\x1b\\\x1bP1;2|abc\x07def\x1b\\\x1bP+q544e\xc2\x9c",
    b"\x1bP1<x\xe6\x97\xa5\x1b\\",
    b"\x1b_Gabc\x07\xc3\xa9\x1b\\\x1bXabc\xc2\x9c",
    b"\x1b]0;abc\x18\x1b[3\x1am\x1b[1\x9bm",
    b"\x1b[\xc3\xa9m\x1b]x\xc2\x85y",
];

#[test]
fn a_parser_brought_to_the_same_state_goes_on_alike() {
    for sequence in SEQUENCES {
        for at in 0..=sequence.len() {
            let (head, rest) = sequence.split_at(at);
            let mut parser = Parser::default();
            actions(&mut parser, head);
            let pending = parser.pending();
            let mut again = Parser::default();
            let early = actions(&mut again, &pending);
            assert!(
                early.is_empty(),
                "pending bytes complete nothing: {}",
                pending.escape_ascii()
            );
            assert_eq!(
                actions(&mut again, rest),
                actions(&mut parser, rest),
                "{} split at {at}, pending {}",
                sequence.escape_ascii(),
                pending.escape_ascii()
            );
        }
    }
}

#[test]
fn strings_are_bounded_and_dropped_whole() {
    let mut parser = Parser::default();
    actions(&mut parser, b"\x1b]0;");
    for _ in 0..1000 {
        let taken = parser.take_string(&[b'a'; 1000]);
        assert_eq!(taken, 1000, "a dropped string is skipped");
    }
    assert_eq!(
        parser.string.capacity(),
        0,
        "nothing is kept of a string that is too long"
    );
    assert_eq!(
        actions(&mut parser, b"\x07"),
        Vec::<String>::new(),
        "it does nothing when it ends"
    );
    assert!(parser.is_at_rest(), "the parser goes on after it");
}

#[test]
fn a_clipboard_may_be_longer_whatever_the_split() {
    for split in 1..8 {
        let mut parser = Parser::default();
        actions(&mut parser, b"\x1b]");
        let mut bytes = b"52;c;".to_vec();
        bytes.resize(limits::OSC * 2, b'A');
        let (head, rest) = bytes.split_at(split);
        parser.take_string(head);
        parser.take_string(rest);
        assert_eq!(parser.string.len(), bytes.len(), "split at {split}");
    }
}

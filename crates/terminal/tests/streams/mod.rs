//! Streams for property tests: everything the model understands, likely and unlikely, in pieces that
//! proptest can leave out one by one.

use std::fmt;
use std::ops::Deref;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Bytes that are shown readably when a test fails.
#[derive(Clone)]
pub(crate) struct Stream(Vec<u8>);

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

impl Deref for Stream {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Any stream, mostly of what programs print.
pub(crate) fn stream() -> impl Strategy<Value = Stream> {
    vec(piece(), 0..60).prop_map(|pieces| Stream(pieces.concat()))
}

/// A size on which much happens at the edges.
pub(crate) fn size() -> impl Strategy<Value = (u16, u16)> {
    prop_oneof![
        6 => (2_u16..14, 1_u16..7),
        1 => Just((80, 24)),
        1 => Just((2, 1)),
        1 => Just((3, 2)),
    ]
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        20 => text(),
        10 => controls(),
        12 => csi(),
        8 => colours(),
        6 => modes(),
        4 => escapes(),
        3 => strings(),
        2 => broken(),
    ]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[ -~]{1,12}".prop_map(String::into_bytes),
        1 => "[a-z]{20,60}".prop_map(String::into_bytes),
        4 => vec(select(CHARACTERS), 1..5).prop_map(|parts| parts.concat().into_bytes()),
        1 => select(&["qqxx", "lqk", "[]{}|~#@", "\u{a0}"][..]).prop_map(|text| text.as_bytes().to_vec()),
    ]
}

const CHARACTERS: &[&str] = &[
    "日",
    "本",
    "é",
    "e\u{301}",
    "\u{301}",
    "👩",
    "👩\u{200d}👩\u{200d}👧",
    "\u{200d}",
    "🇯🇵",
    "🇯",
    "❤",
    "❤\u{fe0f}",
    "\u{fe0f}",
    "👍🏽",
    "\u{1f3fd}",
    "한",
    "\u{1112}\u{1161}\u{11ab}",
    "\u{600}",
    "नि",
    "─",
    "x",
    " ",
    "  ",
    "a\u{300}\u{301}\u{302}\u{303}",
    "z\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}",
];

fn controls() -> impl Strategy<Value = Vec<u8>> {
    select(
        &[
            "\r\n", "\r\n", "\n", "\r", "\x08", "\t", "\x0b", "\x0e", "\x0f", "\x07", "\0", "\x7f",
            "\u{84}", "\u{85}", "\u{88}",
        ][..],
    )
    .prop_map(|text| text.as_bytes().to_vec())
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (0_u32..12).prop_map(|n| n.to_string()),
        3 => Just(String::new()),
        1 => select(&["255", "256", "4095", "4096", "65535", "65536", "2147483647", "99999999999999999999"][..])
            .prop_map(str::to_owned),
    ]
}

fn csi() -> impl Strategy<Value = Vec<u8>> {
    let finals = &[
        "A", "B", "C", "D", "E", "F", "G", "H", "H", "H", "I", "J", "J", "K", "K", "L", "M", "P",
        "S", "T", "X", "Z", "@", "`", "a", "b", "b", "c", "d", "e", "f", "g", "n", "r", "r", "s",
        "t", "u", " @", " A", " q", "'}", "'~", "\"q", "!p", "$p", "y", "#z",
    ][..];
    let prefix = prop_oneof![12 => Just(""), 2 => Just("?"), 1 => Just(">"), 1 => Just("=")];
    (prefix, vec(number(), 0..4), select(finals)).prop_map(|(prefix, numbers, last)| {
        format!("\x1b[{prefix}{}{last}", numbers.join(";")).into_bytes()
    })
}

fn colours() -> impl Strategy<Value = Vec<u8>> {
    let one = prop_oneof![
        4 => (0_u32..110).prop_map(|n| n.to_string()),
        1 => (0_u32..7).prop_map(|n| format!("4:{n}")),
        1 => (0_u32..300).prop_map(|n| format!("38;5;{n}")),
        1 => (0_u32..300).prop_map(|n| format!("48:5:{n}")),
        1 => (0_u8..4, 0_u8..4).prop_map(|(r, g)| format!("38;2;{r};{g};7")),
        1 => (0_u8..4, 0_u8..4).prop_map(|(r, g)| format!("48:2::{r}:{g}:7")),
        1 => (0_u8..4).prop_map(|r| format!("58:2:{r}:1:2")),
        1 => (0_u8..4).prop_map(|r| format!("58;5;{r}")),
        1 => select(&["", "0", "39", "49", "59", "24", "38;9;1", "38", "48;2;1", "58:5"][..]).prop_map(str::to_owned),
    ];
    vec(one, 0..4).prop_map(|all| format!("\x1b[{}m", all.join(";")).into_bytes())
}

fn modes() -> impl Strategy<Value = Vec<u8>> {
    let private = select(
        &[
            1, 2, 3, 5, 6, 6, 7, 7, 9, 12, 25, 45, 45, 47, 66, 67, 1000, 1002, 1003, 1004, 1005,
            1006, 1007, 1015, 1016, 1047, 1048, 1049, 1049, 2004, 2026, 9999,
        ][..],
    );
    prop_oneof![
        4 => (private.clone(), select(&["h", "h", "l"][..])).prop_map(|(n, set)| format!("\x1b[?{n}{set}")),
        1 => (private.clone(), private, select(&["h", "l"][..])).prop_map(|(a, b, set)| format!("\x1b[?{a};{b}{set}")),
        1 => (select(&[4, 4, 20, 2, 12][..]), select(&["h", "l"][..])).prop_map(|(n, set)| format!("\x1b[{n}{set}")),
    ]
    .prop_map(String::into_bytes)
}

fn escapes() -> impl Strategy<Value = Vec<u8>> {
    let plain = select(
        &[
            "7", "7", "8", "8", "D", "E", "H", "M", "M", "N", "O", "c", "n", "o", "=", ">", "#8",
            "%G", "%@", "Z", "|", "\\",
        ][..],
    );
    let designate = (
        select(&["(", ")", "*", "+", "-"][..]),
        select(&["0", "0", "B", "A", "4", "K", "=", "Z", "?"][..]),
    );
    prop_oneof![
        3 => plain.prop_map(|last| format!("\x1b{last}")),
        1 => designate.prop_map(|(by, set)| format!("\x1b{by}{set}")),
    ]
    .prop_map(String::into_bytes)
}

fn strings() -> impl Strategy<Value = Vec<u8>> {
    let osc = select(
        &[
            "0;title",
            "2;",
            "1;icon",
            "4;1;#123456",
            "4;1;rgb:11/22/33;2;?",
            "4;300;#fff",
            "10;#ffffff",
            "11;?",
            "10;#111;#222;#333",
            "12;rgb:f/0/0",
            "104",
            "104;1;2",
            "110",
            "111",
            "112",
            "7;file://host/tmp/a%20b",
            "8;;http://a",
            "8;id=1;http://b/é",
            "8;;",
            "8;id=2;http://a",
            "9;hello",
            "9;4;1;50",
            "9;4;0",
            "52;c;aGk=",
            "52;c;?",
            "99;i=1:d=0;x",
            "99;i=1:p=body;y",
            "133;A",
            "133;C;cmdline_url=ls",
            "133;D;1",
            "777;notify;a;b",
            "7501;state=idle:app=x",
            "1337;x",
            "",
            ";",
        ][..],
    );
    let dcs = select(
        &[
            "$qm",
            "$qr",
            "$q q",
            "$qx",
            "+q544e",
            "+q00",
            "1;2|abc",
            "q#0;2;0;0;0",
            "0<x",
        ][..],
    );
    let end = select(&["\x07", "\x1b\\", "\x1b\\", "\u{9c}", "\x18", "\x1b[m"][..]);
    let other = select(&["_Gabc", "^pm", "Xsos"][..]);
    prop_oneof![
        6 => (osc, end.clone()).prop_map(|(text, end)| format!("\x1b]{text}{end}")),
        2 => (dcs, end.clone()).prop_map(|(text, end)| format!("\x1bP{text}{end}")),
        1 => (other, end).prop_map(|(text, end)| format!("\x1b{text}{end}")),
    ]
    .prop_map(String::into_bytes)
}

fn broken() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 1..6),
        select(BROKEN).prop_map(<[u8]>::to_vec),
    ]
}

const BROKEN: &[&[u8]] = &[
    b"\x1b",
    b"\x1b[",
    b"\x1b[1;",
    b"\x1b[?",
    b"\x1b]0;x",
    b"\x1bP",
    b"\xe6\x97",
    b"\xf0\x9f",
    b"\xc2",
    b"\xff",
    b"\x80",
    b"\x1b[1\x1b[2",
    b"\x1b[3\x08C",
    b"\x1b[1<5m",
    b"\x1b[38:2:1:2:3:4:5:6:7m",
    b"\x1b[\xe6",
    b"\x9bm",
    b"\x18",
    b"\x1a",
    b"\x1b[;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;m",
    b"\x1b(",
    b"\x1b((B",
];

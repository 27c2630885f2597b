//! Streams that look like what programs print, with everything in them that makes terminals disagree.
//!
//! A stream is a list of pieces (a stretch of text, one sequence), so that a failing one can be made small
//! by leaving pieces out.

use super::random::Random;

/// What a generated stream may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flavor {
    /// Columns and rows the stream is made for; coordinates go a little beyond.
    pub(crate) size: (u16, u16),
    /// Damaged sequences, bytes that are not UTF-8, controls inside sequences.
    pub(crate) damage: bool,
    /// Counts that keep xterm.js busy for minutes.
    pub(crate) hostile: bool,
}

/// `pieces` pieces, chosen by their weight in real output.
pub(crate) fn stream(random: &mut Random, flavor: Flavor, pieces: usize) -> Vec<Vec<u8>> {
    (0..pieces).map(|_| piece(random, flavor)).collect()
}

fn piece(random: &mut Random, flavor: Flavor) -> Vec<u8> {
    match random.below(if flavor.damage { 104 } else { 100 }) {
        0..=27 => text(random, flavor),
        28..=39 => control(random),
        40..=54 => motion(random, flavor),
        55..=66 => edit(random, flavor),
        67..=78 => pen(random),
        79..=86 => mode(random),
        87..=90 => region(random, flavor),
        91..=93 => charset(random),
        94..=95 => b"\x1b7".to_vec(),
        96..=97 => b"\x1b8".to_vec(),
        98 => string(random),
        99 => rare(random),
        _ => damage(random, flavor),
    }
}

const WORDS: [&str; 24] = [
    "a",
    "the quick",
    "hello",
    " ",
    "   ",
    "0123456789",
    "────",
    "日本語",
    "漢",
    "ｱ",
    "가나",
    "e\u{301}",
    "n\u{303}x",
    "👍",
    "👍🏽",
    "👨\u{200d}👩\u{200d}👧",
    "🇯🇵",
    "🇩",
    "❤\u{fe0f}",
    "☎",
    "नि",
    "\u{301}",
    "\u{fe0f}",
    "\u{200d}",
];

fn text(random: &mut Random, flavor: Flavor) -> Vec<u8> {
    match random.below(8) {
        0..=2 => random
            .pick(&["x", "ls -la", "error: ", "ok", "#"])
            .as_bytes()
            .to_vec(),
        3 => {
            // A stretch that fills a row and more.
            let length = random.below(usize::from(flavor.size.0) * 2 + 2);
            (b'a'..=b'z').cycle().take(length).collect()
        }
        _ => (0..=random.below(4))
            .flat_map(|_| random.pick(&WORDS).bytes())
            .collect(),
    }
}

fn control(random: &mut Random) -> Vec<u8> {
    random
        .pick(&[
            "\r\n", "\r\n", "\r\n", "\n", "\n", "\r", "\x08", "\x08", "\t", "\t", "\x0b", "\x0c",
            "\x07", "\x1bD", "\x1bM", "\x1bM", "\x1bE", "\x0e", "\x0f", "\x7f", "\x01",
        ])
        .as_bytes()
        .to_vec()
}

/// A count or coordinate: mostly small, at times absent, zero, just outside or far outside.
fn number(random: &mut Random, flavor: Flavor, limit: u16) -> String {
    match random.below(24) {
        4..=7 if flavor.hostile => "2147483647".to_owned(),
        0..=2 => String::new(),
        3 => "0".to_owned(),
        // Below what the model clamps counts to, so that xterm.js does the same.
        4 => "4000".to_owned(),
        5 => (usize::from(limit) + random.below(3)).to_string(),
        _ => (1 + random.below(usize::from(limit))).to_string(),
    }
}

fn motion(random: &mut Random, flavor: Flavor) -> Vec<u8> {
    let (cols, rows) = flavor.size;
    let (count, finals) = match random.below(10) {
        0..=3 => {
            let (row, col) = (number(random, flavor, rows), number(random, flavor, cols));
            return format!("\x1b[{row};{col}{}", random.pick(&["H", "H", "f"])).into_bytes();
        }
        4..=6 => (number(random, flavor, cols), &["C", "D", "G", "`", "a"][..]),
        7 | 8 => (
            number(random, flavor, rows),
            &["A", "B", "E", "F", "d", "e"][..],
        ),
        _ => (number(random, flavor, 4), &["I", "Z"][..]),
    };
    format!("\x1b[{count}{}", random.pick(finals)).into_bytes()
}

fn edit(random: &mut Random, flavor: Flavor) -> Vec<u8> {
    let (cols, rows) = flavor.size;
    match random.below(12) {
        0..=3 => {
            let what = random.pick(&["", "0", "1", "2"]);
            format!("\x1b[{what}{}", random.pick(&["K", "K", "J"]))
        }
        4..=7 => format!(
            "\x1b[{}{}",
            number(random, flavor, cols),
            random.pick(&["@", "P", "X", "X"])
        ),
        8 | 9 => format!(
            "\x1b[{}{}",
            number(random, flavor, rows),
            random.pick(&["L", "M", "S", "T"])
        ),
        // Clusters are limited; so is, where xterm.js is to do the same, what is repeated.
        10 if !flavor.hostile => format!("\x1b[{}b", random.below(6)),
        10 => format!("\x1b[{}b", number(random, flavor, 6)),
        _ => format!(
            "\x1b[{}{}",
            number(random, flavor, 3),
            random.pick(&[" @", " A", "'}", "'~"])
        ),
    }
    .into_bytes()
}

fn pen(random: &mut Random) -> Vec<u8> {
    let one = |random: &mut Random| match random.below(9) {
        0 | 1 => random
            .pick(&["", "0", "1", "2", "3", "4", "5", "7", "8", "9", "21", "53"])
            .to_owned(),
        2 => random
            .pick(&[
                "22", "23", "24", "25", "27", "28", "29", "39", "49", "55", "59",
            ])
            .to_owned(),
        3 => format!("4:{}", random.below(6)),
        4 | 5 => format!("{}{}", random.pick(&["3", "4", "9", "10"]), random.below(8)),
        6 => format!(
            "{};5;{}",
            random.pick(&["38", "48", "58"]),
            random.below(256)
        ),
        7 => format!(
            "{}:2::{}:128:7",
            random.pick(&["38", "48", "58"]),
            random.below(256)
        ),
        _ => format!(
            "{};2;1;{};3",
            random.pick(&["38", "48", "58"]),
            random.below(256)
        ),
    };
    let all: Vec<String> = (0..=random.below(3)).map(|_| one(random)).collect();
    format!("\x1b[{}m", all.join(";")).into_bytes()
}

fn mode(random: &mut Random) -> Vec<u8> {
    let which = random.pick(&[
        "?1", "?6", "?6", "?7", "?7", "?7", "?9", "?12", "?25", "?25", "?45", "?47", "?1000",
        "?1002", "?1003", "?1004", "?1006", "?1016", "?1047", "?1048", "?1049", "?1049", "?2004",
        "?2026", "?66", "4", "4", "20", "?1;25", "?9999",
    ]);
    match random.below(12) {
        0 => random.pick(&["\x1b=", "\x1b>"]).as_bytes().to_vec(),
        1 => format!("\x1b[{} q", random.below(7)).into_bytes(),
        2..=6 => format!("\x1b[{which}h").into_bytes(),
        _ => format!("\x1b[{which}l").into_bytes(),
    }
}

fn region(random: &mut Random, flavor: Flavor) -> Vec<u8> {
    match random.below(8) {
        0..=3 => {
            let (top, bottom) = (
                number(random, flavor, flavor.size.1),
                number(random, flavor, flavor.size.1),
            );
            format!("\x1b[{top};{bottom}r").into_bytes()
        }
        4 => b"\x1b[r".to_vec(),
        5 => b"\x1bH".to_vec(),
        6 => format!("\x1b[{}g", random.pick(&["", "0", "3"])).into_bytes(),
        _ => format!(
            "\x1b[{}\"q\x1b[?{}{}",
            random.below(3),
            random.below(3),
            random.pick(&["J", "K"])
        )
        .into_bytes(),
    }
}

fn charset(random: &mut Random) -> Vec<u8> {
    match random.below(3) {
        0 => {
            let slot = random.pick(&["(", ")", "*", "+"]);
            format!("\x1b{slot}{}", random.pick(&["0", "B", "A", "K"])).into_bytes()
        }
        1 => random
            .pick(&["\x0e", "\x0f", "\x1bn", "\x1bo"])
            .as_bytes()
            .to_vec(),
        _ => random.pick(&["lqqk", "x~x", "#[]{|}"]).as_bytes().to_vec(),
    }
}

fn string(random: &mut Random) -> Vec<u8> {
    random
        .pick(&[
            "\x1b]0;a title\x07",
            "\x1b]2;\u{1b}\\",
            "\x1b]7;file://localhost/home/me\x1b\\",
            "\x1b]8;;https://example.org/a\x1b\\",
            "\x1b]8;id=1;https://example.org/b\x07",
            "\x1b]8;;\x1b\\",
            "\x1b]133;A\x07",
            "\x1b]9;4;1;50\x1b\\",
            "\x1b]9;done\x07",
            "\x1b]52;c;aGVsbG8=\x07",
            "\x1b]777;notify;title;body\x07",
            "\x1bP+q544e\x1b\\",
            "\x1b_Gf=100;AAAA\x1b\\",
            "\x1b^private\x1b\\",
            "\x1bXstart of string\x1b\\",
        ])
        .as_bytes()
        .to_vec()
}

fn rare(random: &mut Random) -> Vec<u8> {
    random
        .pick(&[
            "\x1bc", "\x1b[!p", "\x1b#8", "\x1b[c", "\x1b[6n", "\x1b[18t", "\x1b[3J", "\x1b[s",
            "\x1b[u",
        ])
        .as_bytes()
        .to_vec()
}

fn damage(random: &mut Random, flavor: Flavor) -> Vec<u8> {
    // To xterm.js a character still joins the one before a sequence that was abandoned, which is not worth
    // copying: what abandons sequences at random is for viewers only.
    match random.below(if flavor.hostile { 5 } else { 3 }) {
        0 => random
            .pick(&[
                "\x1b[3",
                "\x1b[\x18",
                "\x1b[1;\n2H",
                "\x1b]0;never ended",
                "\x1bP1;2",
                "\x1b[?",
                "\x1b[1;2\x1b[31m",
                "\x1b]8;;x\x18",
                "\x1b[>1 $z",
                "\x1b[:m",
                "\x1b[38;5m",
                "\x1b[;;;;r",
            ])
            .as_bytes()
            .to_vec(),
        1 => random
            .pick(&[
                &b"\xff"[..],
                b"\xc3",
                b"\xe2\x94",
                b"\xf0\x9f\x98",
                b"\xed\xa0\x80",
                b"\xc0\xaf",
                b"\x80",
            ])
            .to_vec(),
        2 => random
            .pick(&[
                "\u{84}",
                "\u{85}",
                "\u{88}",
                "\u{9b}31m",
                "\u{90}",
                "\u{9d}0;t\u{9c}",
            ])
            .as_bytes()
            .to_vec(),
        3 => b"\x1b".to_vec(),
        _ => random.next().to_le_bytes().to_vec(),
    }
}

//! The text of the scribe, the program that prints in the crash tests: line `n` is the same in every run.

/// Every so many lines the scribe sends a notification with the line's number …
pub const NOTIFY_EVERY: u64 = 500;
/// … up to this line: more would run into the limits of the journal.
pub const NOTIFY_UNTIL: u64 = 9 * NOTIFY_EVERY;
/// Every so many lines the scribe asks the terminal how it is; it never reads the answer.
const QUERY_EVERY: u64 = 350;

const WORDS: [&str; 8] = [
    "compiling",
    "端末とセッション",
    "ok",
    "\x1b[32mgreen\x1b[0m",
    "naïve",
    "👩\u{200d}💻",
    "a",
    "warning: unused",
];

/// What the terminal shows of line `n`.
#[must_use]
pub fn shown(n: u64) -> String {
    let line = printed(n).replace("\x1b[32m", "").replace("\x1b[0m", "");
    let line = line.split('\x1b').next().unwrap_or_default();
    line.trim_end_matches(['\r', '\n']).to_owned()
}

/// What the scribe prints for line `n`, line break included.
#[must_use]
pub fn printed(n: u64) -> String {
    let mut line = format!("#{n:08}");
    let mut seed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for _ in 0..seed % 11 {
        seed ^= seed >> 12;
        seed ^= seed << 25;
        seed ^= seed >> 27;
        line.push(' ');
        line.push_str(
            WORDS
                .get(usize::try_from(seed % 8).unwrap_or(0))
                .copied()
                .unwrap_or_default(),
        );
    }
    if n.is_multiple_of(NOTIFY_EVERY) && n <= NOTIFY_UNTIL {
        line.push_str(&format!("\x1b]777;notify;scribe;{n}\x07"));
    }
    if n.is_multiple_of(QUERY_EVERY) && n <= NOTIFY_UNTIL {
        line.push_str("\x1b[5n");
    }
    line.push_str("\r\n");
    line
}

//! Output as programs print it, made from a seed.

use mainstay_protocol::Size;

/// xorshift64*: small, and the same everywhere (<https://doi.org/10.1145/2845077>).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).expect("31 bits") % bound
    }
}

/// One thing that happens to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// One read.
    Output(Vec<u8>),
    Resize(Size),
    /// The host's timer.
    Tick,
}

/// Longest read; bells are further apart, for of two within a second only one is journalled.
const MAX_READ: usize = 4096;

/// A run of about `bytes` bytes. Every step takes a second of the clock; reads end anywhere in a sequence.
pub(crate) fn script(seed: u64, bytes: usize) -> Vec<Step> {
    let mut random = Random::new(seed);
    let output = output(&mut random, bytes);
    let mut steps = Vec::new();
    let mut rest = output.as_slice();
    while !rest.is_empty() {
        let length = (1 + random.below(MAX_READ)).min(rest.len());
        let (read, more) = rest.split_at(length);
        steps.push(Step::Output(read.to_vec()));
        rest = more;
        match random.below(16) {
            0 => {
                let cols = u16::try_from(20 + random.below(100)).expect("small");
                let rows = u16::try_from(4 + random.below(30)).expect("small");
                steps.push(Step::Resize(Size::clamped(cols, rows)));
            }
            1 => steps.push(Step::Tick),
            _ => {}
        }
    }
    steps
}

fn output(random: &mut Random, bytes: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut line = 0;
    let mut bell = 0;
    while out.len() < bytes {
        line += 1;
        let text = match random.below(40) {
            0..=14 => format!("line {line} of the log\r\n"),
            15..=19 => format!("\x1b[1;3{}mcolour\x1b[0m {line}\r\n", random.below(8)),
            20..=22 => format!(
                "長い行 {line} 👩\u{200d}👧 e\u{301} {}\r\n",
                "汉".repeat(random.below(60))
            ),
            23..=24 => format!("{line}: {}\r\n", "wrapped ".repeat(random.below(200))),
            25 => "\x1b[2J\x1b[Hagain\r\n".to_owned(),
            26 => format!("\x1b[{};{}Hhere", random.below(20), random.below(90)),
            27 => format!("\x1b[?1049h\x1b[Hfull screen {line}\x1b[3;4Hmore"),
            28 => "\x1b[?1049l".to_owned(),
            29 => "\x1b[3J".to_owned(),
            30 => format!("\x1b]0;title {line}\x07\x1b]7;file:///home/u/{line}\x1b\\"),
            31 => format!("\x1b]9;note {line}\x1b\\"),
            32 => format!("\x1b]777;notify;title;body {line}\x07"),
            33 => "\x1b]133;A\x07$ \x1b]133;B\x07make\r\n\x1b]133;C\x07".to_owned(),
            34 => format!("\x1b]133;D;{}\x07", random.below(3)),
            35 => "\x1b[6n\x1b[c\x1b]52;c;aGVsbG8=\x07".to_owned(),
            36 => "\x1b]8;;https://example.org/a\x1b\\link\x1b]8;;\x1b\\\r\n".to_owned(),
            37 => "\x1b]7501;state=working:app=tool\x07\x1b]9;4;1;50\x07".to_owned(),
            38 => format!(
                "\x1b[{}r\x1b[?6h\x1b[4h\x1b[?6l\x1b[4l\x1b[r",
                2 + random.below(5)
            ),
            _ if out.len() >= bell => {
                bell = out.len() + 2 * MAX_READ;
                "\x07".to_owned()
            }
            _ => "\r\n".to_owned(),
        };
        out.extend_from_slice(text.as_bytes());
    }
    out
}

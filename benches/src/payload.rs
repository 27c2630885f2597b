//! What the children of the ingest benchmark print: four kinds of output, the same bytes in every run.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The kinds of output that terminals are slow or fast at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payload {
    /// Lines of ASCII words, as a build prints them.
    Plain,
    /// A change of colour every few characters, half of them 24-bit.
    Color,
    /// Japanese, accents, emoji clusters.
    Unicode,
    /// Cursor moves, short writes and erases, as full-screen programs print them.
    Cursor,
}

impl Payload {
    pub(crate) const ALL: [Self; 4] = [Self::Plain, Self::Color, Self::Unicode, Self::Cursor];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Color => "colour",
            Self::Unicode => "unicode",
            Self::Cursor => "cursor",
        }
    }

    /// Writes at least `megabytes` of this kind into `folder`, once, and says where.
    pub(crate) fn file(self, folder: &Path, megabytes: usize) -> io::Result<PathBuf> {
        let path = folder.join(format!("{}-{megabytes}.payload", self.name()));
        let wanted = megabytes * 1024 * 1024;
        if fs::metadata(&path).is_ok_and(|found| found.len() >= wanted as u64) {
            return Ok(path);
        }
        let mut out = BufWriter::with_capacity(1 << 20, fs::File::create(&path)?);
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut piece = Vec::with_capacity(256);
        let mut written = 0;
        while written < wanted {
            piece.clear();
            self.piece(&mut random, &mut piece)?;
            out.write_all(&piece)?;
            written += piece.len();
        }
        out.flush()?;
        Ok(path)
    }

    fn piece(self, random: &mut Random, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Plain => {
                for _ in 0..random.below(14) {
                    write!(out, "{} ", pick(random, WORDS))?;
                }
                out.extend_from_slice(b"\r\n");
            }
            Self::Color => {
                for _ in 0..random.below(10) {
                    let (r, g, b) = (random.below(256), random.below(256), random.below(256));
                    match random.below(4) {
                        0 => write!(out, "\x1b[38;2;{r};{g};{b}m")?,
                        1 => write!(out, "\x1b[48;2;{r};{g};{b}m")?,
                        2 => write!(out, "\x1b[1;{}m", 31 + r % 7)?,
                        _ => write!(out, "\x1b[0;38;5;{g}m")?,
                    }
                    write!(out, "{} ", pick(random, WORDS))?;
                }
                out.extend_from_slice(b"\x1b[0m\r\n");
            }
            Self::Unicode => {
                for _ in 0..random.below(16) {
                    write!(out, "{} ", pick(random, UNICODE))?;
                }
                out.extend_from_slice(b"\r\n");
            }
            Self::Cursor => {
                let (row, col) = (1 + random.below(24), 1 + random.below(70));
                write!(out, "\x1b[{row};{col}H{}", pick(random, WORDS))?;
                match random.below(6) {
                    0 => out.extend_from_slice(b"\x1b[K"),
                    1 => write!(out, "\x1b[{}X", 1 + random.below(8))?,
                    2 => write!(out, "\x1b[7m{:>5}\x1b[27m", random.below(100_000))?,
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

const WORDS: &[&str] = &[
    "error",
    "warning:",
    "Compiling",
    "src/main.rs:12:5",
    "the",
    "a",
    "0x7ffe",
    "cargo",
    "--release",
    "test",
    "ok",
    "...",
    "[12/400]",
    "linking",
    "-->",
    "function",
    "unused",
    "variable",
    "in",
    "of",
];
const UNICODE: &[&str] = &[
    "日本語",
    "端末",
    "セッション",
    "한국어",
    "naïve",
    "Grüße",
    "e\u{301}tude",
    "👩\u{200d}💻",
    "🇯🇵",
    "✅",
    "→",
    "│",
    "──",
    "кириллица",
    "x",
    "🧑🏽\u{200d}🚀",
];

fn pick(random: &mut Random, from: &[&'static str]) -> &'static str {
    from.get(usize::try_from(random.below(from.len() as u64)).unwrap_or(0))
        .copied()
        .unwrap_or("")
}

/// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators").
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit.max(1)
    }
}

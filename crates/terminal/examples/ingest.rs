//! How fast the model takes output that is in memory already, in MB/s: a quick look while working on it. The
//! numbers that are claimed come from `cargo xtask bench`.
//!
//! `cargo run --release -p mainstay-terminal --example ingest [KIND] [MEGABYTES]`
//!
//! A file in place of the kind is what the model takes, again and again.
#![expect(
    clippy::print_stdout,
    reason = "this program is for reading its output"
)]
#![expect(clippy::disallowed_methods, reason = "it measures")]

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use mainstay_protocol::{Line, Size};
use mainstay_terminal::{Options, Sink, Terminal};

/// Bytes per read of a PTY.
const READ: usize = 64 * 1024;

#[derive(Default)]
struct Counter {
    lines: u64,
    bytes: usize,
    view: Option<usize>,
}

impl Sink for Counter {
    fn line(&mut self, _: u64, line: &Line) {
        self.lines += 1;
        self.bytes += line.text.len();
    }

    fn wants_view(&self) -> bool {
        self.view.is_some()
    }

    fn view(&mut self, bytes: &[u8]) {
        self.view = self.view.map(|sum| sum + bytes.len());
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let only = arguments.next();
    let megabytes = arguments
        .next()
        .and_then(|count| count.parse().ok())
        .unwrap_or(200);
    if let Some(path) = only.as_ref().filter(|only| Path::new(only).is_file()) {
        let bytes = std::fs::read(path).expect("the file can be read");
        for view in [None, Some(0)] {
            measure("file", &bytes, megabytes, view);
        }
        return;
    }
    for (kind, make) in [
        ("plain", plain as fn(&mut String, usize)),
        ("colours", colours),
        ("rgb", direct_colours),
        ("unicode", unicode),
        ("cursor", cursor),
    ] {
        if only.as_ref().is_some_and(|only| only != kind) {
            continue;
        }
        let mut text = String::new();
        for number in 0.. {
            make(&mut text, number);
            if text.len() > 8_000_000 {
                break;
            }
        }
        for view in [None, Some(0)] {
            measure(kind, text.as_bytes(), megabytes, view);
        }
    }
}

fn measure(kind: &str, bytes: &[u8], megabytes: usize, view: Option<usize>) {
    let mut terminal = Terminal::new(Size::clamped(120, 40), Options::default());
    let mut counter = Counter {
        view,
        ..Counter::default()
    };
    let rounds = (megabytes * 1_000_000).div_ceil(bytes.len());
    let start = Instant::now();
    for _ in 0..rounds {
        for chunk in bytes.chunks(READ) {
            terminal.feed(chunk, &mut counter);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let fed = (rounds * bytes.len()) as f64 / 1e6;
    let start = Instant::now();
    let mut snapshot = Vec::new();
    terminal.snapshot(&mut snapshot);
    let took = start.elapsed();
    println!(
        "{kind:8} {:5} {:6.0} MB/s  {} lines  snapshot {} bytes in {took:?}",
        if view.is_some() { "view" } else { "" },
        fed / seconds,
        counter.lines,
        snapshot.len(),
    );
}

fn plain(out: &mut String, number: usize) {
    let word = [
        "error",
        "warning",
        "compiling",
        "finished",
        "the quick brown fox",
    ];
    let pick = word
        .iter()
        .cycle()
        .nth(number % 5)
        .copied()
        .unwrap_or_default();
    writeln!(
        out,
        "{number:08} {pick} some more text that a compiler or a log might print here\r"
    )
    .expect("memory");
}

fn colours(out: &mut String, number: usize) {
    for column in 0..10 {
        let colour = (number * 7 + column * 3) % 256;
        write!(
            out,
            "\x1b[38;5;{colour}mword{column}\x1b[0m \x1b[1;3{}mx\x1b[m",
            colour % 8
        )
        .expect("memory");
    }
    out.push_str("\r\n");
}

fn direct_colours(out: &mut String, number: usize) {
    for column in 0..20 {
        let (r, g, b) = (number % 256, column * 12, (number / 7) % 256);
        write!(out, "\x1b[38;2;{r};{g};{b}mab").expect("memory");
    }
    out.push_str("\x1b[0m\r\n");
}

fn unicode(out: &mut String, number: usize) {
    writeln!(
        out,
        "{number} 日本語のテキストと絵文字 👩‍👩‍👧 🎉 naïve café résumé ── Ελληνικά кириллица e\u{301}\r"
    )
    .expect("memory");
}

fn cursor(out: &mut String, number: usize) {
    let (row, column) = (number * 7 % 40 + 1, number * 13 % 100 + 1);
    write!(
        out,
        "\x1b[{row};{column}Hcell {}\x1b[K\x1b[{}C*",
        number % 1000,
        number % 5 + 1
    )
    .expect("memory");
}

//! Measures what a history costs, each figure beside one to compare it with:
//!
//! ```text
//! cargo run --release -p mainstay-history --example history_figures [LINES]
//! ```
//!
//! Appending lines against writing the same bytes to a file, logging output against the same copies in
//! memory, and searching against `rg` (which must be installed) over the same text.

use std::fs::File;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use mainstay_history::{Pattern, Query, Reader, Search, Settings, Writer};
use mainstay_protocol::{Attrs, Color, Line, Style, StyleRun};
use mainstay_seams::{Clock, SystemClock};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count = std::env::args()
        .nth(1)
        .map_or(Ok(1_000_000), |n| n.parse())?;
    let temp = tempfile::tempdir()?;
    let mut figures = Figures {
        clock: Arc::new(SystemClock),
        out: io::stdout(),
    };
    let lines = lines(count);
    let text: String = lines
        .iter()
        .flat_map(|line| [line.text.as_str(), "\n"])
        .collect();
    figures.say(&format!("{count} lines, {} MB", text.len() / 1_000_000))?;
    figures.append(temp.path(), &lines, &text)?;
    figures.log(temp.path(), &text)?;
    figures.search(temp.path(), &text)?;
    Ok(())
}

/// Output as of a build with some errors in it.
fn lines(count: u64) -> Vec<Line> {
    let mut state = 1u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    (0..count)
        .map(|number| {
            let kind = match next() % 1000 {
                0 => "error[E0308]: mismatched types",
                1..20 => "warning: unused variable",
                _ => "Compiling",
            };
            let text = format!(
                "{number:>9} {kind} crate_{} v{}.{}.{} (/home/user/src/project/crates/{:x})",
                next() % 5000,
                next() % 9,
                next() % 30,
                next() % 30,
                next()
            );
            Line {
                text,
                ..Line::default()
            }
        })
        .collect()
}

struct Figures {
    clock: Arc<SystemClock>,
    out: io::Stdout,
}

impl Figures {
    fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// Shortest of some runs.
    fn time(
        &self,
        runs: u32,
        f: &mut dyn FnMut() -> Result<(), Box<dyn std::error::Error>>,
    ) -> Result<Duration, Box<dyn std::error::Error>> {
        let mut best = Duration::MAX;
        for _ in 0..runs {
            let start = self.clock.monotonic();
            f()?;
            best = best.min(self.clock.monotonic().saturating_sub(start));
        }
        Ok(best)
    }

    fn writer(&self, folder: &Path) -> Result<Writer, Box<dyn std::error::Error>> {
        drop(std::fs::remove_dir_all(folder));
        Ok(Writer::open(folder, Settings::default(), Arc::clone(&self.clock) as _)?.0)
    }

    fn append(
        &mut self,
        temp: &Path,
        lines: &[Line],
        text: &str,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let plain = temp.join("plain.txt");
        let write = self.time(9, &mut || {
            let mut file = File::create(&plain)?;
            for chunk in text.as_bytes().chunks(64 * 1024) {
                file.write_all(chunk)?;
            }
            Ok(())
        })?;
        let mut styled = lines.to_vec();
        for line in &mut styled {
            for start in [0u32, 10, 20, 40] {
                let style = Style {
                    fg: Color::Indexed(u8::try_from(start)?),
                    attrs: if start == 10 {
                        Attrs::BOLD
                    } else {
                        Attrs::empty()
                    },
                    ..Style::default()
                };
                line.runs.push(StyleRun {
                    start,
                    style,
                    link: None,
                });
            }
        }
        let hot: Vec<Line> = lines.iter().take(500).cycle().take(1).cloned().collect();
        let mut rows = vec![("write(2) of 64 KiB", write)];
        for (name, lines) in [
            ("append, 4 styles a line", styled.as_slice()),
            ("append, plain", lines),
        ] {
            let time = self.time(9, &mut || {
                let mut writer = self.writer(&temp.join("history"))?;
                for (number, line) in (0..).zip(lines) {
                    writer.append(number, line)?;
                }
                writer.checkpoint(b"", 0, lines.len() as u64)?;
                Ok(())
            })?;
            rows.push((name, time));
        }
        let time = self.time(9, &mut || {
            let mut writer = self.writer(&temp.join("hot"))?;
            for (number, line) in (0..lines.len() as u64).zip(hot.iter().cycle()) {
                writer.append(number, line)?;
            }
            Ok(())
        })?;
        rows.push(("append, plain, line in cache", time));
        for (name, time) in rows {
            let rate = text.len() as f64 / 1e6 / time.as_secs_f64();
            self.say(&format!(
                "{name:<28} {:>8.1} ms {rate:>8.0} MB/s",
                time.as_secs_f64() * 1e3
            ))?;
        }
        Ok(())
    }

    fn log(&mut self, temp: &Path, text: &str) -> Result<(), Box<dyn std::error::Error>> {
        let mut memory = vec![0u8; 64 * 1024];
        for read in [4095, 65_536] {
            let copy = self.time(9, &mut || {
                for chunk in text.as_bytes().chunks(read) {
                    if let Some(place) = memory.get_mut(..chunk.len()) {
                        place.copy_from_slice(chunk);
                    }
                    std::hint::black_box(&memory);
                }
                Ok(())
            })?;
            let logged = self.time(9, &mut || {
                let mut writer = self.writer(&temp.join("logged"))?;
                for chunk in text.as_bytes().chunks(read) {
                    let mut rest = chunk;
                    while !rest.is_empty() {
                        let space = writer.raw_space();
                        let n = rest.len().min(space.len());
                        let (now, later) = rest.split_at(n);
                        space
                            .iter_mut()
                            .zip(now)
                            .for_each(|(place, byte)| *place = *byte);
                        writer.raw_commit(n);
                        rest = later;
                    }
                    if writer.wants_checkpoint() {
                        writer.checkpoint(&[0; 100_000], 0, 0)?;
                    }
                }
                Ok(())
            })?;
            let rate = |time: Duration| text.len() as f64 / 1e6 / time.as_secs_f64();
            self.say(&format!(
                "raw log, reads of {read:>5}       {:>8.1} ms {:>8.0} MB/s (copied in memory: {:.0} MB/s)",
                logged.as_secs_f64() * 1e3, rate(logged), rate(copy)
            ))?;
        }
        Ok(())
    }

    fn search(&mut self, temp: &Path, text: &str) -> Result<(), Box<dyn std::error::Error>> {
        let plain = temp.join("plain.txt");
        let history = temp.join("history");
        let open = self.time(9, &mut || {
            drop(Reader::open(&history)?);
            Ok(())
        })?;
        self.say(&format!(
            "open of a reader             {:>8.2} ms",
            open.as_secs_f64() * 1e3
        ))?;
        let last = u64::try_from(text.lines().count())?;
        let page = self.time(5, &mut || {
            let reader = Reader::open(&history)?;
            let middle = last / 2;
            let _flow =
                reader.lines(middle..middle + 100, &mut |_, _| ControlFlow::Continue(()))?;
            Ok(())
        })?;
        self.say(&format!(
            "100 lines from the middle    {:>8.2} ms",
            page.as_secs_f64() * 1e3
        ))?;
        self.say("search                             here       rg   ratio    hits")?;
        for (name, pattern, case, flags) in [
            (
                "rare text",
                Pattern::Text("crate_4711 v7.1".into()),
                true,
                &["-F"][..],
            ),
            (
                "rare text, any case",
                Pattern::Text("CRATE_4711 v7.1".into()),
                false,
                &["-F", "-i"],
            ),
            (
                "missing text",
                Pattern::Text("no such text".into()),
                true,
                &["-F"],
            ),
            (
                "0.1 % of lines",
                Pattern::Text("mismatched".into()),
                true,
                &["-F"],
            ),
            ("all lines", Pattern::Text("crate".into()), true, &["-F"]),
            (
                "regex, literal start",
                Pattern::Regex(r"error\[E\d+\]: \w+ types".into()),
                true,
                &[],
            ),
            (
                "regex, no literal",
                Pattern::Regex(r"v\d\.2\d\.\d \(.*[0-3]{6}".into()),
                true,
                &[],
            ),
            (
                "regex, any case",
                Pattern::Regex(r"ERROR\[e\d+\]".into()),
                false,
                &["-i"],
            ),
        ] {
            let (Pattern::Text(text) | Pattern::Regex(text)) = pattern.clone();
            let search = Search::new(Query {
                case_sensitive: case,
                ..Query::new(pattern)
            })?;
            let mut hits = 0u64;
            let ours = self.time(5, &mut || {
                hits = 0;
                let reader = Reader::open(&history)?;
                let _flow = search.run(&reader, &false.into(), &mut |_| {
                    hits += 1;
                    ControlFlow::Continue(())
                })?;
                Ok(())
            })?;
            let rg = self.time(5, &mut || {
                let mut command = Command::new("rg");
                command
                    .args(["-N", "--no-config", "-e", &text])
                    .args(flags)
                    .arg(&plain);
                command.stdout(Stdio::null()).status()?;
                Ok(())
            })?;
            self.say(&format!(
                "  {name:<24} {:>8.1} ms {:>6.1} ms {:>6.2} {hits:>8}",
                ours.as_secs_f64() * 1e3,
                rg.as_secs_f64() * 1e3,
                ours.as_secs_f64() / rg.as_secs_f64()
            ))?;
        }
        Ok(())
    }
}

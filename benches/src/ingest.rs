//! How fast a session takes what its program prints, against a bare reader, the model alone, and other programs.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::thread;

use mainstay_link::Connection;
use mainstay_protocol::Size;
use mainstay_protocol::frame::{FromHost, OpenView, ToHost};
use mainstay_terminal::{Options, Sink, Terminal};

use crate::bare::Bare;
use crate::lab::{Lab, Result};
use crate::payload::Payload;
use crate::report::{Report, Row, median};
use crate::rivals::Rival;
use crate::stopwatch::Stopwatch;

/// Rounds of every row; the median counts.
const ROUNDS: usize = 3;

pub(crate) fn run(lab: &Lab, megabytes: usize) -> Result<Report> {
    let mut rows = Vec::new();
    for payload in Payload::ALL {
        let file = payload.file(&lab.payloads, megabytes)?;
        rows.extend(rows_of(lab, payload, &file)?);
    }
    let about = "share of the speed of a bare terminal reader; in MB/s only to tell how busy the machine was";
    Ok(Report {
        name: "ingest",
        about,
        rows,
    })
}

/// What is measured, in the order of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Bare,
    Model,
    Host(Viewer),
    Rival(Rival),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Viewer {
    None,
    One,
    NeverReads,
}

impl Way {
    fn label(self) -> String {
        match self {
            Self::Bare => "bare reader".to_owned(),
            Self::Model => "model from memory".to_owned(),
            Self::Host(Viewer::None) => "host, no viewer".to_owned(),
            // It reads and acknowledges all it is sent, on the same processors: its work is part of the figure.
            Self::Host(Viewer::One) => "host, one viewer (its CPU included)".to_owned(),
            Self::Host(Viewer::NeverReads) => "host, one that never reads".to_owned(),
            Self::Rival(rival) => rival.name().to_owned(),
        }
    }
}

fn rows_of(lab: &Lab, payload: Payload, file: &Path) -> Result<Vec<Row>> {
    let mut ways = vec![Way::Bare, Way::Model];
    ways.extend([Viewer::None, Viewer::One, Viewer::NeverReads].map(Way::Host));
    ways.extend(
        Rival::installed()
            .into_iter()
            .filter(|&r| r != Rival::Zellij)
            .map(Way::Rival),
    );
    let mut seconds: Vec<Vec<f64>> = vec![Vec::new(); ways.len()];
    for round in 0..ROUNDS {
        for (&way, found) in ways.iter().zip(&mut seconds) {
            write!(
                std::io::stderr(),
                "\r{} round {} {:<40}",
                payload.name(),
                round + 1,
                way.label()
            )?;
            found.push(measure(lab, way, file)?);
        }
    }
    writeln!(std::io::stderr(), "\r{:60}", "")?;
    let bytes = fs::metadata(file)?.len() as f64;
    let speeds: Vec<f64> = seconds
        .iter_mut()
        .map(|s| bytes / 1e6 / median(s))
        .collect();
    let (bare, model) = (
        speeds.first().copied().unwrap_or(1.0),
        speeds.get(1).copied().unwrap_or(1.0),
    );
    let slower = bare.min(model);
    let best_rival = ways
        .iter()
        .zip(&speeds)
        .filter(|(way, _)| matches!(way, Way::Rival(Rival::Tmux | Rival::Screen | Rival::Zellij)));
    let best_rival = best_rival.map(|(_, &speed)| speed).fold(0.0, f64::max);
    Ok(ways
        .iter()
        .zip(&speeds)
        .map(|(&way, &speed)| {
            let row = Row::new(
                format!("{}: {}", payload.name(), way.label()),
                speed,
                "MB/s",
            );
            let row = if way == Way::Bare {
                row
            } else {
                row.against("bare", speed / bare)
            };
            if matches!(way, Way::Host(_)) {
                let reached = speed >= 0.85 * slower && speed > best_rival;
                row.reach(
                    "0.85 of the slower of bare and model, above tmux, screen, zellij",
                    reached,
                )
            } else {
                row
            }
        })
        .collect())
}

fn measure(lab: &Lab, way: Way, file: &Path) -> Result<f64> {
    let pipe = lab.pipe()?;
    let (file_name, pipe_name) = (file.to_string_lossy(), pipe.to_string_lossy());
    let words = ["child-write", &*file_name, &*pipe_name];
    match way {
        Way::Bare => {
            let bare = Bare::start(&lab.myself, &words)?;
            let reading = thread::spawn(move || bare.drain().map_err(|error| error.to_string()));
            let seconds = told(&pipe)?;
            reading.join().map_err(|_| "the reader panicked")??;
            Ok(seconds)
        }
        Way::Model => from_memory(file),
        Way::Host(viewer) => {
            let session = lab.start_program(
                "/bin/sh",
                &[
                    "-c",
                    "read go; exec \"$0\" \"$@\"",
                    &lab.myself,
                    words[0],
                    words[1],
                    words[2],
                ],
            )?;
            let _viewer = watch(session.connect()?, viewer)?;
            session.connect()?.send(&ToHost::Input(b"go\n".to_vec()))?;
            let seconds = told(&pipe)?;
            session.wait()?;
            Ok(seconds)
        }
        Way::Rival(rival) => {
            let _running = rival.start(lab, &lab.myself, &words)?;
            told(&pipe)
        }
    }
}

/// Waits for what a child writes into its pipe.
fn told(pipe: &Path) -> Result<f64> {
    Ok(fs::read_to_string(pipe)?.parse()?)
}

/// What a viewer holds while it looks.
#[derive(Debug)]
enum Watching {
    Nobody,
    Reads,
    Stuck { _connection: Connection },
}

fn watch(mut connection: Connection, viewer: Viewer) -> Result<Watching> {
    if viewer == Viewer::None {
        return Ok(Watching::Nobody);
    }
    connection.send(&ToHost::OpenView(OpenView {
        focused: true,
        ..OpenView::default()
    }))?;
    if viewer == Viewer::NeverReads {
        return Ok(Watching::Stuck {
            _connection: connection,
        });
    }
    thread::spawn(move || {
        while let Ok(frame) = connection.recv() {
            let shown = match frame {
                FromHost::Snapshot(snapshot) if snapshot.last => snapshot.position,
                FromHost::Output(position, bytes) => position + bytes.len() as u64,
                _ => continue,
            };
            if connection.send(&ToHost::AckView(shown)).is_err() {
                break;
            }
        }
    });
    Ok(Watching::Reads)
}

#[derive(Debug, Default)]
struct Count(u64);

impl Sink for Count {
    fn line(&mut self, _: u64, line: &mainstay_protocol::Line) {
        self.0 += line.text.len() as u64;
    }
}

fn from_memory(file: &Path) -> Result<f64> {
    let bytes = fs::read(file)?;
    let mut terminal = Terminal::new(Size::DEFAULT, Options::default());
    let mut sink = Count::default();
    let watch = Stopwatch::start();
    for piece in bytes.chunks(4096) {
        terminal.feed(piece, &mut sink);
    }
    let seconds = watch.seconds();
    std::hint::black_box(sink.0);
    Ok(seconds)
}

//! How long a typed byte takes to come back: through a bare terminal, `mainstay attach`, and other programs.

use std::io::Read;

use crate::bare::Bare;
use crate::lab::{Lab, Result, Session};
use crate::payload::Payload;
use crate::report::{Report, Row, percentile};
use crate::rivals::Rival;
use crate::stopwatch::Stopwatch;

const SAMPLES: usize = TURNS * IN_A_TURN;
const TURNS: usize = 200;
/// Bytes typed into one terminal before it is the next one's turn.
const IN_A_TURN: usize = 10;
/// Turns before those that count.
const WARMING: usize = 5;
/// Sessions that print without end while we type.
const FLOODS: usize = 4;

pub(crate) fn run(lab: &Lab, megabytes: usize) -> Result<Report> {
    let mut rows = Vec::new();
    rows.extend(round(lab, "idle")?);
    let file = Payload::Plain.file(&lab.payloads, megabytes.min(20))?;
    let file = file.to_string_lossy();
    let floods: Vec<Session> = (0..FLOODS)
        .map(|_| lab.start(&["child-flood", &file]))
        .collect::<Result<_>>()?;
    rows.extend(round(lab, "4 sessions flood")?);
    drop(floods);
    let about = "a typed byte to its echo under a terminal, median and 99th percentile";
    Ok(Report {
        name: "echo",
        about,
        rows,
    })
}

fn round(lab: &Lab, when: &str) -> Result<Vec<Row>> {
    let session = lab.start(&["child-echo"])?;
    let mut ways = vec![
        Way::new(
            "bare terminal",
            Bare::start(&lab.myself, &["child-echo"])?,
            b"READY",
        ),
        Way::new("mainstay attach", attach(lab, &session)?, b"READY"),
    ];
    let mut running = Vec::new();
    for rival in Rival::installed()
        .into_iter()
        .filter(|&rival| rival != Rival::Zellij)
    {
        let started = rival.start(lab, &lab.myself, &["child-echo"])?;
        if let Some((program, args)) = started.attach().split_first() {
            ways.push(Way::new(rival.name(), Bare::start(program, args)?, b""));
        }
        running.push(started);
    }
    type_in_turns(&mut ways)?;

    let mut rows = Vec::new();
    let mut reference = None;
    for mut way in ways {
        let ours = way.name == "mainstay attach";
        let bare = (
            percentile(&mut way.millis, 50),
            percentile(&mut way.millis, 99),
        );
        push(&mut rows, when, way.name, way.millis, reference, ours);
        reference.get_or_insert(bare);
        way.terminal.child.kill()?;
        way.terminal.child.wait()?;
    }
    Ok(rows)
}

fn attach(lab: &Lab, session: &Session) -> Result<Bare> {
    let mainstay = lab.mainstay.to_string_lossy();
    let data = lab.data().to_string_lossy().into_owned();
    let args = ["--data-dir", &data, "attach", session.id.as_str()];
    Ok(Bare::start(&mainstay, &args)?)
}

/// One way from a typed byte to its echo, and how long it took each time.
struct Way {
    name: &'static str,
    terminal: Bare,
    ready: &'static [u8],
    millis: Vec<f64>,
}

impl Way {
    fn new(name: &'static str, terminal: Bare, ready: &'static [u8]) -> Self {
        Self {
            name,
            terminal,
            ready,
            millis: Vec::with_capacity(SAMPLES),
        }
    }
}

/// Types a few bytes into each terminal in turn, so that whatever else the machine does meets all of them alike. The first
/// turns don't count.
fn type_in_turns(ways: &mut [Way]) -> Result<()> {
    for way in ways.iter_mut() {
        await_ready(&mut way.terminal, way.ready)?;
    }
    for turn in 0..TURNS + WARMING {
        for way in ways.iter_mut() {
            let millis = times(&mut way.terminal)?;
            if turn >= WARMING {
                way.millis.extend(millis);
            }
        }
    }
    Ok(())
}

fn push(
    rows: &mut Vec<Row>,
    when: &str,
    what: &str,
    mut millis: Vec<f64>,
    reference: Option<(f64, f64)>,
    ours: bool,
) {
    let (middle, late) = (percentile(&mut millis, 50), percentile(&mut millis, 99));
    for (name, value, bare) in [("median", middle, 0), ("99th", late, 1)] {
        let mut row = Row::new(format!("{when}: {what}, {name}"), value, "ms");
        if let Some((bare_middle, bare_late)) = reference {
            let base = if bare == 0 { bare_middle } else { bare_late };
            row = row.against("bare", value / base);
        }
        row = match (ours, name) {
            (true, "median") => row.reach("0.2 ms", value <= 0.2),
            (true, "99th") => row.reach("1 ms at the 99th percentile", value <= 1.0),
            _ => row,
        };
        rows.push(row);
    }
}

/// Types bytes one after the other and waits for each. The echo of a terminal program may be wrapped in escape sequences: a
/// letter that none of them uses is what counts.
fn times(terminal: &mut Bare) -> Result<[f64; IN_A_TURN]> {
    let mut buffer = [0; 4096];
    let mut times = [0.0; IN_A_TURN];
    for (time, letter) in times.iter_mut().zip(b"zqxy".iter().cycle()) {
        let watch = Stopwatch::start();
        terminal.send(&[*letter])?;
        loop {
            let read = terminal.master.read(&mut buffer)?;
            if buffer.get(..read).unwrap_or_default().contains(letter) {
                break;
            }
        }
        *time = watch.millis();
    }
    Ok(times)
}

/// Waits until the program inside takes bytes: it says so, or it sends one back. dtach shows nothing of what was printed before.
fn await_ready(terminal: &mut Bare, ready: &[u8]) -> Result<()> {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    let wanted: &[u8] = if ready.is_empty() { b"w" } else { ready };
    if ready.is_empty() {
        terminal.send(wanted)?;
    }
    loop {
        let read = terminal.master.read(&mut buffer)?;
        seen.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if seen.windows(wanted.len()).any(|window| window == wanted) {
            return Ok(());
        }
    }
}

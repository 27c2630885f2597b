//! How long a typed byte takes to come back: through a bare terminal, `mainstay attach`, and other programs.

use std::io::Read;

use crate::bare::Bare;
use crate::lab::{Lab, Result, Session};
use crate::payload::Payload;
use crate::report::{Report, Row, percentile};
use crate::rivals::Rival;
use crate::stopwatch::Stopwatch;

const SAMPLES: usize = 2000;
/// Sessions that print without end while we type.
const FLOODS: usize = 4;

pub(crate) fn run(lab: &Lab, megabytes: usize) -> Result<Report> {
    let mut rows = Vec::new();
    rows.extend(round(lab, "idle", false)?);
    let file = Payload::Plain.file(&lab.payloads, megabytes.min(20))?;
    let file = file.to_string_lossy();
    let floods: Vec<Session> = (0..FLOODS)
        .map(|_| lab.start(&["child-flood", &file]))
        .collect::<Result<_>>()?;
    rows.extend(round(lab, "4 sessions flood", true)?);
    drop(floods);
    let about = "a typed byte to its echo under a terminal, median and 99th percentile";
    Ok(Report {
        name: "echo",
        about,
        rows,
    })
}

fn round(lab: &Lab, when: &str, flooded: bool) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let bare = times(Bare::start(&lab.myself, &["child-echo"])?, b"READY")?;
    let reference = (
        percentile(&mut bare.clone(), 50),
        percentile(&mut bare.clone(), 99),
    );
    push(&mut rows, when, "bare terminal", bare, None, None);

    let session = lab.start(&["child-echo"])?;
    let mainstay = lab.mainstay.to_string_lossy();
    let data = lab.data().to_string_lossy().into_owned();
    let attached = Bare::start(
        &mainstay,
        &["--data-dir", &data, "attach", session.id.as_str()],
    )?;
    let reach = if flooded { 1.0 } else { 0.2 };
    push(
        &mut rows,
        when,
        "mainstay attach",
        times(attached, b"READY")?,
        Some(reference),
        Some(reach),
    );

    for rival in Rival::installed()
        .into_iter()
        .filter(|&rival| rival != Rival::Zellij)
    {
        let running = rival.start(lab, &lab.myself, &["child-echo"])?;
        let attach = running.attach();
        let Some((program, args)) = attach.split_first() else {
            continue;
        };
        push(
            &mut rows,
            when,
            rival.name(),
            times(Bare::start(program, args)?, b"")?,
            Some(reference),
            None,
        );
    }
    Ok(rows)
}

fn push(
    rows: &mut Vec<Row>,
    when: &str,
    what: &str,
    mut millis: Vec<f64>,
    reference: Option<(f64, f64)>,
    reach_ms: Option<f64>,
) {
    let (middle, late) = (percentile(&mut millis, 50), percentile(&mut millis, 99));
    for (name, value, bare) in [("median", middle, 0), ("99th", late, 1)] {
        let mut row = Row::new(format!("{when}: {what}, {name}"), value, "ms");
        if let Some((bare_middle, bare_late)) = reference {
            let base = if bare == 0 { bare_middle } else { bare_late };
            row = row.against("bare", value / base);
        }
        row = match (reach_ms, name) {
            (Some(reach), "median") if reach < 1.0 => row.reach("0.2 ms idle", value <= reach),
            (Some(_), "99th") => row.reach("1 ms at the 99th percentile", value <= 1.0),
            _ => row,
        };
        rows.push(row);
    }
}

/// Types bytes one after the other and waits for each. The echo of a terminal program may be wrapped in escape sequences: a
/// letter that none of them uses is what counts.
fn times(mut terminal: Bare, ready: &[u8]) -> Result<Vec<f64>> {
    await_ready(&mut terminal, ready)?;
    let mut buffer = [0; 4096];
    let mut times = Vec::with_capacity(SAMPLES);
    for sample in 0..SAMPLES + 50 {
        let letter = b"zqxy".get(sample % 4).copied().unwrap_or(b'z');
        let watch = Stopwatch::start();
        terminal.send(&[letter])?;
        loop {
            let read = terminal.master.read(&mut buffer)?;
            if buffer.get(..read).unwrap_or_default().contains(&letter) {
                break;
            }
        }
        if sample >= 50 {
            times.push(watch.millis());
        }
    }
    terminal.child.kill()?;
    terminal.child.wait()?;
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

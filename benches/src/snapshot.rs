//! What a snapshot costs, with little and with much history.

use mainstay_link::Connection;
use mainstay_protocol::frame::{FromHost, OpenView, ToHost};

use crate::lab::{Lab, Result, Session};
use crate::report::{Report, Row, median};
use crate::stopwatch::Stopwatch;

const SAMPLES: usize = 200;

pub(crate) fn run(lab: &Lab) -> Result<Report> {
    let mut rows = Vec::new();
    let mut short = f64::NAN;
    for lines in [100, 1_000_000] {
        let session = with_history(lab, lines)?;
        let millis = snapshot_millis(&session)?;
        let mut row = Row::new(format!("{lines} lines of history"), millis, "ms");
        if short.is_nan() {
            short = millis;
        } else {
            row = row.against("100 lines", millis / short);
        }
        rows.push(row.reach("under 5 ms", millis < 5.0));
    }
    let about = "opening a view to its whole snapshot, less a ping";
    Ok(Report {
        name: "snapshot",
        about,
        rows,
    })
}

/// A session whose program has printed so many lines and sits still.
pub(crate) fn with_history(lab: &Lab, lines: usize) -> Result<Session> {
    let script = format!(
        "seq -f 'line %.0f of a program that printed a lot of text today' {lines}; echo 'ALL-DONE'; cat"
    );
    let session = lab.start_program("/bin/sh", &["-c", &script])?;
    until_shown(&session, "ALL-DONE")?;
    Ok(session)
}

/// Waits until the screen shows a text.
pub(crate) fn until_shown(session: &Session, text: &str) -> Result<()> {
    let mut connection = session.connect()?;
    connection.send(&ToHost::OpenView(OpenView::default()))?;
    let mut seen = String::new();
    loop {
        let (position, bytes) = match connection.recv()? {
            FromHost::Snapshot(piece) => {
                let shown = if piece.last { piece.position } else { 0 };
                (shown, piece.bytes)
            }
            FromHost::Output(position, bytes) => (position + bytes.len() as u64, bytes),
            _ => continue,
        };
        connection.send(&ToHost::AckView(position))?;
        seen.push_str(&String::from_utf8_lossy(&bytes));
        if seen.contains(text) {
            return Ok(());
        }
        let keep = seen.len().saturating_sub(4096);
        let keep = (keep..seen.len())
            .find(|&at| seen.is_char_boundary(at))
            .unwrap_or(0);
        seen.drain(..keep);
    }
}

fn snapshot_millis(session: &Session) -> Result<f64> {
    let mut connection = session.connect()?;
    let mut found = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        let ping = ping(&mut connection)?;
        let watch = Stopwatch::start();
        connection.send(&ToHost::OpenView(OpenView::default()))?;
        loop {
            if let FromHost::Snapshot(piece) = connection.recv()?
                && piece.last
            {
                break;
            }
        }
        found.push((watch.millis() - ping).max(0.0));
        connection.send(&ToHost::CloseView)?;
    }
    Ok(median(&mut found))
}

fn ping(connection: &mut Connection) -> Result<f64> {
    let watch = Stopwatch::start();
    connection.send(&ToHost::Ping(1))?;
    while !matches!(connection.recv()?, FromHost::Pong(1)) {}
    Ok(watch.millis())
}

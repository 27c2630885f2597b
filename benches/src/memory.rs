//! What an idle host keeps for itself in memory.

use std::fs;

use crate::lab::{Lab, Result};
use crate::report::{Report, Row};
use crate::snapshot::{until_shown, with_history};

pub(crate) fn run(lab: &Lab) -> Result<Report> {
    let idle = lab.start_program("/bin/sh", &["-c", "echo ALL-DONE; cat"])?;
    until_shown(&idle, "ALL-DONE")?;
    let long = with_history(lab, 1_000_000)?;
    let rows = [("idle", &idle), ("a million lines of history", &long)]
        .into_iter()
        .map(|(label, session)| {
            let megabytes = private_megabytes(session.started.host_pid)?;
            Ok(Row::new(label, megabytes, "MB").reach("2 MB", megabytes <= 2.0))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Report {
        name: "memory",
        about: "private memory of one host",
        rows,
    })
}

/// `Private_Clean` and `Private_Dirty` of `/proc/PID/smaps_rollup`, less what maps the raw log: those are pages of a file that
/// the system takes back whenever it wants.
fn private_megabytes(pid: u32) -> Result<f64> {
    let maps = fs::read_to_string(format!("/proc/{pid}/smaps"))?;
    let mut kilobytes = 0.0;
    let mut in_file = false;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if first.contains('-') && !first.ends_with(':') {
            in_file = line.contains("/history/raw-");
        } else if matches!(first, "Private_Clean:" | "Private_Dirty:") && !in_file {
            kilobytes += words.next().unwrap_or("0").parse::<f64>()?;
        }
    }
    Ok(kilobytes / 1024.0)
}

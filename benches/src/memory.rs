//! What an idle host keeps for itself in memory.

use std::thread;
use std::time::Duration;

use crate::lab::{Lab, Result};
use crate::process;
use crate::report::{Report, Row};
use crate::snapshot::{until_shown, with_history};

pub(crate) fn run(lab: &Lab) -> Result<Report> {
    let idle = lab.start_program("/bin/sh", &["-c", "echo ALL-DONE; cat"])?;
    until_shown(&idle, "ALL-DONE")?;
    let long = with_history(lab, 1_000_000)?;
    thread::sleep(QUIET);
    let rows = [("idle", &idle), ("a million lines of history", &long)]
        .into_iter()
        .map(|(label, session)| {
            let megabytes = process::megabytes(session.started.host_pid, "Private_")?;
            Ok(Row::new(label, megabytes, "MB").reach("2 MB", megabytes <= 2.0))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Report {
        name: "memory",
        about: "private memory of one of two hosts that share their program",
        rows,
    })
}

/// What a host does when it is quiet: it gives memory back at its second quiet look at itself, and it looks every 5 s.
const QUIET: Duration = Duration::from_secs(12);

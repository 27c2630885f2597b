//! Beginning a manager: with records of ended sessions, and with hosts that live.

use std::path::Path;

use mainstay_link::Connection;
use rusqlite::{Connection as Database, OpenFlags};

use crate::ground::{Ground, in_parallel};
use crate::lab::{Lab, Result};
use crate::records::{Folders, fill};
use crate::report::{Report, Row, median};
use crate::stopwatch::Stopwatch;

const ROUNDS: usize = 7;

/// `records` and `hosts` are the most there are; fewer records are measured too.
pub(crate) fn run(lab: &Lab, records: usize, hosts: usize) -> Result<Report> {
    let mut rows = Vec::new();
    for count in [10, records / 10, records] {
        rows.extend(with_records(lab, count)?);
    }
    rows.extend(with_hosts(lab, hosts)?);
    Ok(Report {
        name: "start",
        about: "Manager::open until every session has its true state; records of ended sessions with their folders, all of it in the system's memory",
        rows,
    })
}

fn with_records(lab: &Lab, count: usize) -> Result<[Row; 2]> {
    let ground = Ground::new(lab)?;
    fill(&ground, count, Folders::With)?;
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let watch = Stopwatch::start();
        let read = read_all(&ground.database())?;
        bare.push(watch.millis());
        if read != count {
            return Err(format!("{read} records of {count} are there").into());
        }
        ours.push(opened(&ground, 0)?);
    }
    let (bare, ours) = (median(&mut bare), median(&mut ours));
    Ok([
        Row::new(
            format!("{count} records: rows read from a bare SQLite file"),
            bare,
            "ms",
        ),
        Row::new(format!("{count} records: manager begins"), ours, "ms")
            .against("bare", ours / bare),
    ])
}

/// Begins a manager and ends it again; how long the beginning took.
fn opened(ground: &Ground, hosts: usize) -> Result<f64> {
    let watch = Stopwatch::start();
    let (manager, report) = ground.open()?;
    let millis = watch.millis();
    manager.close();
    if report.following != hosts || report.fresh || !report.rebuilt.is_empty() {
        return Err(format!("the manager found something else: {report:?}").into());
    }
    Ok(millis)
}

/// How many sessions there are, all columns read.
fn read_all(database: &Path) -> Result<usize> {
    // As the manager's own: a connection is used by one thread at a time.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Database::open_with_flags(database, flags)?;
    let mut statement = database.prepare("SELECT * FROM sessions")?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
        count += 1;
    }
    Ok(count)
}

fn with_hosts(lab: &Lab, count: usize) -> Result<[Row; 2]> {
    let ground = Ground::new(lab)?;
    let (manager, _) = ground.open()?;
    ground.sleepers(&manager, count)?;
    manager.close();
    drop(manager);
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let watch = Stopwatch::start();
        dial_all(&ground)?;
        bare.push(watch.millis());
        ours.push(opened(&ground, count)?);
    }
    let (bare, ours) = (median(&mut bare), median(&mut ours));
    Ok([
        Row::new(format!("{count} hosts: dialled, 16 at once"), bare, "ms"),
        Row::new(
            format!("{count} hosts: manager begins and follows all"),
            ours,
            "ms",
        )
        .against("dialling", ours / bare),
    ])
}

/// Says hello to the host of every session.
fn dial_all(ground: &Ground) -> Result<()> {
    let folders = ground.folders()?;
    in_parallel(&folders, |folder| {
        let host = folder
            .current()
            .and_then(|run| run.map(|run| folder.run(&run).host()).transpose());
        let host = host.map_err(|error| error.to_string())?;
        let host = host.flatten().ok_or("a session without host")?;
        Connection::dial(Path::new(&host.socket), &host.token, "mainstay-benches")
            .map(drop)
            .map_err(|error| error.to_string())
    })
}

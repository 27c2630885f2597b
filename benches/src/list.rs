//! Lists of sessions, against a bare `SELECT` of the same rows and their count.

use mainstay_manager::Manager;
use mainstay_protocol::session::{Order, SessionQuery, SortBy, Status};
use rusqlite::{Connection as Database, OpenFlags};

use crate::ground::Ground;
use crate::lab::{Lab, Result};
use crate::records::{Folders, fill};
use crate::report::{Report, Row, median};
use crate::stopwatch::Stopwatch;

const ROUNDS: usize = 51;

/// A list, and the same in SQL.
struct Asked {
    label: &'static str,
    query: SessionQuery,
    condition: &'static str,
    order: &'static str,
}

pub(crate) fn run(lab: &Lab, records: usize) -> Result<Report> {
    let ground = Ground::new(lab)?;
    fill(&ground, records, Folders::Without)?;
    let (manager, _) = ground.open()?;
    // As the manager's own: a connection is used by one thread at a time.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Database::open_with_flags(ground.database(), flags)?;
    let mut rows = Vec::new();
    for asked in asked() {
        for limit in [100, 1_000] {
            rows.extend(measure(&manager, &database, &asked, limit)?);
        }
    }
    manager.close();
    Ok(Report {
        name: "list",
        about: "a page of the sessions there are, with the count of all that fit",
        rows,
    })
}

fn asked() -> [Asked; 5] {
    let usual = SessionQuery::default();
    [
        Asked {
            label: "all, updated last first",
            query: usual.clone(),
            condition: "TRUE",
            order: "updated DESC, id DESC",
        },
        Asked {
            label: "by name",
            query: SessionQuery {
                sort: SortBy::Name,
                order: Order::Ascending,
                ..usual.clone()
            },
            condition: "TRUE",
            order: "sort_name, id",
        },
        Asked {
            label: "failed ones",
            query: SessionQuery {
                status: vec![Status::Failed],
                ..usual.clone()
            },
            condition: "status = 'failed'",
            order: "updated DESC, id DESC",
        },
        Asked {
            label: "with a frequent text",
            query: SessionQuery {
                text: Some("Project-7".to_owned()),
                ..usual.clone()
            },
            condition: "instr(search, 'project-7') > 0",
            order: "updated DESC, id DESC",
        },
        Asked {
            label: "with a text that one has",
            query: SessionQuery {
                text: Some("record-000007".to_owned()),
                ..usual
            },
            condition: "instr(search, 'record-000007') > 0",
            order: "updated DESC, id DESC",
        },
    ]
}

fn measure(manager: &Manager, database: &Database, asked: &Asked, limit: u32) -> Result<[Row; 2]> {
    let query = SessionQuery {
        limit,
        ..asked.query.clone()
    };
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let watch = Stopwatch::start();
        let selected = select(database, asked, limit)?;
        bare.push(watch.millis());
        let watch = Stopwatch::start();
        let page = manager.list(&query)?;
        ours.push(watch.millis());
        if (page.sessions.len(), page.total) != selected {
            return Err(format!("{}: not the same rows", asked.label).into());
        }
    }
    let (bare, ours) = (median(&mut bare), median(&mut ours));
    let label = format!("{}, page of {limit}", asked.label);
    Ok([
        Row::new(format!("{label}: SELECT"), bare, "ms"),
        Row::new(format!("{label}: manager"), ours, "ms").against("SELECT", ours / bare),
    ])
}

/// How many rows the page has, and how many fit in all.
fn select(database: &Database, asked: &Asked, limit: u32) -> Result<(usize, u64)> {
    let from = format!(
        "FROM sessions WHERE deleted IS NULL AND {}",
        asked.condition
    );
    let total: i64 = database
        .prepare_cached(&format!("SELECT count(*) {from}"))?
        .query_row([], |row| row.get(0))?;
    let sql = format!("SELECT * {from} ORDER BY {} LIMIT {limit}", asked.order);
    let mut statement = database.prepare_cached(&sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
        count += 1;
    }
    Ok((count, u64::try_from(total)?))
}

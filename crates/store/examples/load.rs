//! How fast the store is on this machine's disk: a quick look while working on it. The numbers that are claimed come from
//! `cargo xtask bench`.
//!
//! `cargo run --release -p mainstay-store --example load [FOLDER] [SESSIONS]`
#![expect(
    clippy::print_stdout,
    reason = "this program is for reading its output"
)]
#![expect(clippy::disallowed_methods, reason = "it measures")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mainstay_protocol::session::{EventQuery, Session, SessionQuery, SortBy, Status};
use mainstay_protocol::{EventKind, SessionId, Timestamp};
use mainstay_seams::SystemClock;
use mainstay_store::{NewEvent, SessionRow, Store};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
    let sessions = arguments
        .next()
        .and_then(|count| count.parse().ok())
        .unwrap_or(10_000)
        .max(200);
    let folder = tempfile::tempdir_in(folder).expect("a folder");
    sync(folder.path());
    let path = folder.path().join("mainstay.db");
    let store = open(&path);
    fill(&store, sessions);
    lists(&store);
    for writers in [1, 4, 16, 64, 200] {
        writing(&store, writers);
    }
    following(&store);
    store.close();
    open(&path).close();
    let size = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
    println!("the file: {:.1} MB", megabytes(size));
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn open(path: &Path) -> Store {
    let began = Instant::now();
    let opened = mainstay_store::Store::open(path, Arc::new(SystemClock)).expect("a store");
    println!("open: {:?}", began.elapsed());
    opened.store
}

/// What a sync costs without the store.
fn sync(folder: &Path) {
    let mut file = std::fs::File::create(folder.join("sync")).expect("a file");
    let count = 200;
    let began = Instant::now();
    for _ in 0..count {
        std::io::Write::write_all(&mut file, &[1; 4096]).expect("room");
        file.sync_data().expect("synced");
    }
    println!("write and sync of 4 KiB: {:?}", began.elapsed() / count);
}

fn id(n: usize) -> SessionId {
    format!("s{n:06}").parse().expect("an id")
}

fn session(n: usize) -> SessionRow {
    let time = u64::try_from(n * 7919 % 100_003).unwrap_or(0) + 1_795_188_960_000;
    let status = Status::ALL.get(n % Status::ALL.len());
    let json = serde_json::json!({
        "id": id(n), "status": status, "summary": format!("make target-{n}"), "environment": "host",
        "name": n.is_multiple_of(3).then(|| format!("name {n}")), "project": format!("/home/a/project-{}", n % 50),
        "settings": {"cwd": format!("/home/a/project-{}/src", n % 50), "command": ["make", format!("target-{n}")],
            "env": {"LANG": "C.UTF-8", "CARGO_TERM_COLOR": "always"}},
        "created": Timestamp(time).to_string(), "updated": Timestamp(time).to_string(),
        "started": Timestamp(time).to_string(), "title": format!("make: target-{n}"),
        "current_dir": format!("/home/a/project-{}/src", n % 50),
    });
    let session: Session = serde_json::from_value(json).expect("a session");
    SessionRow::new(session)
}

fn fill(store: &Store, sessions: usize) {
    let began = Instant::now();
    for chunk in (0..sessions).collect::<Vec<_>>().chunks(1000) {
        let rows: Vec<_> = chunk.iter().map(|&n| session(n)).collect();
        store
            .write(move |write| rows.iter().try_for_each(|row| write.insert_session(row)))
            .expect("stored");
    }
    println!("{sessions} sessions put in: {:?}", began.elapsed());
}

fn lists(store: &Store) {
    let query = SessionQuery {
        limit: 100,
        ..SessionQuery::default()
    };
    let list = |what: &str, query: &SessionQuery| {
        let look = || store.read(|read| read.sessions(query)).expect("a page");
        let page = look();
        let count = 20;
        let began = Instant::now();
        for _ in 0..count {
            look();
        }
        let each = began.elapsed() / count;
        println!(
            "list {what}: {each:?} ({} of {})",
            page.sessions.len(),
            page.total
        );
    };
    for sort in [
        SortBy::Updated,
        SortBy::Created,
        SortBy::Started,
        SortBy::Name,
    ] {
        list(
            &format!("by {sort:?}"),
            &SessionQuery {
                sort,
                ..query.clone()
            },
        );
    }
    list("the usual 1,000", &SessionQuery::default());
    list(
        "everything",
        &SessionQuery {
            limit: 10_000,
            ..query.clone()
        },
    );
    list(
        "running",
        &SessionQuery {
            status: vec![Status::Running],
            ..query.clone()
        },
    );
    list(
        "a project",
        &SessionQuery {
            project: Some("/home/a/project-7".to_owned()),
            ..query.clone()
        },
    );
    list(
        "a profile",
        &SessionQuery {
            profile: Some("shell".to_owned()),
            ..query.clone()
        },
    );
    list(
        "a rare text",
        &SessionQuery {
            text: Some("TARGET-9999".to_owned()),
            ..query.clone()
        },
    );
    list(
        "a frequent text",
        &SessionQuery {
            text: Some("make".to_owned()),
            ..query.clone()
        },
    );
    let began = Instant::now();
    let live = store.read(|read| read.live()).expect("read").len();
    println!("{live} live ones: {:?}", began.elapsed());
    let began = Instant::now();
    let known = store
        .read(|read| read.known_sessions())
        .expect("read")
        .len();
    println!("{known} in short: {:?}", began.elapsed());
}

fn event(n: usize) -> NewEvent {
    NewEvent {
        time: Timestamp(1_795_188_960_000),
        session: id(n),
        run: None,
        host_seq: None,
        origin: None,
        kind: EventKind::Updated,
    }
}

/// Threads that each write one event after the other, each its own job.
fn writing(store: &Store, writers: usize) {
    let span = Duration::from_secs(2);
    let written = AtomicU64::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for writer in 0..writers {
            let written = &written;
            scope.spawn(move || {
                while began.elapsed() < span {
                    let event = event(writer);
                    store
                        .write(move |write| write.append_event(event))
                        .expect("stored");
                    written.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let written = written.into_inner();
    let each = written as f64 / began.elapsed().as_secs_f64();
    println!("{writers} writers: {each:.0} events/s");
}

/// A thousand subscribers that read the newest event, from memory and from the file.
fn following(store: &Store) {
    let newest = store.read(|read| read.last_seq()).expect("read");
    let began = Instant::now();
    for _ in 0..1000 {
        store.events_since(newest - 1, 100).expect("events");
    }
    println!(
        "1,000 times the newest event from memory: {:?}",
        began.elapsed()
    );
    let query = EventQuery {
        since: newest - 1,
        ..EventQuery::default()
    };
    let began = Instant::now();
    for _ in 0..1000 {
        store.read(|read| read.events(&query)).expect("events");
    }
    println!(
        "1,000 times the newest event from the file: {:?}",
        began.elapsed()
    );
}

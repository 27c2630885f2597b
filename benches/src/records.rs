//! Records of sessions that have ended, as a manager would have left them, without having run any.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use mainstay_keep::{HostRecord, SessionFolder, SessionRecord};
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::session::{Run, Session, Settings, Status};
use mainstay_protocol::spec::{Origin, Readiness, RunSpec, TimeLimits};
use mainstay_protocol::{EventKind, RunId, SessionId, Size, Timestamp};
use mainstay_seams::SystemClock;
use mainstay_store::{NewEvent, RunRow, SessionRow, Store, StoreError, Write as Job};

use crate::ground::{Ground, ids};
use crate::lab::Result;

/// Records of one job of the store.
const CHUNK: usize = 1_000;
/// When the first of them was made.
const BEGAN: u64 = 1_760_000_000_000;
/// Process id of their programs. Nobody is sent anything by it: these sessions have ended.
const PID: u32 = 4_000_000;

/// Whether the records have session folders. Without, the manager knows them as history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folders {
    With,
    Without,
}

/// Makes records in an empty data directory.
pub(crate) fn fill(ground: &Ground, count: usize, folders: Folders) -> Result<Vec<SessionId>> {
    let store = Store::open(&ground.database(), Arc::new(SystemClock))?.store;
    let ids = ids("record", count);
    let records: Vec<(SessionRow, RunRow)> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| record(n, id))
        .collect();
    for some in records.chunks(CHUNK) {
        let rows = some.to_vec();
        store.write(move |write| rows.iter().try_for_each(|(row, run)| put(write, row, run)))?;
    }
    store.close();
    if folders == Folders::With {
        for (session, run) in &records {
            folder(ground, &session.session, &run.run)?;
        }
    }
    Ok(ids)
}

fn put(
    write: &mut Job<'_>,
    session: &SessionRow,
    run: &RunRow,
) -> std::result::Result<(), StoreError> {
    write.insert_session(session)?;
    write.insert_run(run)?;
    let outcome = session.session.outcome.as_ref();
    let exited = outcome.map(|outcome| EventKind::Exited {
        exit_code: match outcome.exit {
            Exit::Code { code } => Some(code),
            _ => None,
        },
        signal: None,
        reason: outcome.reason,
    });
    let started = EventKind::Started {
        pid: PID,
        resumed: false,
    };
    for kind in [Some(EventKind::Created), Some(started), exited]
        .into_iter()
        .flatten()
    {
        write.append_event(NewEvent {
            time: session.session.updated,
            session: session.session.id.clone(),
            run: Some(run.run.id.clone()),
            host_seq: None,
            origin: Some(Origin::Cli),
            kind,
        })?;
    }
    Ok(())
}

/// Different enough that filters and orders have something to do.
fn record(n: usize, id: &SessionId) -> (SessionRow, RunRow) {
    let nth = u64::try_from(n).unwrap_or(0);
    // No order is the order in which they are stored.
    let created = Timestamp(BEGAN + nth * 7_919 % 100_003 * 1_000);
    let ended = Timestamp(created.millis() + 60_000);
    let states = [
        (
            Status::Completed,
            Exit::Code { code: 0 },
            EndReason::Natural,
        ),
        (Status::Failed, Exit::Code { code: 1 }, EndReason::Natural),
        (
            Status::Terminated,
            Exit::Code { code: 143 },
            EndReason::Stopped,
        ),
        (Status::Interrupted, Exit::Unknown, EndReason::HostDied),
    ];
    let (status, exit, reason) = states.into_iter().nth(n % 4).unwrap_or((
        Status::Completed,
        Exit::Unknown,
        EndReason::Natural,
    ));
    let outcome = Outcome {
        exit,
        reason,
        ended,
        ran_ms: 60_000,
    };
    let run = Run {
        id: RunId::from_random(u128::from(nth + 1).to_be_bytes()),
        number: 1,
        origin: Origin::Cli,
        resumed: false,
        created,
        spawned: Some(created),
        ready: Some(created),
        pid: Some(PID),
        outcome: Some(outcome.clone()),
    };
    let settings = Settings {
        name: n.is_multiple_of(3).then(|| format!("name {n}")),
        profile: "command".to_owned(),
        command: ["make".to_owned(), format!("target-{n}")].to_vec(),
        cwd: format!("/home/a/project-{}/src", n % 50),
        ..Settings::default()
    };
    let session = Session {
        id: id.clone(),
        name: settings.name.clone(),
        status,
        summary: format!("make target-{n}"),
        project: format!("/home/a/project-{}", n % 50),
        environment: "host".to_owned(),
        pid: None,
        run: Some(run.id.clone()),
        runs: 1,
        created,
        started: Some(created),
        ended: Some(ended),
        updated: ended,
        last_active: Some(ended),
        outcome: Some(outcome),
        reason: None,
        stopping: false,
        retrying: None,
        title: format!("make: target-{n}"),
        current_dir: None,
        progress: mainstay_protocol::state::Progress::None,
        size: Size::DEFAULT,
        viewers: 0,
        connected: false,
        deleted: None,
        settings,
    };
    let run = RunRow::new(id.clone(), run);
    (SessionRow::new(session), run)
}

/// The files that a run leaves, without what it printed.
fn folder(ground: &Ground, session: &Session, run: &Run) -> Result<()> {
    let folder = SessionFolder::create(&ground.places(), &session.id)?;
    for name in ["lock", "probe"] {
        make(&folder.path().join(name), b"")?;
    }
    let mut more = serde_json::Map::new();
    more.insert(
        "settings".to_owned(),
        serde_json::to_value(&session.settings)?,
    );
    let record = SessionRecord {
        session: session.id.clone(),
        name: session.name.clone(),
        created: session.created,
        more,
    };
    make(
        &folder.path().join("session.json"),
        &serde_json::to_vec(&record)?,
    )?;
    make(
        &folder.path().join("current"),
        format!("{}\n", run.id).as_bytes(),
    )?;
    let runs = folder.run(&run.id);
    for path in [runs.path(), &folder.history_dir()] {
        fs::DirBuilder::new().mode(0o700).create(path)?;
    }
    make(
        &runs.path().join("spec.json"),
        &serde_json::to_vec(&spec(session, run))?,
    )?;
    let host = HostRecord {
        pid: PID,
        start_time: Some(1),
        socket: "/nowhere".to_owned(),
        token: "0".repeat(64),
        version: "0.1.0".to_owned(),
        started: run.created,
    };
    make(&runs.path().join("host.json"), &serde_json::to_vec(&host)?)?;
    if let Some(outcome) = &run.outcome {
        let events = [
            Event::Spawned { pid: PID },
            Event::Ready,
            Event::Exited(outcome.clone()),
        ];
        let mut journal = Vec::new();
        for (seq, event) in (1..).zip(events) {
            let entry = Entry {
                seq,
                time: run.created,
                at: None,
                event,
            };
            serde_json::to_writer(&mut journal, &entry)?;
            journal.push(b'\n');
        }
        make(&runs.journal_path(), &journal)?;
        make(
            &runs.path().join("outcome.json"),
            &serde_json::to_vec(outcome)?,
        )?;
    }
    Ok(())
}

fn spec(session: &Session, run: &Run) -> RunSpec {
    let mut command = session.settings.command.iter().cloned();
    RunSpec {
        session: session.id.clone(),
        run: run.id.clone(),
        name: session.name.clone(),
        program: command.next().unwrap_or_default(),
        args: command.collect(),
        cwd: session.settings.cwd.clone(),
        env: std::collections::BTreeMap::new(),
        secrets: std::collections::BTreeMap::new(),
        size: Size::DEFAULT,
        ready: Readiness::Process,
        limits: TimeLimits::default(),
        origin: Origin::Cli,
        resumed: false,
        retention: mainstay_protocol::spec::Retention::default(),
        private: false,
    }
}

/// Nothing is synced: these files are looked at, not trusted.
fn make(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    let mut file: File = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    Ok(file.write_all(bytes)?)
}

//! What the tests share: a folder with a store, and sessions, runs and events to put in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mainstay_protocol::session::{Run, Session, Settings, Status};
use mainstay_protocol::spec::Origin;
use mainstay_protocol::state::Progress;
use mainstay_protocol::{EventKind, RunId, SessionId, Size, Timestamp};
use mainstay_seams::TestClock;
use mainstay_store::{NewEvent, OpenReport, Opened, RunRow, SessionRow, Store, StoreError};

/// When things happen in these tests.
pub(crate) const NOON: Timestamp = Timestamp(1_795_188_960_000);

/// A folder for files, and the path of a database in it.
pub(crate) struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// Where syncing costs nothing: for tests in which processes are killed, not machines.
    #[cfg(unix)]
    pub(crate) fn in_memory() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Self {
            folder: folder.expect("a folder"),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("mainstay.db")
    }

    /// A file of the database: `-wal`, `.mark`.
    pub(crate) fn beside(&self, ending: &str) -> PathBuf {
        self.folder.path().join(format!("mainstay.db{ending}"))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("a folder");
        let mut names: Vec<_> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("a text")
            })
            .collect();
        names.sort();
        names
    }

    pub(crate) fn try_open(&self) -> Result<Opened, StoreError> {
        Store::open(&self.path(), Arc::new(TestClock::default()))
    }

    pub(crate) fn open(&self) -> (Store, OpenReport) {
        let opened = self.try_open().expect("a store");
        (opened.store, opened.report)
    }
}

/// A folder with an open store.
pub(crate) fn store() -> (Ground, Store) {
    let ground = Ground::new();
    let (store, _) = ground.open();
    (ground, store)
}

pub(crate) fn session_id(text: &str) -> SessionId {
    text.parse().expect("an id")
}

pub(crate) fn run_id(text: &str) -> RunId {
    text.parse().expect("an id")
}

/// A session in its simplest form.
pub(crate) fn session(id: &str) -> SessionRow {
    SessionRow::new(Session {
        id: session_id(id),
        name: None,
        status: Status::Pending,
        summary: "htop".to_owned(),
        project: "/p".to_owned(),
        environment: "host".to_owned(),
        settings: Settings {
            cwd: "/home/a".to_owned(),
            command: vec!["htop".to_owned(), "-d 5".to_owned()],
            ..Settings::default()
        },
        pid: None,
        run: None,
        runs: 0,
        created: NOON,
        started: None,
        ended: None,
        updated: NOON,
        last_active: None,
        outcome: None,
        reason: None,
        stopping: false,
        retrying: None,
        title: String::new(),
        current_dir: None,
        progress: Progress::None,
        size: Size::DEFAULT,
        viewers: 0,
        connected: false,
        deleted: None,
    })
}

pub(crate) fn run(session: &str, id: &str, number: u32) -> RunRow {
    RunRow::new(
        session_id(session),
        Run {
            id: run_id(id),
            number,
            origin: Origin::Cli,
            resumed: number > 1,
            created: NOON,
            spawned: None,
            ready: None,
            pid: None,
            outcome: None,
        },
    )
}

pub(crate) fn event(session: &str, kind: EventKind) -> NewEvent {
    NewEvent {
        time: NOON,
        session: session_id(session),
        run: None,
        host_seq: None,
        origin: None,
        kind,
    }
}

/// Puts sessions in.
pub(crate) fn insert(store: &Store, rows: impl IntoIterator<Item = SessionRow>) {
    let rows: Vec<_> = rows.into_iter().collect();
    let job = move |write: &mut mainstay_store::Write<'_>| {
        rows.iter().try_for_each(|row| write.insert_session(row))
    };
    store.write(job).expect("stored");
}

/// Adds an event of an existing session; its number.
pub(crate) fn append(store: &Store, session: &str, kind: EventKind) -> Result<u64, StoreError> {
    let event = event(session, kind);
    store.write(move |write| Ok(write.append_event(event)?.seq))
}

//! A data directory of a test's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mainstay_keep::{Places, SessionFolder};
use mainstay_link::Connection;
use mainstay_manager::environment::Fixed;
use mainstay_manager::{Config, Manager, OpenReport};
use mainstay_protocol::SessionId;
use mainstay_protocol::frame::{FromHost, Operation, ToHost};
use mainstay_protocol::journal::Event;
use mainstay_protocol::session::{NewSession, Settings, Stop};
use mainstay_protocol::spec::Retention;
use mainstay_seams::{Clock, SystemClock};

/// A data directory of its own. What still runs in it is ended with it.
pub(crate) struct Ground {
    root: PathBuf,
    /// Nothing where the directory is somebody else's.
    folder: Option<tempfile::TempDir>,
}

/// The host program of this build. `cargo xtask test` builds it first; by hand: `cargo build -p mainstay-host`.
fn host_program() -> PathBuf {
    let test = std::env::current_exe().expect("the test knows its own path");
    let folder = test
        .ancestors()
        .nth(2)
        .expect("tests are in target/PROFILE/deps");
    let program = folder.join("mainstay-host");
    assert!(
        program.exists(),
        "{} is missing: run `cargo build -p mainstay-host`",
        program.display()
    );
    program
}

impl Ground {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("mm").tempdir();
        let folder = folder.expect("a temporary folder");
        Self {
            root: folder.path().to_path_buf(),
            folder: Some(folder),
        }
    }

    /// The data directory of another test process.
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            folder: None,
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn places(&self) -> Places {
        Places::below(&self.root.join("d"))
    }

    /// A path that nothing else uses.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn config(&self, clock: Arc<dyn Clock>) -> Config {
        let places = self.places();
        let path = std::env::var("PATH").unwrap_or_default();
        let home = self.root.to_string_lossy().into_owned();
        let env = BTreeMap::from([
            ("PATH".to_owned(), path),
            ("HOME".to_owned(), home),
            ("SHELL".to_owned(), "/bin/sh".to_owned()),
        ]);
        let mut config = Config::new(places.clone(), clock, host_program(), env.clone());
        config.login_env = Box::new(Fixed(env));
        config.data_dir_override = Some(places.data);
        config
    }

    pub(crate) fn open(&self) -> (Manager, OpenReport) {
        let config = self.config(Arc::new(SystemClock));
        Manager::open(config).expect("the manager begins")
    }

    pub(crate) fn manager(&self) -> Manager {
        self.open().0
    }

    pub(crate) fn folder(&self, id: &SessionId) -> SessionFolder {
        SessionFolder::open(&self.places(), id).expect("the session's folder")
    }

    /// Connects to the host of a session's newest run, beside any manager.
    pub(crate) fn dial(&self, id: &SessionId) -> Connection {
        let folder = self.folder(id);
        let run = folder.current().expect("read").expect("a run");
        let host = folder.run(&run).host().expect("read").expect("a host");
        let dialled = Connection::dial(Path::new(&host.socket), &host.token, "test");
        dialled.expect("the host lets us in").0
    }

    /// Waits at the host itself until a session's run has ended; nothing is acknowledged.
    pub(crate) fn until_exited(&self, id: &SessionId) {
        let mut connection = self.dial(id);
        connection.send(&ToHost::OpenJournal(0)).expect("sent");
        loop {
            let FromHost::Journal(entries) = connection.recv().expect("the host goes on") else {
                continue;
            };
            if entries
                .iter()
                .any(|entry| matches!(entry.event, Event::Exited(_)))
            {
                return;
            }
        }
    }

    /// Process id of a session's host.
    pub(crate) fn host_pid(&self, id: &SessionId) -> u32 {
        let folder = self.folder(id);
        let run = folder.current().expect("read").expect("a run");
        folder.run(&run).host().expect("read").expect("a host").pid
    }

    fn end(&self, id: &SessionId) {
        let Ok(folder) = SessionFolder::open(&self.places(), id) else {
            return;
        };
        if !folder.is_live().unwrap_or(false) {
            return;
        }
        let kill = Operation::Stop { grace_ms: Some(0) };
        let Ok(Some(run)) = folder.current() else {
            return;
        };
        let Ok(Some(host)) = folder.run(&run).host() else {
            return;
        };
        if let Ok((mut connection, _)) =
            Connection::dial(Path::new(&host.socket), &host.token, "test")
        {
            connection.ask(kill).ok();
            connection.send(&ToHost::AckJournal(u64::MAX)).ok();
            // The host closes it when it goes.
            while connection.recv().is_ok() {}
        }
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if self.folder.is_none() {
            return;
        }
        for id in self.places().sessions().unwrap_or_default() {
            self.end(&id);
        }
    }
}

/// A session that runs a shell script.
pub(crate) fn sh(id: &str, script: &str) -> NewSession {
    NewSession {
        id: Some(id.parse().expect("an id")),
        settings: Settings {
            command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            cwd: "/".to_owned(),
            retention: Some(Retention {
                min_free_bytes: 0,
                min_free_percent: 0,
                ..Retention::default()
            }),
            ..Settings::default()
        },
        ..NewSession::default()
    }
}

/// At once.
pub(crate) const FORCE: Stop = Stop {
    force: true,
    grace_ms: None,
};

/// Longest wait of a test for anything. On an idle machine nothing takes a tenth of it.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

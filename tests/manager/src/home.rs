//! A data directory of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mainstay_keep::{Places, SessionFolder};
use mainstay_manager::environment::Fixed;
use mainstay_manager::{Config, Manager, OpenReport};
use mainstay_protocol::SessionId;
use mainstay_seams::{Clock, SystemClock};
use rustix::fs::{StatVfsMountFlags, statvfs};

use crate::processes;

/// A file system in memory: what is killed here are processes, not machines, so syncing need not cost anything.
const MEMORY: &str = "/dev/shm";
/// Free bytes that it must have: each home has a copy of the host program.
const ROOM: u64 = 2 * 1024 * 1024 * 1024;

/// A data directory of its own. Processes that belong to it are killed when it is dropped.
#[derive(Debug)]
pub struct Home {
    folder: Option<tempfile::TempDir>,
    path: PathBuf,
}

/// A program of this build. `cargo xtask test` builds all of them first; by hand: `cargo build -p mainstay-host`.
///
/// # Panics
/// If it isn't there.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let exe = std::env::current_exe().expect("a program knows its own path");
    // Programs are in target/PROFILE, tests in target/PROFILE/deps.
    let mut found = exe
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name));
    let found = found.find(|program| program.exists());
    found.unwrap_or_else(|| panic!("{name} is missing: run `cargo build -p mainstay-host`"))
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// Makes one, in memory where that is possible.
    ///
    /// # Panics
    /// If no folder can be made.
    #[must_use]
    pub fn new() -> Self {
        let usable = statvfs(MEMORY).is_ok_and(|found| {
            !found.f_flag.contains(StatVfsMountFlags::NOEXEC)
                && found.f_bavail * found.f_frsize >= ROOM
        });
        if usable {
            return Self::within(Path::new(MEMORY));
        }
        Self::within(&std::env::temp_dir())
    }

    /// Makes one in a folder.
    ///
    /// # Panics
    /// If that can't be.
    #[must_use]
    pub fn within(folder: &Path) -> Self {
        let mut builder = tempfile::Builder::new();
        // Short: paths of sockets are limited.
        let made = builder.prefix("mm").tempdir_in(folder);
        let folder = made.expect("a temporary folder");
        let home = Self {
            path: folder.path().to_path_buf(),
            folder: Some(folder),
        };
        // Its own: another build meanwhile must not bring a second kind of host in.
        std::fs::copy(program("mainstay-host"), home.host_program()).expect("room for a copy");
        home
    }

    /// The home of somebody else, who removes it.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        Self {
            folder: None,
            path: path.to_path_buf(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The host program.
    fn host_program(&self) -> PathBuf {
        self.path.join("mainstay-host")
    }

    /// The data directory in it.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// What is where in it.
    #[must_use]
    pub fn places(&self) -> Places {
        Places::below(&self.data())
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data().join("mainstay.db")
    }

    /// Where the stewards write down what they did.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.path.join("log")
    }

    /// A session's folder.
    #[must_use]
    pub fn folder(&self, id: &SessionId) -> Option<SessionFolder> {
        SessionFolder::open(&self.places(), id).ok()
    }

    /// What a manager is given here.
    #[must_use]
    pub fn config(&self, clock: Arc<dyn Clock>) -> Config {
        let path = std::env::var("PATH").unwrap_or_default();
        let data = self.data().to_string_lossy().into_owned();
        let env = BTreeMap::from([
            ("PATH".to_owned(), path.clone()),
            ("HOME".to_owned(), "/".to_owned()),
            ("MAINSTAY_DATA_DIR".to_owned(), data),
        ]);
        // No person's shell start-up files: tests must not wait for those.
        let of_sessions = BTreeMap::from([("PATH".to_owned(), path)]);
        Config {
            login_env: Box::new(Fixed(of_sessions)),
            ..Config::new(self.places(), clock, self.host_program(), env)
        }
    }

    /// Opens a manager here.
    ///
    /// # Panics
    /// If it doesn't open.
    #[must_use]
    pub fn open(&self) -> (Manager, OpenReport) {
        self.open_with(Arc::new(SystemClock))
    }

    /// The same by another clock.
    ///
    /// # Panics
    /// If it doesn't open.
    #[must_use]
    pub fn open_with(&self, clock: Arc<dyn Clock>) -> (Manager, OpenReport) {
        let opened = Manager::open(self.config(clock));
        opened.unwrap_or_else(|error| panic!("the manager doesn't open: {error}"))
    }

    /// Kills the hosts of these sessions, what runs in them, and waits until they are gone.
    pub fn kill(&self, sessions: &[SessionId]) {
        let all = processes::of(self).into_iter();
        let theirs = all.filter(|one| one.session.as_ref().is_some_and(|id| sessions.contains(id)));
        processes::kill(&theirs.collect::<Vec<_>>());
    }

    /// The same for everything: what is left is what a machine has after it lost its power, less what it had in memory.
    pub fn kill_all(&self) {
        processes::kill(&processes::of(self));
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.folder.is_some() {
            self.kill_all();
        }
    }
}

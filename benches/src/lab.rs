//! A folder of its own for every measurement, and sessions in it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use mainstay_link::Connection;
use mainstay_link::launch::{self, Installed, Started};
use mainstay_protocol::frame::{FromHost, ToHost};
use mainstay_protocol::journal::Event;
use mainstay_protocol::spec::{Readiness, Retention, RunSpec, TimeLimits};
use mainstay_protocol::{RunId, SessionId, Size};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Where the measured programs live and what they are.
#[derive(Debug)]
pub(crate) struct Lab {
    folder: tempfile::TempDir,
    pub(crate) payloads: PathBuf,
    /// This program, which is also the child.
    pub(crate) myself: String,
    /// The `mainstay` command.
    pub(crate) mainstay: PathBuf,
    /// The host program, for managers that install it themselves.
    pub(crate) host: PathBuf,
    installed: Installed,
    count: std::cell::Cell<u32>,
}

impl Lab {
    /// `host` and `mainstay` are the release programs to measure.
    pub(crate) fn new(payloads: &Path, host: &Path, mainstay: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::create_dir_all(payloads)?;
        let installed = launch::install(host, &folder.path().join("data/bin"))?;
        Ok(Self {
            payloads: payloads.to_owned(),
            myself: std::env::current_exe()?.to_string_lossy().into_owned(),
            mainstay: mainstay.to_owned(),
            host: host.to_owned(),
            installed,
            count: std::cell::Cell::new(0),
            folder,
        })
    }

    /// The data directory of the measured sessions.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path that nothing else uses.
    pub(crate) fn path(&self, stem: &str) -> PathBuf {
        self.count.set(self.count.get() + 1);
        self.folder
            .path()
            .join(format!("{stem}{}", self.count.get()))
    }

    /// A pipe by which a child tells how long it took.
    pub(crate) fn pipe(&self) -> Result<PathBuf> {
        let path = self.path("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )?;
        Ok(path)
    }

    /// Starts a session that runs this program with the given words.
    pub(crate) fn start(&self, args: &[&str]) -> Result<Session> {
        self.start_program(&self.myself, args)
    }

    /// Starts a session.
    pub(crate) fn start_program(&self, program: &str, args: &[&str]) -> Result<Session> {
        self.count.set(self.count.get() + 1);
        let id: SessionId = format!("bench-{}", self.count.get()).parse()?;
        let spec = RunSpec {
            session: id.clone(),
            run: RunId::from_random([u8::try_from(self.count.get() % 256)?; 16]),
            name: None,
            program: program.to_owned(),
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            cwd: "/".to_owned(),
            env: std::env::vars().collect::<BTreeMap<_, _>>(),
            secrets: BTreeMap::new(),
            size: Size::DEFAULT,
            ready: Readiness::Process,
            limits: TimeLimits::default(),
            origin: mainstay_protocol::spec::Origin::Cli,
            resumed: false,
            retention: Retention {
                min_free_percent: 0,
                min_free_bytes: 0,
                ..Retention::default()
            },
            private: false,
        };
        let started = launch::start(&self.installed, &spec, Some(&self.data()))?;
        let run = self
            .data()
            .join("sessions")
            .join(id.as_str())
            .join("runs")
            .join(spec.run.as_str());
        let host: serde_json::Value = serde_json::from_slice(&fs::read(run.join("host.json"))?)?;
        let token = host
            .get("token")
            .and_then(|token| token.as_str())
            .unwrap_or_default()
            .to_owned();
        Ok(Session { id, started, token })
    }
}

/// A session under measurement; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) started: Started,
    token: String,
}

impl Session {
    pub(crate) fn connect(&self) -> Result<Connection> {
        Ok(Connection::dial(&self.started.socket, &self.token, "mainstay-benches")?.0)
    }

    /// Waits until the run has ended.
    pub(crate) fn wait(&self) -> Result<()> {
        let mut connection = self.connect()?;
        connection.send(&ToHost::OpenJournal(0))?;
        loop {
            if let FromHost::Journal(entries) = connection.recv()? {
                if let Some(last) = entries.last() {
                    connection.send(&ToHost::AckJournal(last.seq))?;
                }
                if entries
                    .iter()
                    .any(|entry| matches!(entry.event, Event::Exited(_)))
                {
                    return Ok(());
                }
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.started.host_pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).ok();
        }
    }
}

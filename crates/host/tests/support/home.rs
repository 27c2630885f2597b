//! A data directory and the runs in it.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mainstay_keep::{HostRecord, Places, RunFolder, SessionFolder};
use mainstay_link::launch::{Report, Started};
use mainstay_protocol::frame::{Failure, Operation};
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::Outcome;
use mainstay_protocol::spec::RunSpec;
use rustix::process::{Pid, Signal, kill_process};

use super::client::Client;

/// A spec that runs a shell script.
pub(crate) fn spec(script: &str) -> RunSpec {
    let mut spec: RunSpec = serde_json::from_value(serde_json::json!({
        "session": "test",
        "run": "run-1",
        "program": "bash",
        "args": ["--norc", "--noprofile", "-c", script],
        "cwd": "/",
    }))
    .expect("a good spec");
    spec.env = BTreeMap::from([
        ("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ("HOME".to_owned(), "/nonexistent".to_owned()),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("PS1".to_owned(), "$ ".to_owned()),
    ]);
    spec.limits.grace_ms = 20_000;
    spec
}

/// A data directory that goes with its runs.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("mh")
            .tempdir()
            .expect("a folder");
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder.path(), private).expect("made private");
        Self {
            folder,
            env: Vec::new(),
        }
    }

    /// Sets a variable for the hosts that are started from now on.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn places(&self) -> Places {
        Places::below(self.path())
    }

    /// The sockets there are.
    pub(crate) fn sockets(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.places().runtime).expect("the runtime folder");
        entries
            .map(|entry| entry.expect("an entry").path())
            .collect()
    }

    pub(crate) fn try_start(&self, spec: &RunSpec) -> Result<Run<'_>, Failure> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mainstay-host"))
            .arg("start")
            .env("MAINSTAY_DATA_DIR", self.path())
            .env("MAINSTAY_LOG", "debug")
            .env_remove("XDG_RUNTIME_DIR")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the host program runs");
        let json = serde_json::to_vec(spec).expect("JSON");
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(&json).expect("it reads its spec");
        drop(stdin);
        let mut line = String::new();
        let mut stdout = child.stdout.take().expect("piped");
        stdout.read_to_string(&mut line).expect("it prints text");
        child.wait().expect("it ends");
        assert_eq!(line.lines().count(), 1, "one line of JSON: {line:?}");
        match serde_json::from_str(&line).expect("a report") {
            Report::Ok(started) => Ok(Run {
                home: self,
                started,
            }),
            Report::Error(failure) => Err(failure),
        }
    }

    pub(crate) fn start(&self, spec: &RunSpec) -> Run<'_> {
        self.try_start(spec).expect("the run starts")
    }

    /// Starts a shell script.
    pub(crate) fn script(&self, script: &str) -> Run<'_> {
        self.start(&spec(script))
    }

    pub(crate) fn run_folder(&self, spec: &RunSpec) -> RunFolder {
        let folder = SessionFolder::open(&self.places(), &spec.session).expect("a folder");
        folder.run(&spec.run)
    }
}

/// A run and its host.
pub(crate) struct Run<'a> {
    home: &'a Home,
    pub(crate) started: Started,
}

impl Run<'_> {
    pub(crate) fn folder(&self) -> RunFolder {
        let places = self.home.places();
        let folder = SessionFolder::open(&places, &self.started.session).expect("a folder");
        folder.run(&self.started.run)
    }

    pub(crate) fn record(&self) -> HostRecord {
        self.folder().host().expect("readable").expect("written")
    }

    /// Connects with all rights.
    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.started.socket, &self.record().token)
    }

    pub(crate) fn journal(&self) -> Vec<Entry> {
        let path = self.folder().journal_path();
        let reader = mainstay_keep::journal::Reader::open(&path, 0).expect("a journal");
        reader.map(|entry| entry.expect("a good entry")).collect()
    }

    /// Waits for the end of the run, through the journal.
    pub(crate) fn wait(&self) -> Outcome {
        let mut client = self.client();
        let mut entries = Vec::new();
        client.open_journal(0);
        client.until_entry(&mut entries, |entry| {
            matches!(entry.event, Event::Exited(_))
        });
        match entries.pop().map(|entry| entry.event) {
            Some(Event::Exited(outcome)) => outcome,
            other => panic!("the last entry is the end, not {other:?}"),
        }
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        // The tree first: a killed host would leave those that ignore the hang-up.
        if let Ok(record) = self.folder().host()
            && let Some(record) = record
            && let Ok(mut client) = Client::try_connect(&self.started.socket, &record.token)
        {
            client.try_ask(Operation::Stop { grace_ms: Some(0) });
            client.wait_for_end();
        }
        let host = i32::try_from(self.started.host_pid)
            .ok()
            .and_then(Pid::from_raw);
        if let Some(host) = host {
            kill_process(host, Signal::KILL).ok();
        }
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder().path().join("log"));
            println!("the host's log:\n{}", log.unwrap_or_default());
        }
    }
}

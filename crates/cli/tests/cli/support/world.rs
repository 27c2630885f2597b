//! A data directory of a test's own, with its sessions.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mainstay_link::Connection;
use mainstay_protocol::frame::{FromHost, Operation, Request, ToHost};
use mainstay_protocol::journal::{Entry, Event};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::programs;

/// A data directory; its hosts end with it.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        // Socket paths are short: not below the target directory.
        let folder = tempfile::Builder::new()
            .prefix("ms")
            .tempdir()
            .expect("a temporary folder");
        Self { folder }
    }

    /// The data directory.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the test's own.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a session of 80 by 24 that runs a program with its arguments.
    pub(crate) fn start(&self, session: &str, program: &[&str]) {
        self.start_with(session, program, &json!({}));
    }

    /// The same, with more fields of the specification.
    pub(crate) fn start_with(&self, session: &str, program: &[&str], more: &Value) {
        let (first, args) = program.split_first().expect("a program");
        let mut spec = json!({
            "session": session,
            "run": format!("{session}-1"),
            "program": first,
            "args": args,
            "cwd": "/",
            "env": {
                "PATH": std::env::var("PATH").expect("a search path"),
                "HOME": "/nonexistent",
                "LANG": "C.UTF-8",
                "PS1": "$ ",
            },
        });
        let fields = spec.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        let mut host = Command::new(programs::host())
            .arg("start")
            .env("MAINSTAY_DATA_DIR", self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the host program runs");
        let stdin = host.stdin.take().expect("a pipe");
        writeln!(&stdin, "{spec}").expect("the specification is taken");
        drop(stdin);
        let said = host.wait_with_output().expect("an answer");
        let said = String::from_utf8_lossy(&said.stdout);
        assert!(said.contains("\"ok\""), "session {session} started: {said}");
    }

    /// The command with this data directory, ready for arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(programs::mainstay());
        command
            .env("MAINSTAY_DATA_DIR", self.path())
            .env_remove("NO_COLOR");
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran(self
            .command()
            .args(args)
            .output()
            .expect("the command runs"))
    }

    /// The session's screen as `mainstay screen` prints it.
    pub(crate) fn screen(&self, session: &str) -> String {
        let ran = self.run(&["screen", session]);
        assert_eq!(ran.code(), 0, "screen of {session}: {}", ran.stderr());
        ran.stdout().trim_end_matches('\n').to_owned()
    }

    /// What the host of a session wrote about itself.
    pub(crate) fn host(&self, session: &str) -> Value {
        let run = format!("sessions/{session}/runs/{session}-1/host.json");
        let text = std::fs::read(self.file(&run)).expect("the host wrote where it is");
        serde_json::from_slice(&text).expect("JSON")
    }

    /// Connects to a session's host.
    pub(crate) fn connect(&self, session: &str) -> Connection {
        let host = self.host(session);
        let text = |field: &str| host[field].as_str().expect("a text").to_owned();
        let socket = PathBuf::from(text("socket"));
        Connection::dial(&socket, &text("token"), "test")
            .expect("the host answers")
            .0
    }

    /// Kills a session's host as nothing else can.
    pub(crate) fn kill_host(&self, session: &str) {
        kill(&self.host(session));
    }

    fn sessions(&self) -> Vec<String> {
        let folders = std::fs::read_dir(self.file("sessions"))
            .into_iter()
            .flatten()
            .flatten();
        folders
            .map(|folder| folder.file_name().to_string_lossy().into_owned())
            .collect()
    }

    /// Ends a session and its host; nothing if there is none.
    pub(crate) fn end(&self, session: &str) -> Option<()> {
        let host = self.host(session);
        let token = host["token"].as_str()?;
        let socket = host["socket"].as_str()?;
        let (mut connection, _) = Connection::dial(Path::new(socket), token, "test").ok()?;
        let operation = Operation::Stop { grace_ms: Some(0) };
        connection
            .send(&ToHost::Request(Request { id: 1, operation }))
            .ok()?;
        connection.send(&ToHost::OpenJournal(0)).ok()?;
        let is_last = |entry: &Entry| matches!(entry.event, Event::Exited(_));
        loop {
            match connection.recv().ok()? {
                FromHost::Journal(entries) if entries.last().is_some_and(is_last) => break,
                _ => {}
            }
        }
        // The program is gone. How long the host stays for late readers is no concern of these tests.
        kill(&host);
        while connection.recv().is_ok() {}
        Some(())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for session in self.sessions() {
            // A host that was killed has nothing to end.
            self.end(&session).unwrap_or_default();
        }
    }
}

/// A host that is gone already needs no killing.
fn kill(host: &Value) {
    let pid = host["pid"]
        .as_i64()
        .and_then(|pid| i32::try_from(pid).ok())
        .expect("a process id");
    let pid = rustix::process::Pid::from_raw(pid).expect("not 0");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap_or_default();
}

/// A command that ran.
pub(crate) struct Ran(Output);

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self(output)
    }

    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().expect("it was not killed")
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("UTF-8")
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
}

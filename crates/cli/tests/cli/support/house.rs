//! A data directory with a manager, as a new user has it: nothing is prepared, the first command starts everything.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::programs;
use super::world::Ran;

/// A data directory; its sessions and its manager end with it.
pub(crate) struct House {
    folder: TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        // The manager looks for it beside itself.
        programs::host();
        // Socket paths are short: not below the target directory.
        let folder = tempfile::Builder::new()
            .prefix("mh")
            .tempdir()
            .expect("a temporary folder");
        std::fs::create_dir(folder.path().join("d")).expect("a folder");
        std::fs::create_dir(folder.path().join("work")).expect("a folder");
        Self { folder }
    }

    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("d")
    }

    /// Where the commands are given.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Writes a file below the house's folder: `d` is the data directory.
    pub(crate) fn write(&self, name: &str, content: &str) {
        let path = self.folder.path().join(name);
        let folder = path.parent().expect("a folder");
        std::fs::create_dir_all(folder).expect("a folder");
        let mut file = File::create(path).expect("a file");
        file.write_all(content.as_bytes()).expect("written");
    }

    /// The command in this house, ready for arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(programs::mainstay());
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("a search path"))
            .env("HOME", self.folder.path())
            .env("SHELL", "/bin/sh")
            .env("LANG", "C.UTF-8")
            .env("MAINSTAY_DATA_DIR", self.data())
            .current_dir(self.work())
            .stdin(Stdio::null());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command().args(args).output().expect("it runs"))
    }

    /// The same with something on its standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input).expect("it is taken");
        drop(stdin);
        let output: Output = child.wait_with_output().expect("it ends");
        Ran::of(output)
    }

    /// Runs the command, which has to succeed; what it printed.
    pub(crate) fn get(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code(), 0, "{args:?}: {}{}", ran.stdout(), ran.stderr());
        ran.stdout()
    }

    /// The same for one JSON value.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let text = self.get(args);
        serde_json::from_str(&text).expect("JSON")
    }

    /// Starts a session with this id, and waits until it runs.
    pub(crate) fn start(&self, id: &str, program: &[&str]) {
        let args = [&["new", "--id", id, "--"], program].concat();
        assert_eq!(self.get(&args), format!("{id}\n"));
        self.get(&["wait", id, "--for", "running,completed,failed"]);
    }

    /// Process id of the manager that was there last.
    pub(crate) fn manager(&self) -> Option<rustix::process::Pid> {
        let text = std::fs::read(self.data().join("manager.json")).ok()?;
        let info: Value = serde_json::from_slice(&text).ok()?;
        pid(&info)
    }

    /// Kills the manager as nothing else can, and waits until it is gone.
    pub(crate) fn kill_manager(&self) {
        let Ok(lock) = File::open(self.data().join("manager.lock")) else {
            return;
        };
        // Nobody has it: a manager that was named before is gone, and its number may be another's.
        if lock.try_lock().is_ok() {
            return;
        }
        if let Some(pid) = self.manager() {
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap_or_default();
        }
        lock.lock().expect("it is free now");
    }

    /// Kills the host of a session.
    pub(crate) fn kill_host(&self, session: &str) {
        for host in self.hosts(session) {
            if let Some(pid) = pid(&host) {
                rustix::process::kill_process(pid, rustix::process::Signal::KILL)
                    .unwrap_or_default();
            }
        }
    }

    /// What the hosts of a session that still hold it wrote of themselves.
    fn hosts(&self, session: &str) -> Vec<Value> {
        let folder = self.data().join("sessions").join(session);
        if !is_held(&folder.join("lock")) {
            return Vec::new();
        }
        let current = std::fs::read_to_string(folder.join("current")).unwrap_or_default();
        let path = folder.join("runs").join(current.trim()).join("host.json");
        let host = std::fs::read(path).ok();
        host.and_then(|text| serde_json::from_slice(&text).ok())
            .into_iter()
            .collect()
    }

    fn sessions(&self) -> Vec<String> {
        let folders = std::fs::read_dir(self.data().join("sessions"));
        folders
            .into_iter()
            .flatten()
            .flatten()
            .map(|folder| folder.file_name().to_string_lossy().into_owned())
            .collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.kill_manager();
        for session in self.sessions() {
            // The host's program goes with its terminal.
            self.kill_host(&session);
        }
    }
}

fn is_held(lock: &Path) -> bool {
    File::open(lock).is_ok_and(|file| file.try_lock().is_err())
}

fn pid(record: &Value) -> Option<rustix::process::Pid> {
    let pid = i32::try_from(record["pid"].as_i64()?).ok()?;
    rustix::process::Pid::from_raw(pid)
}

//! Hosts that are started to be killed.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mainstay_keep::Places;
use mainstay_link::Connection;
use mainstay_link::launch::{Report, Started};
use mainstay_protocol::spec::{Retention, RunSpec};
use mainstay_protocol::{RunId, SessionId};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpid, pidfd_open, set_child_subreaper, waitpid,
};

/// A data directory of its own.
#[derive(Debug)]
pub struct Ground {
    folder: tempfile::TempDir,
    /// The session of this ground.
    pub session: SessionId,
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

impl Default for Ground {
    fn default() -> Self {
        Self::new()
    }
}

impl Ground {
    /// Makes the directory.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("ms")
            .tempdir()
            .expect("a temporary folder");
        Self {
            folder,
            session: "crash".parse().expect("an id"),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn places(&self) -> Places {
        Places::below(&self.folder.path().join("data"))
    }

    /// A path in it that nothing else uses.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A run of the scribe. It ignores hang-ups, so that it can tell its tally after the host's death, and
    /// SIGTERM, so that a stop has to kill it.
    #[must_use]
    pub fn spec(&self, run: &str, scribe: &Path, words: &[String]) -> RunSpec {
        let mut args = vec![
            "-c".to_owned(),
            "trap '' HUP TERM; exec \"$0\" \"$@\"".to_owned(),
        ];
        args.push(scribe.to_string_lossy().into_owned());
        args.extend_from_slice(words);
        let json = serde_json::json!({
            "session": self.session, "run": run, "program": "/bin/sh", "args": args, "cwd": "/",
            // Wide enough that no line of the scribe wraps: screens are read row by row.
            "size": { "cols": 220, "rows": 24 },
        });
        let mut spec: RunSpec = serde_json::from_value(json).expect("a spec");
        spec.env = BTreeMap::from([("PATH".to_owned(), std::env::var("PATH").unwrap_or_default())]);
        spec.retention = Retention {
            min_free_bytes: 0,
            min_free_percent: 0,
            ..Retention::default()
        };
        spec
    }

    /// Starts a host. Nothing if it died before it reported.
    #[must_use]
    pub fn start(&self, spec: &RunSpec, failpoints: &str) -> Option<Live> {
        // The host is an orphan as soon as `start` has ended: it becomes ours, so that we learn how it ends.
        set_child_subreaper(Some(getpid())).expect("a process may adopt its orphans");
        let mut child = Command::new(host_program())
            .arg("start")
            .env("MAINSTAY_DATA_DIR", self.folder.path().join("data"))
            .env("MAINSTAY_FAILPOINTS", failpoints)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the host program runs");
        let json = serde_json::to_vec(spec).expect("a spec is JSON");
        child
            .stdin
            .take()
            .expect("piped")
            .write_all(&json)
            .expect("start reads its spec");
        let output = child.wait_with_output().expect("start ends");
        match serde_json::from_slice(&output.stdout) {
            Ok(Report::Ok(started)) => Some(Live {
                watch: pidfd(started.host_pid),
                started,
                places: self.places(),
            }),
            Ok(Report::Error(_)) | Err(_) => None,
        }
    }
}

/// A host that runs, or has run.
#[derive(Debug)]
pub struct Live {
    /// What `start` reported.
    pub started: Started,
    watch: Option<rustix::fd::OwnedFd>,
    places: Places,
}

/// Nothing if the process is gone already.
fn pidfd(pid: u32) -> Option<rustix::fd::OwnedFd> {
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    pidfd_open(pid, PidfdFlags::empty()).ok()
}

impl Live {
    /// Waits until the host's process is gone, and tells whether SIGKILL ended it.
    ///
    /// # Panics
    /// If that takes longer than a minute.
    #[must_use]
    pub fn was_killed(&self) -> bool {
        let watch = self
            .watch
            .as_ref()
            .expect("our orphan stays until we reap it");
        let minute = rustix::time::Timespec {
            tv_sec: 60,
            tv_nsec: 0,
        };
        let ready =
            poll(&mut [PollFd::new(watch, PollFlags::IN)], Some(&minute)).expect("poll works");
        assert_eq!(
            ready, 1,
            "host {} did not end within a minute",
            self.started.host_pid
        );
        let pid = Pid::from_raw(i32::try_from(self.started.host_pid).expect("a pid"));
        let (_, status) = waitpid(pid, WaitOptions::empty())
            .expect("our child")
            .expect("it has ended");
        status.terminating_signal() == Some(Signal::KILL.as_raw())
    }

    /// A connection as its owner.
    ///
    /// # Panics
    /// If the host does not answer.
    #[must_use]
    pub fn connect(&self) -> Option<Connection> {
        let folder =
            mainstay_keep::SessionFolder::open(&self.places, &self.started.session).ok()?;
        let run: &RunId = &self.started.run;
        let host = folder.run(run).host().ok()??;
        Connection::dial(&self.started.socket, &host.token, "crash tests")
            .ok()
            .map(|(connection, _)| connection)
    }
}

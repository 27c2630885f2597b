//! What is alive that belongs to a home, and what is there of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use mainstay_protocol::{RunId, SessionId};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::home::Home;

/// A process that lives and whose environment names the home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// The file name of its program.
    pub program: String,
    /// The session it belongs to: told by its environment, of a host by the folder.
    pub session: Option<SessionId>,
    /// The run.
    pub run: Option<RunId>,
}

impl Process {
    /// Whether it is a host.
    #[must_use]
    pub fn is_host(&self) -> bool {
        self.program == "mainstay-host"
    }

    /// Becomes readable when it is gone; nothing if it is already.
    #[must_use]
    pub fn watch(&self) -> Option<OwnedFd> {
        pidfd_open(pid(self.pid)?, PidfdFlags::empty()).ok()
    }
}

/// Kills them all at once and waits until they are gone.
///
/// # Panics
/// If one isn't within half a minute.
pub fn kill(processes: &[Process]) {
    let watches: Vec<OwnedFd> = processes.iter().filter_map(Process::watch).collect();
    for watch in &watches {
        // One that has gone meanwhile needs no signal.
        pidfd_send_signal(watch, Signal::KILL).ok();
    }
    for watch in &watches {
        assert!(ended_within(watch, 30), "a killed process is still there");
    }
}

/// Waits for the end of a process; false if it goes on after so many seconds.
///
/// # Panics
/// If there is no waiting.
#[must_use]
pub fn ended_within(watch: &OwnedFd, seconds: i64) -> bool {
    let limit = Timespec {
        tv_sec: seconds,
        tv_nsec: 0,
    };
    let ready = poll(&mut [PollFd::new(watch, PollFlags::IN)], Some(&limit));
    ready.expect("poll works") == 1
}

fn pid(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}

/// The processes of a home. One that has ended and waits for its parent is none.
///
/// # Panics
/// If there is no process information.
#[must_use]
pub fn of(home: &Home) -> Vec<Process> {
    let hosts = hosts(home);
    let entries = fs::read_dir("/proc").expect("process information");
    let ids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut found: Vec<Process> = ids.filter_map(|pid| look(home, pid)).collect();
    for process in &mut found {
        if let Some((_, session, run)) = hosts.iter().find(|(pid, _, _)| *pid == process.pid) {
            process.session = Some(session.clone());
            process.run = Some(run.clone());
        }
    }
    found
}

fn look(home: &Home, pid: u32) -> Option<Process> {
    let environ = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let path = home.path().to_string_lossy();
    let variables: Vec<String> = environ
        .split(|&byte| byte == 0)
        .map(|variable| String::from_utf8_lossy(variable).into_owned())
        .collect();
    let data = format!("MAINSTAY_DATA_DIR={path}/");
    let socket = format!("MAINSTAY_SOCKET={path}/");
    if !variables
        .iter()
        .any(|one| one.starts_with(&data) || one.starts_with(&socket))
    {
        return None;
    }
    let value = |name: &str| {
        let mut all = variables.iter();
        all.find_map(|one| one.strip_prefix(name)?.strip_prefix('='))
    };
    let program = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    Some(Process {
        pid,
        program: program.file_name()?.to_string_lossy().into_owned(),
        session: value("MAINSTAY_SESSION_ID").and_then(|id| id.parse().ok()),
        run: value("MAINSTAY_RUN_ID").and_then(|id| id.parse().ok()),
    })
}

/// Become readable when the processes of a home have gone. Those that were gone already are left out; hosts are watched to their
/// very end, when nothing but their locks shows that they are there.
#[must_use]
pub fn watches(home: &Home) -> Vec<OwnedFd> {
    let all = of(home).into_iter().map(|one| one.pid);
    let ids: BTreeSet<u32> = all
        .chain(hosts(home).into_iter().map(|(pid, _, _)| pid))
        .collect();
    let open = |id: u32| pidfd_open(pid(id)?, PidfdFlags::empty()).ok();
    let mut found: Vec<OwnedFd> = ids.into_iter().filter_map(open).collect();
    found.retain(|watch| !ended_within(watch, 0));
    found
}

/// The hosts that the folders tell of, alive or not.
fn hosts(home: &Home) -> Vec<(u32, SessionId, RunId)> {
    let mut found = Vec::new();
    for id in home.places().sessions().unwrap_or_default() {
        let Some(folder) = home.folder(&id) else {
            continue;
        };
        for run in folder.runs().unwrap_or_default() {
            if let Ok(Some(host)) = folder.run(&run).host() {
                found.push((host.pid, id.clone(), run));
            }
        }
    }
    found
}

/// The sockets of a home that hosts listen at, or did.
#[must_use]
pub fn sockets(home: &Home) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.places().runtime)
        .into_iter()
        .flatten()
        .flatten();
    let paths = entries.map(|entry| entry.path());
    let mut found: Vec<PathBuf> = paths
        .filter(|path| path.file_name().is_some_and(|name| name != "manager.sock"))
        .collect();
    found.sort();
    found
}

/// What is in the folder of the sessions, whatever it is.
#[must_use]
pub fn folders(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.places().sessions_dir())
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    found.sort();
    found
}

/// The descriptors that this process has, and what they are, but for those of its own standard streams.
///
/// # Panics
/// If there is no process information.
#[must_use]
pub fn descriptors() -> Vec<String> {
    let entries = fs::read_dir("/proc/self/fd")
        .expect("process information")
        .flatten();
    let mut found: Vec<String> = entries
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .map(|target| target.to_string_lossy().into_owned())
        // That of this very look.
        .filter(|target| !target.ends_with("/fd"))
        .collect();
    found.sort();
    found
}

//! Finding a run's processes on Unix systems other than Linux, as well as it goes: with `ps`.
//!
//! There is no reaper of orphans and no process descriptor there. What left the program's session and lost its parent is
//! not found; DESIGN says so to the person.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// One process at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: i32,
    parent: i32,
    group: i32,
    /// Stopped by a signal.
    pub(super) stopped: bool,
}

pub(super) fn adopt_orphans() -> std::io::Result<()> {
    Ok(())
}

/// The program's descendants and its process group, parents before their children.
pub(super) fn descendants(program: u32) -> Vec<Process> {
    let Ok(program) = i32::try_from(program) else {
        return Vec::new();
    };
    let all = list();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut todo: Vec<i32> = all
        .values()
        .filter(|process| process.pid == program || process.group == program)
        .map(|process| process.pid)
        .collect();
    todo.sort_by_key(|&pid| pid != program);
    let mut at = 0;
    while let Some(&pid) = todo.get(at) {
        at += 1;
        if !seen.insert(pid) {
            continue;
        }
        found.extend(all.get(&pid).copied());
        todo.extend(
            all.values()
                .filter(|process| process.parent == pid)
                .map(|process| process.pid),
        );
    }
    found
}

/// All processes of the system by id.
fn list() -> BTreeMap<i32, Process> {
    let listed = Command::new("/bin/ps")
        .args(["-A", "-o", "pid=,ppid=,pgid=,stat="])
        .current_dir("/")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let text = listed.map(|listed| String::from_utf8_lossy(&listed.stdout).into_owned());
    let text = text.unwrap_or_default();
    let processes = text.lines().filter_map(parse);
    processes.map(|process| (process.pid, process)).collect()
}

fn parse(line: &str) -> Option<Process> {
    let mut fields = line.split_ascii_whitespace();
    let pid = fields.next()?.parse().ok()?;
    let parent = fields.next()?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    let state = fields.next()?;
    (!state.starts_with('Z')).then_some(Process {
        pid,
        parent,
        group,
        stopped: state.starts_with('T'),
    })
}

/// Sends a signal; nothing happens if the process is gone.
pub(super) fn signal(process: &Process, signal: Signal) {
    if let Some(pid) = Pid::from_raw(process.pid) {
        kill_process(pid, signal).ok();
    }
}

/// What a process handles can't be found out here: everybody is hung up.
pub(super) fn hears_hang_up(_: &Process) -> bool {
    true
}

/// Whether a process is stopped by now, or gone.
pub(super) fn has_stopped(process: &Process) -> bool {
    list().get(&process.pid).is_none_or(|now| now.stopped)
}

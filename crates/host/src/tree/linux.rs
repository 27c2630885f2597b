//! Finding a run's processes on Linux: by parent id in /proc.
//!
//! Process ids are used again. A process is therefore known by its id and start time together, and signalled through a
//! descriptor (`pidfd_open`, Linux 5.3) that was checked after it was opened.

use std::collections::BTreeMap;
use std::fs;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};

/// One process at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: i32,
    parent: i32,
    started: u64,
    /// Stopped by a signal.
    pub(super) stopped: bool,
    /// Ended and not reaped: nothing can be done to it any more.
    zombie: bool,
}

/// Has the kernel give us the orphans among our descendants (`PR_SET_CHILD_SUBREAPER`).
pub(super) fn adopt_orphans() -> std::io::Result<()> {
    Ok(rustix::process::set_child_subreaper(Some(
        rustix::process::getpid(),
    ))?)
}

/// All living descendants of this process, parents before their children.
pub(super) fn descendants(_program: u32) -> Vec<Process> {
    let mut children: BTreeMap<i32, Vec<Process>> = BTreeMap::new();
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    for entry in entries.flatten() {
        let pid = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        if let Some(process) = pid.and_then(look_at) {
            children.entry(process.parent).or_default().push(process);
        }
    }
    let mut found = Vec::new();
    let mut todo = vec![rustix::process::getpid().as_raw_nonzero().get()];
    while let Some(parent) = todo.pop() {
        for process in children.remove(&parent).unwrap_or_default() {
            todo.push(process.pid);
            found.push(process);
        }
    }
    found.retain(|process| !process.zombie);
    found
}

/// Reads /proc/PID/stat (proc_pid_stat(5)): id, name in parentheses (which may hold anything), state, parent, …, and as
/// field 22 the start time in clock ticks since boot.
fn look_at(pid: i32) -> Option<Process> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let after_name = stat.iter().rposition(|&byte| byte == b')')?;
    let rest = std::str::from_utf8(stat.get(after_name + 1..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let started = fields.nth(17)?.parse().ok()?;
    Some(Process {
        pid,
        parent,
        started,
        stopped: matches!(state, "T" | "t"),
        zombie: matches!(state, "Z" | "X"),
    })
}

/// Sends a signal to exactly this process; nothing happens if it is gone.
pub(super) fn signal(process: &Process, signal: Signal) {
    let Some(pid) = Pid::from_raw(process.pid) else {
        return;
    };
    match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(descriptor) => {
            if look_at(process.pid).is_some_and(|now| now.started == process.started) {
                pidfd_send_signal(descriptor, signal).ok();
            }
        }
        // A kernel or sandbox without such descriptors.
        Err(Errno::NOSYS | Errno::PERM | Errno::INVAL) => {
            kill_process(pid, signal).ok();
        }
        Err(_) => {}
    }
}

/// Whether a hang-up ends a process no sooner than its own answer to `SIGTERM` would: unless it has a handler for that and
/// none for the hang-up. The masks are `SigCgt` and `SigIgn` in /proc/PID/status (proc_pid_status(5)), hexadecimal, the bit
/// of signal n being n - 1.
pub(super) fn hears_hang_up(process: &Process) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{}/status", process.pid)) else {
        return true;
    };
    let has = |mask: &str, signal: Signal| {
        let bits = status.lines().find_map(|line| line.strip_prefix(mask));
        let bits = bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
        bits.is_some_and(|bits| bits >> (signal.as_raw() - 1) & 1 == 1)
    };
    let handles_end = has("SigCgt:", Signal::TERM);
    let survives_hang_up = has("SigCgt:", Signal::HUP) || has("SigIgn:", Signal::HUP);
    !handles_end || survives_hang_up
}

/// Whether a process is stopped by now, or gone.
pub(super) fn has_stopped(process: &Process) -> bool {
    look_at(process.pid)
        .is_none_or(|now| now.stopped || now.zombie || now.started != process.started)
}

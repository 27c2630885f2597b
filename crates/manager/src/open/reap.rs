//! What is left over: folders on their way out, hosts of deleted sessions, hosts that don't obey.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use mainstay_keep::SessionFolder;
use mainstay_link::{LinkError, Stream};
use mainstay_protocol::frame::Operation;
use mainstay_protocol::session::Session;
use mainstay_protocol::{RunId, SessionId, Timestamp};

use crate::Engine;
use crate::operations::GONE;

/// A host that is not up after this time won't be.
const STARTING: Duration = Duration::from_secs(60);
/// Longest wait for a killed host to be gone.
const PATIENCE: Duration = Duration::from_secs(10);

impl Engine {
    /// Removes the folders that lost their name before their files.
    pub(super) fn sweep(&self) {
        let Ok(entries) = fs::read_dir(self.places.sessions_dir()) else {
            return;
        };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(GONE)
                && let Err(error) = fs::remove_dir_all(entry.path())
            {
                self.note("clean-up", format!("{}: {error}", entry.path().display()));
            }
        }
    }

    /// Removes sockets of hosts that are gone. One that is just being made has nobody behind it either, so they must be old.
    pub(super) fn sweep_sockets(&self) {
        let Ok(entries) = fs::read_dir(&self.places.runtime) else {
            return;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let is_socket = path.extension().is_some_and(|end| end == "sock");
            let nobody = || matches!(Stream::connect(&path), Err(LinkError::NobodyThere { .. }));
            if is_socket && self.is_old(&entry) && nobody() && fs::remove_file(&path).is_ok() {
                tracing::info!(path = %path.display(), "a socket without a host is removed");
            }
        }
    }

    fn is_old(&self, entry: &fs::DirEntry) -> bool {
        let changed = entry.metadata().and_then(|found| found.modified()).ok();
        let since = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let since = since.and_then(|since| u64::try_from(since.as_millis()).ok());
        since.is_some_and(|since| self.now().since(Timestamp(since)) > STARTING)
    }

    /// Removes the socket of a run whose host is gone.
    pub(crate) fn remove_socket(&self, folder: &SessionFolder, run: &RunId) {
        let Ok(Some(host)) = folder.run(run).host() else {
            return;
        };
        let socket = Path::new(&host.socket);
        if socket.parent() == Some(self.places.runtime.as_path()) {
            // Gone already where the host ended in peace.
            fs::remove_file(socket).ok();
        }
    }

    /// Removes the folder of a deleted session, in another thread; a host that still holds it is ended.
    pub(super) fn remove_deleted(self: &Arc<Self>, id: &SessionId) {
        let Ok(busy) = self.work.begin() else { return };
        let (engine, id) = (Arc::clone(self), id.clone());
        self.chores.add(busy, move || {
            engine.end_deleted(&id);
            if let Err(error) = engine.remove_folder(&id) {
                engine.note("clean-up", format!("the folder of {id}: {error}"));
            }
        });
    }

    fn end_deleted(&self, id: &SessionId) {
        let Ok(folder) = self.folder(id) else { return };
        let Ok(true) = folder.is_live() else { return };
        let Ok(Some(run)) = folder.current() else {
            return;
        };
        let kill = Operation::Stop { grace_ms: Some(0) };
        let told = self.order(id, &run, kill);
        let present = self.sessions.of(id);
        let is_gone = || {
            let deadline = self.clock.monotonic().saturating_add(PATIENCE);
            self.until_free(&present, &folder, Some(deadline))
        };
        if (told.is_err() || !is_gone()) && self.kill_host(id, &run) {
            is_gone();
        }
    }

    /// Does for an ended session what its end asked for and a dead manager didn't come to.
    pub(super) fn clean_up_if_owed(
        self: &Arc<Self>,
        id: &SessionId,
        run: &RunId,
        session: &Session,
    ) {
        let is_left = || {
            self.folder(id)
                .is_ok_and(|folder| !folder.run(run).is_forgotten())
        };
        let printed = session.settings.private && is_left();
        if printed || crate::follow::never_started(session) {
            self.clean_up_after_run(id);
        }
    }

    /// Kills a host that doesn't answer; its program gets a hang-up with it. False if that can't be done, or if it is gone.
    #[cfg(unix)]
    pub(crate) fn kill_host(&self, id: &SessionId, run: &RunId) -> bool {
        use rustix::process::{Pid, Signal, kill_process};

        let Ok(Some(host)) = self.folder(id).and_then(|folder| folder.run(run).host()) else {
            return false;
        };
        let is_same = host.start_time.is_some() && start_time(host.pid) == host.start_time;
        let pid = i32::try_from(host.pid).ok().and_then(Pid::from_raw);
        match pid {
            Some(pid) if is_same => {
                tracing::warn!(session = %id, pid = host.pid, "a host that doesn't obey is killed");
                kill_process(pid, Signal::KILL).is_ok()
            }
            _ => false,
        }
    }

    /// There is no way to be sure of a process here.
    #[cfg(not(unix))]
    pub(crate) fn kill_host(&self, _: &SessionId, _: &RunId) -> bool {
        false
    }
}

/// When a process began, in the units of `HostRecord::start_time`: field 22 of proc_pid_stat(5), counted after the name.
#[cfg(unix)]
fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let name = stat.iter().rposition(|&byte| byte == b')')?;
    let rest = std::str::from_utf8(stat.get(name + 1..)?).ok()?;
    rest.split_ascii_whitespace().nth(19)?.parse().ok()
}

//! A data directory of its own with a manager in it: in this process, or as `mainstay serve`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use mainstay_keep::{Places, SessionFolder};
use mainstay_manager::environment::Fixed;
use mainstay_manager::{Config, Manager, OpenReport};
use mainstay_protocol::SessionId;
use mainstay_protocol::session::{NewSession, Settings};
use mainstay_protocol::spec::Retention;
use mainstay_seams::SystemClock;
use rustix::process::{Pid, Signal, kill_process};

use crate::lab::{Lab, Result};

/// Threads that do something with many sessions: as many as the manager itself has for that.
const AT_ONCE: usize = 16;

/// A data directory. What still runs in it is killed with it.
#[derive(Debug)]
pub(crate) struct Ground {
    folder: tempfile::TempDir,
    host: PathBuf,
    mainstay: PathBuf,
}

impl Ground {
    pub(crate) fn new(lab: &Lab) -> Result<Self> {
        let ground = Self {
            folder: tempfile::Builder::new().prefix("mb").tempdir()?,
            host: fs::canonicalize(&lab.host)?,
            mainstay: fs::canonicalize(&lab.mainstay)?,
        };
        ground.places().prepare()?;
        Ok(ground)
    }

    pub(crate) fn places(&self) -> Places {
        Places::below(&self.folder.path().join("d"))
    }

    /// Where the manager keeps its database.
    pub(crate) fn database(&self) -> PathBuf {
        self.places().data.join("mainstay.db")
    }

    /// A path on the same disk that nothing else uses.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same for everybody who measures: nothing of what the person's own start-up files do.
    fn env(&self) -> BTreeMap<String, String> {
        let home = self.folder.path().to_string_lossy().into_owned();
        let path = std::env::var("PATH").unwrap_or_default();
        [("PATH", path), ("HOME", home), ("SHELL", "/bin/sh".into())]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    /// Begins a manager in this process.
    pub(crate) fn open(&self) -> Result<(Manager, OpenReport)> {
        let (places, env) = (self.places(), self.env());
        let mut config = Config::new(
            places.clone(),
            Arc::new(SystemClock),
            self.host.clone(),
            env.clone(),
        );
        config.login_env = Box::new(Fixed(env));
        config.data_dir_override = Some(places.data);
        Ok(Manager::open(config)?)
    }

    /// A `mainstay` command for this data directory.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.mainstay);
        command
            .arg("--data-dir")
            .arg(self.places().data)
            .args(args)
            .env_clear()
            .envs(self.env());
        command
    }

    /// Starts sessions that sleep, a few at once.
    pub(crate) fn sleepers(&self, manager: &Manager, count: usize) -> Result<()> {
        let ids = ids("sleeper", count);
        in_parallel(&ids, |id| {
            manager
                .create(runs(id, &["sleep", "1000000"]))
                .map(drop)
                .map_err(|problem| problem.to_string())
        })
    }

    /// The folders of all sessions.
    pub(crate) fn folders(&self) -> Result<Vec<SessionFolder>> {
        let places = self.places();
        let ids = places.sessions()?;
        ids.iter()
            .map(|id| Ok(SessionFolder::open(&places, id)?))
            .collect()
    }

    /// Ends the manager that runs as another process, if there is one, and waits for its end.
    pub(crate) fn end_manager(&self) -> Result<()> {
        let places = self.places();
        let Ok(lock) = File::open(places.manager_lock()) else {
            return Ok(());
        };
        if lock.try_lock().is_ok() {
            return Ok(());
        }
        let info: serde_json::Value = serde_json::from_slice(&fs::read(places.manager_info())?)?;
        let pid = info.get("pid").and_then(serde_json::Value::as_i64);
        let pid = pid.and_then(|pid| i32::try_from(pid).ok());
        let Some(pid) = pid.and_then(Pid::from_raw) else {
            return Err("manager.json names no process".into());
        };
        kill_process(pid, Signal::TERM)?;
        Ok(lock.lock()?)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        self.end_manager().ok();
        for folder in self.folders().unwrap_or_default() {
            kill_host(&folder).ok();
        }
    }
}

/// Kills the host of a session, and its program by the hang-up that comes of it; waits until the system has taken the host's
/// files from it.
fn kill_host(folder: &SessionFolder) -> Result<()> {
    if !folder.is_live()? {
        return Ok(());
    }
    let lock = File::open(folder.path().join("lock"))?;
    if let Some(run) = folder.current()?
        && let Some(host) = folder.run(&run).host()?
        && let Some(pid) = i32::try_from(host.pid).ok().and_then(Pid::from_raw)
    {
        kill_process(pid, Signal::KILL)?;
        lock.lock()?;
    }
    Ok(())
}

/// Ids that are sorted as they are numbered.
pub(crate) fn ids(stem: &str, count: usize) -> Vec<SessionId> {
    (0..count)
        .filter_map(|n| format!("{stem}-{n:06}").parse().ok())
        .collect()
}

/// A session that runs a program in `/`.
pub(crate) fn runs(id: &SessionId, command: &[&str]) -> NewSession {
    NewSession {
        id: Some(id.clone()),
        settings: Settings {
            command: command.iter().map(|&word| word.to_owned()).collect(),
            cwd: "/".to_owned(),
            retention: Some(Retention {
                min_free_percent: 0,
                min_free_bytes: 0,
                ..Retention::default()
            }),
            ..Settings::default()
        },
        ..NewSession::default()
    }
}

/// Does something with each, a few at once. The first error is the result.
pub(crate) fn in_parallel<T: Sync>(
    all: &[T],
    work: impl Fn(&T) -> std::result::Result<(), String> + Sync,
) -> Result<()> {
    let share = all.len().div_ceil(AT_ONCE).max(1);
    let work = &work;
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> = all
            .chunks(share)
            .map(|some| scope.spawn(move || some.iter().try_for_each(work)))
            .collect();
        let joined = threads.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err("a thread panicked".to_owned()))
        });
        joined.collect::<std::result::Result<Vec<()>, String>>()
    });
    results.map(drop).map_err(Into::into)
}

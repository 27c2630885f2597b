//! Beginning: the data directory is taken, the store opened, every session brought to its true state.

mod lock;
mod reap;
mod rebuild;
mod recovery;

use std::sync::Arc;
use std::time::Duration;

use mainstay_link::launch;
use mainstay_protocol::SessionId;
use mainstay_seams::failpoint;
use mainstay_store::Store;

use crate::Engine;
use crate::config::Config;
use crate::engine::Parts;
use crate::error::OpenError;
use crate::failpoints;
use crate::timers::Due;
use crate::work::STACK;

pub(crate) use lock::DataLock;

/// Name of the database in DATA.
const DATABASE: &str = "mainstay.db";
/// Longest wait for all hosts together to answer at the beginning. Who is slower is waited for in the background.
const PATIENCE: Duration = Duration::from_secs(5);
/// Pause before what has grown old is forgotten for the first time.
const SETTLED: Duration = Duration::from_secs(60);

/// What a manager found when it began.
#[derive(Debug, Clone, Default)]
pub struct OpenReport {
    /// There was no database: a new one was made.
    pub fresh: bool,
    /// Sessions whose records were made again from their folders.
    pub rebuilt: Vec<SessionId>,
    /// Sessions whose run was found to have ended with its host or the machine.
    pub interrupted: Vec<SessionId>,
    /// Sessions whose host was found alive.
    pub following: usize,
    /// What people should know, in words.
    pub notes: Vec<String>,
}

/// Takes the data directory and brings every session to its true state.
pub(crate) fn open(config: Config) -> Result<(Arc<Engine>, OpenReport), OpenError> {
    config.places.prepare()?;
    let lock = DataLock::take(&config.places)?;
    failpoint::hit(failpoints::OPEN_LOCKED);
    let path = config.places.data.join(DATABASE);
    let opened = Store::open(&path, Arc::clone(&config.clock))?;
    failpoint::hit(failpoints::OPEN_STORE);
    let installed = launch::install(&config.host_program, &config.places.bin_dir())?;
    let engine = Arc::new(Engine::new(Parts {
        config,
        installed,
        store: opened.store,
        lock,
    }));
    let mut report = OpenReport {
        fresh: opened.report.fresh,
        notes: opened.report.notes,
        ..OpenReport::default()
    };
    if let Some(kept) = opened.report.damaged_kept_as {
        report.notes.push(format!(
            "the database was damaged; it is kept as {}, its records were made again from the session folders",
            kept.display()
        ));
    }
    let begun = begin(&engine, &mut report);
    if let Err(error) = begun {
        // Threads that follow already must not keep the data directory.
        crate::manager::shut(&engine);
        return Err(error);
    }
    Ok((engine, report))
}

fn begin(engine: &Arc<Engine>, report: &mut OpenReport) -> Result<(), OpenError> {
    engine.read_rulebook();
    recovery::recover_all(engine, report)?;
    if !report.rebuilt.is_empty() && !report.fresh {
        report.notes.push(format!(
            "{} sessions were missing in the database and were made again from their folders",
            report.rebuilt.len()
        ));
    }
    spawn("timers", {
        let engine = Arc::clone(engine);
        move || engine.serve_timers()
    })?;
    spawn("login-env", {
        let engine = Arc::clone(engine);
        // Not counted as work: a shell that hangs must not keep the manager from closing.
        move || drop(engine.login.get())
    })?;
    engine.restore_timers()?;
    engine.timers.set(Due::Forget, SETTLED);
    until_tried(engine);
    let all = engine.sessions.all();
    report.following = all.iter().filter(|present| present.is_connected()).count();
    engine.sweep_sockets();
    launch::collect(&engine.places.bin_dir(), &engine.installed);
    Ok(())
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
    let builder = std::thread::Builder::new();
    let builder = builder.name(name.to_owned()).stack_size(STACK);
    builder.spawn(body).map(drop).map_err(OpenError::Thread)
}

/// Waits until every follower knows how it is with its host.
fn until_tried(engine: &Engine) {
    let deadline = engine.clock.monotonic().saturating_add(PATIENCE);
    for present in engine.sessions.all() {
        let tried = || present.was_tried().then_some(());
        present
            .notice
            .wait(engine.clock.as_ref(), Some(deadline), tried);
    }
}

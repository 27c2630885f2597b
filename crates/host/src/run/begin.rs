//! The beginning of a run: from the spec to a running program that can be reached.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use mainstay_keep::{
    Effects, HostRecord, KeepError, Keeper, Places, RunFolder, SessionFolder, Settings, Syncer,
};
use mainstay_link::launch::Started;
use mainstay_link::{Listener, Tokens};
use mainstay_protocol::Timestamp;
use mainstay_protocol::frame::{ErrorCode, Failure};
use mainstay_protocol::journal::Event;
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::spec::RunSpec;
use mainstay_seams::{Clock, failpoint};
use parking_lot::{Condvar, Mutex};

use super::core::Core;
use super::courtesy::Courtesy;
use super::folder::Folder;
use super::host::{Host, storage};
use super::sync::Sync;
use super::timers::{Timer, Timers};
use crate::failpoints;
use crate::hub::Hub;
use crate::input::Input;
use crate::pty::{self, Program, SpawnError};
use crate::tree::{self, Tree};

/// A run that has begun.
#[derive(Debug)]
pub struct Begun {
    /// The run.
    pub host: Arc<Host>,
    /// Where peers come in.
    pub listener: Listener,
    /// For the sync thread.
    pub syncer: Syncer,
    /// What to tell whoever asked for it.
    pub started: Started,
}

/// Prepares the session's folder, starts the program, and makes the host reachable. If the program can't be started the run
/// is recorded as failed and all else is cleaned up.
///
/// # Errors
/// What went wrong, in words for people.
pub fn begin(spec: &RunSpec, places: &Places, clock: Arc<dyn Clock>) -> Result<Begun, Failure> {
    let started = clock.now();
    // What can be wrong with the spec is found before anything is made.
    let awaited = Host::awaited(&spec.ready)?;
    places.prepare().map_err(|error| storage(&error.into()))?;
    let (keeper, run) = open_keeper(spec, places, &clock).map_err(|error| storage(&error))?;
    failpoint::hit(failpoints::KEEPER_OPEN);
    let mut kept = Kept {
        keeper,
        effects: Effects::default(),
        clock: Arc::clone(&clock),
    };
    let reached = match reach(places, &run, started) {
        Ok(reached) => reached,
        Err(failure) => return Err(kept.fail(failure)),
    };
    failpoint::hit(failpoints::BOUND);
    let (pty, pid) = match start_program(spec, &reached) {
        Ok(running) => running,
        Err(error) => {
            reached.listener.remove();
            return Err(kept.fail(spawn_failure(&error)));
        }
    };
    failpoint::hit(failpoints::SPAWNED);
    let spawned = clock.monotonic();
    kept.write_down(Event::Spawned { pid });
    failpoint::hit(failpoints::SPAWN_JOURNALLED);
    let Kept {
        keeper, effects, ..
    } = kept;
    let syncer = keeper.syncer();
    let host = Host {
        tokens: reached.tokens,
        hub: Hub::new(
            spec.size,
            keeper.state().clone(),
            keeper.last_entry(),
            Arc::clone(&clock),
        ),
        timers: Timers::new(Arc::clone(&clock)),
        journal: run.journal_path(),
        run,
        journal_sync: syncer.journal(),
        core: Mutex::new(Core {
            keeper,
            effects,
            pid,
            spawned,
            ready: false,
            awaited,
            paused: false,
            stopping: None,
            exit: None,
            tree_is_gone: false,
            gave_up: false,
            outcome: None,
            screen_told: None,
            courtesy: Courtesy::default(),
        }),
        over: Condvar::new(),
        pty,
        tree: Tree::of(pid),
        input: Input::default(),
        folder: Folder::new(pid, &spec.cwd),
        sync: Sync::default(),
        started,
        last_active: AtomicU64::new(started.millis()),
        has_ended: AtomicBool::new(false),
        peer_activity: AtomicU64::new(0),
        clock,
        spec: spec.without_secrets(),
    };
    host.start_clocks();
    let started = Started {
        session: spec.session.clone(),
        run: spec.run.clone(),
        socket: reached.listener.path().to_owned(),
        host_pid: std::process::id(),
        pid,
    };
    Ok(Begun {
        host: Arc::new(host),
        listener: reached.listener,
        syncer,
        started,
    })
}

impl Host {
    fn start_clocks(&self) {
        let limits = &self.spec.limits;
        if let Some(after) = limits.run_ms {
            self.timers.set(Timer::Run, Duration::from_millis(after));
        }
        let mut core = self.core.lock();
        if matches!(core.awaited, super::core::Awaited::Nothing) {
            if let Err(error) = self.set_ready(&mut core) {
                tracing::error!(%error, "readiness can't be written down");
            }
        } else if let Some(after) = limits.start_ms {
            self.timers.set(Timer::Start, Duration::from_millis(after));
        }
    }
}

fn open_keeper(
    spec: &RunSpec,
    places: &Places,
    clock: &Arc<dyn Clock>,
) -> Result<(Keeper, RunFolder), KeepError> {
    let folder = SessionFolder::create(places, &spec.session)?;
    let lock = folder.lock()?;
    let run = folder.run(&spec.run);
    let mut settings = Settings::of(spec);
    settings.terminal.hostname = crate::system::hostname();
    let (keeper, report) = Keeper::open(folder, lock, spec, &settings, Arc::clone(clock))?;
    for note in &report.recovery.notes {
        tracing::warn!("what an earlier host left: {note}");
    }
    crate::log::begin(run.path());
    tracing::info!(session = %spec.session, run = %spec.run, first_line = report.first_line, "a run begins");
    Ok((keeper, run))
}

/// A keeper on its way into a host, or into a failed run.
struct Kept {
    keeper: Keeper,
    effects: Effects,
    clock: Arc<dyn Clock>,
}

impl Kept {
    fn write_down(&mut self, event: Event) {
        if let Err(error) = self.keeper.journal(event, &mut self.effects) {
            tracing::error!(%error, "the journal can't be written");
        }
    }

    /// Records the run as failed.
    fn fail(&mut self, failure: Failure) -> Failure {
        let outcome = Outcome {
            exit: Exit::NotStarted {
                error: failure.message.clone(),
            },
            reason: EndReason::StartFailed,
            ended: self.clock.now(),
            ran_ms: 0,
        };
        if let Err(error) = self.keeper.finish(outcome, &mut self.effects) {
            tracing::error!(%error, "the failure can't be written down");
        }
        failure
    }
}

/// How the host is reached.
struct Reached {
    listener: Listener,
    tokens: Tokens,
}

fn reach(places: &Places, run: &RunFolder, started: Timestamp) -> Result<Reached, Failure> {
    let path = places
        .socket_path(random::<8>()?)
        .map_err(|error| storage(&error.into()))?;
    let listener = Listener::bind(&path).map_err(|error| Failure {
        code: ErrorCode::System,
        message: format!("the socket {} can't be made: {error}", path.display()),
    })?;
    let tokens = Tokens {
        owner: token()?,
        inside: token()?,
    };
    let record = HostRecord {
        pid: std::process::id(),
        start_time: crate::system::start_time(),
        socket: path.to_string_lossy().into_owned(),
        token: tokens.owner.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started,
    };
    if let Err(error) = run.write_host(&record) {
        listener.remove();
        return Err(storage(&error));
    }
    Ok(Reached { listener, tokens })
}

/// 256 bits as hexadecimal digits.
fn token() -> Result<String, Failure> {
    let bytes = random::<32>()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Failure {
        code: ErrorCode::System,
        message: format!("the system has no random numbers: {error}"),
    })?;
    Ok(bytes)
}

fn start_program(spec: &RunSpec, reached: &Reached) -> Result<(pty::Pty, u32), SpawnError> {
    let env = environment(spec, reached.listener.path(), &reached.tokens);
    let cwd = PathBuf::from(&spec.cwd);
    let file = pty::resolve(&spec.program, &cwd, search_path(&env, cfg!(windows)))?;
    if let Err(error) = tree::adopt_orphans() {
        tracing::warn!(%error, "orphans of the run will not be found");
    }
    let program = Program {
        file,
        name: &spec.program,
        args: &spec.args,
        cwd: &cwd,
        env,
    };
    pty::spawn(&program, spec.size)
}

/// Where programs are looked for. Windows calls it `Path` as well: its names of variables have no case.
fn search_path(env: &BTreeMap<String, String>, any_case: bool) -> Option<&str> {
    let other = || {
        let is_path = |name: &str| any_case && name.eq_ignore_ascii_case("PATH");
        env.iter().find(|(name, _)| is_path(name))
    };
    let found = env.get_key_value("PATH").or_else(other);
    found.map(|(_, value)| value.as_str())
}

/// The program's environment: what the spec says, and nothing of our own but what describes the terminal and the session.
fn environment(spec: &RunSpec, socket: &Path, tokens: &Tokens) -> BTreeMap<String, String> {
    let mut env = spec.env.clone();
    env.extend(spec.secrets.clone());
    let usual = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")];
    for (name, value) in usual {
        env.entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    let ours = [
        ("MAINSTAY_SESSION_ID", spec.session.as_str()),
        ("MAINSTAY_RUN_ID", spec.run.as_str()),
        ("MAINSTAY_SOCKET", &socket.to_string_lossy()),
        ("MAINSTAY_TOKEN", &tokens.inside),
    ];
    for (name, value) in ours {
        env.insert(name.to_owned(), value.to_owned());
    }
    env
}

fn spawn_failure(error: &SpawnError) -> Failure {
    let code = match error {
        SpawnError::Folder { .. }
        | SpawnError::Missing { .. }
        | SpawnError::NotExecutable { .. } => ErrorCode::Invalid,
        SpawnError::Exec { .. } | SpawnError::Terminal(_) => ErrorCode::System,
    };
    Failure {
        code,
        message: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_path_is_found_as_the_system_names_it() {
        let env = |name: &str| BTreeMap::from([(name.to_owned(), "/bin".to_owned())]);
        for (name, any_case, found) in [
            ("PATH", false, Some("/bin")),
            ("Path", false, None),
            ("Path", true, Some("/bin")),
            ("PATHEXT", true, None),
        ] {
            assert_eq!(search_path(&env(name), any_case), found, "{name}");
        }
    }
}

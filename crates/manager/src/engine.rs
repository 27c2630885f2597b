//! What all parts of a manager share: the store, the sessions in memory, the timers, and what is wrong at the moment.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mainstay_keep::{KeepError, Places, SessionFolder};
use mainstay_link::launch::Installed;
use mainstay_protocol::{Code, Problem, RunId, SessionId, Timestamp};
use mainstay_seams::Clock;
use mainstay_store::{Read, Store, StoreError, Write};
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::environment::{LoginEnv, Person};
use crate::foreground::Foreground;
use crate::lifecycle::Effect;
use crate::open::DataLock;
use crate::present::Sessions;
use crate::reopen::{Lost, Reopened};
use crate::rulebook::Rulebook;
use crate::timers::{Due, Timers};
use crate::work::{Chores, Gate, Work};

/// Hosts that are started at the same moment. More would only wait for each other's disk and processor.
const LAUNCHES: usize = 16;

/// What the parts of a manager share.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) places: Places,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) person: Person,
    pub(crate) login: LoginEnv,
    pub(crate) installed: Installed,
    pub(crate) store: Store,
    pub(crate) sessions: Sessions,
    pub(crate) timers: Timers,
    pub(crate) launches: Gate,
    pub(crate) work: Arc<Work>,
    pub(crate) chores: Arc<Chores>,
    pub(crate) rulebook: Mutex<Option<Arc<Rulebook>>>,
    pub(crate) foreground: Foreground,
    pub(crate) reopened: Mutex<Reopened>,
    /// Turns true when the manager closes: what subscribers wait for.
    pub(crate) closed: watch::Sender<bool>,
    lock: Mutex<Option<DataLock>>,
    trouble: Mutex<BTreeMap<String, String>>,
}

/// What an engine is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) config: crate::Config,
    pub(crate) installed: Installed,
    pub(crate) store: Store,
    pub(crate) lock: DataLock,
}

impl Engine {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts {
            config,
            installed,
            store,
            lock,
        } = parts;
        Self {
            person: Person::of(&config.env),
            login: LoginEnv::new(config.login_env),
            places: config.places,
            data_dir: config.data_dir_override,
            installed,
            store,
            sessions: Sessions::default(),
            timers: Timers::new(Arc::clone(&config.clock)),
            launches: Gate::new(LAUNCHES),
            work: Arc::default(),
            chores: Arc::default(),
            rulebook: Mutex::new(None),
            foreground: Foreground::default(),
            reopened: Mutex::default(),
            closed: watch::Sender::new(false),
            lock: Mutex::new(Some(lock)),
            trouble: Mutex::new(BTreeMap::new()),
            clock: config.clock,
        }
    }

    /// Whether nothing new is begun.
    pub(crate) fn is_closing(&self) -> bool {
        self.work.is_closing()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Changes the store; returns once that is committed. Where the file was replaced under us, or turns out to be damaged, a new
    /// one is made from the session folders first and the job is done there.
    pub(crate) fn write<T, F>(self: &Arc<Self>, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&mut Write<'_>) -> Result<T, StoreError> + Send + Sync + 'static,
    {
        let job = Arc::new(job);
        let opened = self.reopened.lock().count();
        let mut result = self.write_once(&job);
        if let Some(lost) = result.as_ref().err().and_then(Lost::by)
            && self.reopen(opened, lost)
        {
            result = self.write_once(&job);
        }
        self.note_store(result.as_ref().err());
        result
    }

    fn write_once<T, F>(&self, job: &Arc<F>) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&mut Write<'_>) -> Result<T, StoreError> + Send + Sync + 'static,
    {
        let job = Arc::clone(job);
        self.store.write(move |write| job(write))
    }

    /// Looks at the store. Where it turns out to be damaged, it is made anew soon.
    pub(crate) fn read<T>(
        &self,
        look: impl FnOnce(&Read<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let looked = self.store.read(look);
        if let Some(Lost::Damaged) = looked.as_ref().err().and_then(Lost::by) {
            self.timers.set(Due::Reopen, Duration::ZERO);
        }
        looked
    }

    /// The folder of a session that must have one.
    pub(crate) fn folder(&self, id: &SessionId) -> Result<SessionFolder, KeepError> {
        SessionFolder::open(&self.places, id)
    }

    /// Does what follows from a committed step.
    pub(crate) fn after(&self, id: &SessionId, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::ScheduleRetry { .. } | Effect::ScheduleCleanUp { .. } => self.plan(id),
                Effect::CancelRetry => self.timers.clear(&Due::Retry(id.clone())),
                Effect::CancelCleanUp => self.timers.clear(&Due::CleanUp(id.clone())),
                // Whoever follows the run does it once its host is gone.
                Effect::Purge => {}
            }
        }
        if let Some(present) = self.sessions.get(id) {
            present.notice.tell();
        }
    }

    /// Remembers something that is wrong, for whoever asks how we are.
    pub(crate) fn note(&self, about: &str, trouble: impl Display) {
        let words = trouble.to_string();
        let before = self.trouble.lock().insert(about.to_owned(), words.clone());
        if before.as_deref() != Some(&words) {
            tracing::warn!("{about}: {words}");
        }
    }

    /// It is not wrong any more.
    pub(crate) fn well(&self, about: &str) {
        self.trouble.lock().remove(about);
    }

    /// Replaces all that is wrong about something.
    pub(crate) fn note_troubles<T: Display>(&self, about: &str, troubles: impl Iterator<Item = T>) {
        let words: Vec<String> = troubles.map(|trouble| trouble.to_string()).collect();
        if words.is_empty() {
            self.well(about);
        } else {
            self.note(about, words.join("; "));
        }
    }

    /// All that is wrong, in words.
    pub(crate) fn troubles(&self) -> Vec<String> {
        self.trouble.lock().values().cloned().collect()
    }

    pub(crate) fn note_store(&self, error: Option<&StoreError>) {
        let code = error.map(|error| error.problem().code);
        match (error, code) {
            (Some(error), Some(Code::Storage | Code::Internal)) => self.note("store", error),
            (_, Some(Code::Closing)) => {}
            _ => self.well("store"),
        }
    }

    /// Gives the data directory back.
    pub(crate) fn unlock(&self) {
        self.lock.lock().take();
    }

    pub(crate) fn random_session(&self) -> Result<SessionId, Problem> {
        random().map(SessionId::from_random)
    }

    pub(crate) fn random_run(&self) -> Result<RunId, Problem> {
        random().map(RunId::from_random)
    }
}

fn random() -> Result<[u8; 16], Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Problem::new(
            Code::Internal,
            format!("the system has no random numbers: {error}"),
        )
    })?;
    Ok(bytes)
}

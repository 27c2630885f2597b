//! The manager as its clients have it.

use std::sync::Arc;

use mainstay_keep::Places;
use mainstay_protocol::event::EventCount;
use mainstay_protocol::session::{
    Change, Delete, EventQuery, NewSession, Run, Session, SessionPage, SessionQuery, Start, Stop,
};
use mainstay_protocol::{Problem, SessionEvent, SessionId, Size, Timestamp};
use mainstay_store::ResolveError;
use serde_json::{Map, Value};

use crate::Engine;
use crate::config::Config;
use crate::defaults::Defaults;
use crate::error::{OpenError, closing};
use crate::foreground::Window;
use crate::health::Health;
use crate::lifecycle::Ask;
use crate::open::{self, OpenReport};
use crate::profile::Profile;
use crate::subscribe::Subscription;

type Result<T, E = Problem> = std::result::Result<T, E>;

/// Decides about sessions: starts, follows and ends their runs, stores what happened and tells it. There is one per data
/// directory.
///
/// Clones are the same manager. All calls block. When the last clone is dropped it closes as by [`Manager::close`]; the
/// sessions go on either way.
#[derive(Debug, Clone)]
pub struct Manager {
    engine: Arc<Engine>,
    _shutter: Arc<Shutter>,
}

/// Closes the manager with its last clone.
#[derive(Debug)]
struct Shutter(Arc<Engine>);

impl Drop for Shutter {
    fn drop(&mut self) {
        shut(&self.0);
    }
}

/// Lets nothing new begin, disconnects from the hosts, waits for what is under way, and gives the data directory back.
pub(crate) fn shut(engine: &Arc<Engine>) {
    if !engine.work.close() {
        return;
    }
    engine.timers.close();
    engine.closed.send_replace(true);
    for present in engine.sessions.all() {
        present.disconnect();
        present.notice.tell();
    }
    engine.work.wait(engine.clock.as_ref());
    engine.store.close();
    engine.unlock();
}

impl Manager {
    /// Takes the data directory, opens the store and finds every session again. Returns when each has its true state or its
    /// host is being reached for.
    ///
    /// # Errors
    /// [`OpenError::Held`] if another manager has the data directory; what keeps a folder, the database or the host program
    /// from being used.
    pub fn open(config: Config) -> Result<(Self, OpenReport), OpenError> {
        let (engine, report) = open::open(config)?;
        let manager = Self {
            _shutter: Arc::new(Shutter(Arc::clone(&engine))),
            engine,
        };
        Ok((manager, report))
    }

    /// Makes a session and starts it; returns once its program runs. One that can't be started stays as failed, with the
    /// reason: the problem names it then.
    ///
    /// # Errors
    /// What is wrong with the request, or what kept the program from being started.
    pub fn create(&self, new: NewSession) -> Result<Session> {
        self.busy(|engine| engine.create(new))
    }

    /// A page of the sessions that fit.
    ///
    /// # Errors
    /// `Invalid` if `after` is from another list; `Storage`.
    pub fn list(&self, query: &SessionQuery) -> Result<SessionPage> {
        let page = self.engine.read(|read| read.sessions(query));
        let mut page = page.map_err(|error| error.problem())?;
        for session in &mut page.sessions {
            self.engine.complete(session);
        }
        Ok(page)
    }

    /// A session, also a deleted one.
    ///
    /// # Errors
    /// `UnknownSession`, `Storage`.
    pub fn show(&self, id: &SessionId) -> Result<Session> {
        self.engine.show(id)
    }

    /// The session that a person means: by its id, its name, or the beginning of its id. Deleted ones by their id alone.
    ///
    /// # Errors
    /// `UnknownSession`, `AmbiguousSession`, `Storage`.
    pub fn resolve(&self, text: &str) -> Result<SessionId> {
        use mainstay_protocol::Code;

        let resolved = self.engine.read(|read| Ok(read.resolve(text)));
        let resolved = resolved.map_err(|error| error.problem())?;
        resolved.map_err(|error| match &error {
            ResolveError::Ambiguous { .. } => {
                Problem::new(Code::AmbiguousSession, error.to_string())
            }
            ResolveError::Store(store) => store.problem(),
            _ => Problem::new(Code::UnknownSession, error.to_string()),
        })
    }

    /// Changes a session; what is not given stays.
    ///
    /// # Errors
    /// `UnknownSession`, `Deleted`, `Invalid`, `Storage`.
    pub fn change(&self, id: &SessionId, change: Change) -> Result<Session> {
        self.busy(|engine| engine.change(id, change))
    }

    /// Asks for the end of a session's run; returns when it is asked, not when it is over. Where the session waits for an
    /// automatic new run, that won't come.
    ///
    /// # Errors
    /// `WrongState` if nothing runs; `UnknownSession`, `Deleted`, `Storage`.
    pub fn stop(&self, id: &SessionId, stop: Stop) -> Result<()> {
        self.busy(|engine| engine.stop(id, stop))
    }

    /// Ends all runs; gives the sessions that could not be asked, and why.
    ///
    /// # Errors
    /// `Closing`.
    pub fn stop_all(&self, stop: Stop) -> Result<Vec<(SessionId, Problem)>> {
        self.busy(|engine| engine.stop_all(stop))
    }

    /// Stops the whole process tree of a session.
    ///
    /// # Errors
    /// `WrongState`, `HostUnreachable`, `UnknownSession`, `Deleted`.
    pub fn pause(&self, id: &SessionId) -> Result<()> {
        self.busy(|engine| engine.pause(id))
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// As with [`Manager::pause`].
    pub fn unpause(&self, id: &SessionId) -> Result<()> {
        self.busy(|engine| engine.unpause(id))
    }

    /// Starts another run under the scrollback of the last one: a shell in its last folder, a command the same way again.
    ///
    /// # Errors
    /// `WrongState` if it runs; what keeps the program from being started; `UnknownSession`, `Deleted`, `Storage`.
    pub fn resume(&self, id: &SessionId, start: Start) -> Result<Session> {
        self.busy(|engine| engine.run_again(id, Ask::Resume, start))
    }

    /// Runs a session again from its original settings, in its original folder.
    ///
    /// # Errors
    /// As with [`Manager::resume`].
    pub fn again(&self, id: &SessionId, start: Start) -> Result<Session> {
        self.busy(|engine| engine.run_again(id, Ask::Again, start))
    }

    /// Makes a session with the settings of another one and starts it.
    ///
    /// # Errors
    /// As with [`Manager::create`].
    pub fn duplicate(&self, id: &SessionId, start: Start) -> Result<Session> {
        self.busy(|engine| engine.duplicate(id, start))
    }

    /// Types into a session. Blocks while its program takes nothing.
    ///
    /// # Errors
    /// `WrongState`, `HostUnreachable`, `UnknownSession`, `Deleted`.
    pub fn input(&self, id: &SessionId, bytes: &[u8]) -> Result<()> {
        // Not counted as work: a program that reads nothing must not keep the manager from closing.
        self.open_or_closing()?;
        self.engine.input(id, bytes)
    }

    /// Gives a session's terminal another size, until a viewer wishes otherwise.
    ///
    /// # Errors
    /// `HostUnreachable`, `UnknownSession`, `Deleted`, `Storage`.
    pub fn resize(&self, id: &SessionId, size: Size) -> Result<()> {
        self.busy(|engine| engine.resize(id, size))
    }

    /// Deletes a session: ends its run and waits for that, removes its folder. Record and events stay. One that isn't there is
    /// a quiet no-op.
    ///
    /// # Errors
    /// `Storage`, `Closing`: what was begun goes on at the next start.
    pub fn delete(&self, id: &SessionId, delete: Delete) -> Result<()> {
        self.busy(|engine| engine.delete(id, delete))
    }

    /// Removes what a session printed, for good.
    ///
    /// # Errors
    /// `HostUnreachable`, `UnknownSession`, `Deleted`, `Storage`, `Busy`.
    pub fn purge(&self, id: &SessionId) -> Result<()> {
        self.busy(|engine| engine.purge(id))
    }

    /// The runs of a session, the first one first.
    ///
    /// # Errors
    /// `UnknownSession`, `Storage`.
    pub fn runs(&self, id: &SessionId) -> Result<Vec<Run>> {
        self.engine.show(id)?;
        let runs = self.engine.read(|read| read.runs(id));
        let runs = runs.map_err(|error| error.problem())?;
        Ok(runs.into_iter().map(|row| row.run).collect())
    }

    /// The events that fit, in order; 1,000 of them where the query says nothing else.
    ///
    /// # Errors
    /// `Storage`.
    pub fn events(&self, query: &EventQuery) -> Result<Vec<SessionEvent>> {
        let events = self.engine.read(|read| read.events(query));
        events.map_err(|error| error.problem())
    }

    /// How many events of each type there were in each hour between two times.
    ///
    /// # Errors
    /// `Storage`.
    pub fn event_counts(&self, from: Timestamp, to: Timestamp) -> Result<Vec<EventCount>> {
        let counts = self.engine.read(|read| read.event_counts(from, to));
        counts.map_err(|error| error.problem())
    }

    /// The number of the newest event.
    ///
    /// # Errors
    /// `Storage`.
    pub fn last_seq(&self) -> Result<u64> {
        let last = self.engine.read(|read| read.last_seq());
        last.map_err(|error| error.problem())
    }

    /// A place in the event log, after event number `since`.
    #[must_use]
    pub fn subscribe(&self, since: u64) -> Subscription {
        Subscription::new(&self.engine.store, since, self.engine.closed.subscribe())
    }

    /// The session that the person looks at; nothing without a window.
    #[must_use]
    pub fn foreground(&self) -> Option<SessionId> {
        self.engine.foreground()
    }

    /// Has the window show a session.
    ///
    /// # Errors
    /// `NoWindow`, `UnknownSession`, `Deleted`.
    pub fn set_foreground(&self, id: &SessionId) -> Result<()> {
        self.engine.set_foreground(id)
    }

    /// A window was opened; `show` brings a session to its front and must not block.
    #[must_use]
    pub fn register_window(&self, show: impl Fn(&SessionId) + Send + Sync + 'static) -> Window {
        self.engine.register_window(Arc::new(show))
    }

    /// The profiles there are.
    #[must_use]
    pub fn profiles(&self) -> Vec<Profile> {
        let book = self.engine.read_rulebook();
        book.profiles.list().cloned().collect()
    }

    /// The settings of the whole program.
    #[must_use]
    pub fn settings(&self) -> Defaults {
        self.engine.read_rulebook().defaults.clone()
    }

    /// Changes settings of the whole program; null takes one back to its default.
    ///
    /// # Errors
    /// `Invalid` with the field; `Storage`.
    pub fn set_settings(&self, change: &Map<String, Value>) -> Result<Defaults> {
        self.busy(|engine| {
            let (defaults, stored) = engine.read_rulebook().defaults.change(change)?;
            let written = engine.write(move |write| {
                stored
                    .iter()
                    .try_for_each(|(key, value)| write.set_setting(key, value.as_ref()))
            });
            written.map_err(|error| error.problem())?;
            engine.read_rulebook();
            Ok(defaults)
        })
    }

    /// Takes the environment of the person's login shell anew; gives what went wrong with it, in words.
    ///
    /// # Errors
    /// `Closing`.
    pub fn refresh_environment(&self) -> Result<Vec<String>> {
        self.busy(|engine| {
            let taken = engine.login.refresh();
            engine.note_troubles("environment", taken.note.iter());
            Ok(taken.note.iter().cloned().collect())
        })
    }

    /// How the manager is.
    #[must_use]
    pub fn health(&self) -> Health {
        self.engine.health()
    }

    /// Which event log the numbers of events belong to: another one after the database was lost or restored.
    #[must_use]
    pub fn log_id(&self) -> String {
        self.engine.store.log_id()
    }

    /// Where everything is.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.engine.places
    }

    /// Whether the manager is closing, or closed.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.engine.is_closing()
    }

    /// Lets nothing new begin, disconnects from the hosts, waits for what is under way, and gives the data directory back. The
    /// sessions go on. A second call does nothing.
    pub fn close(&self) {
        shut(&self.engine);
    }

    fn open_or_closing(&self) -> Result<()> {
        if self.is_closing() {
            Err(closing())
        } else {
            Ok(())
        }
    }

    fn busy<T>(&self, work: impl FnOnce(&Arc<Engine>) -> Result<T>) -> Result<T> {
        let _busy = self.engine.work.begin()?;
        work(&self.engine)
    }
}

impl Engine {
    /// A session as it is now, also a deleted one.
    pub(crate) fn show(&self, id: &SessionId) -> Result<Session> {
        use mainstay_protocol::Code;

        let row = self.read(|read| read.session(id));
        let row = row.map_err(|error| error.problem())?;
        let unknown =
            || Problem::new(Code::UnknownSession, format!("there is no session {id}")).of(id);
        let mut session = row.ok_or_else(unknown)?.session;
        self.complete(&mut session);
        Ok(session)
    }

    /// Adds what is only in memory.
    fn complete(&self, session: &mut Session) {
        if let Some(present) = self.sessions.get(&session.id) {
            present.complete(session);
        }
    }
}

//! What must hold whenever a manager was opened and what is under way has ended.
//!
//! * [`events`]: numbers, and the order of the events of each run.
//! * [`runs`]: rows against the folders: journal, outcome, times, status, process.
//! * [`leftovers`]: nothing is there that belongs to nobody.
//! * [`promises`]: what was acknowledged before a kill holds after it.

pub mod events;
pub mod leftovers;
pub mod promises;
pub mod runs;

use std::collections::BTreeMap;

use mainstay_manager::Manager;
use mainstay_protocol::session::{EventQuery, Run, Session, SessionQuery};
use mainstay_protocol::{SessionEvent, SessionId};

use crate::home::Home;
use crate::log;
use crate::until::until;

/// Wrongs that are told at once.
const TOLD: usize = 12;
/// Events asked for at once.
const PAGE: u32 = 10_000;

/// What a manager says of everything.
#[derive(Debug)]
pub struct Seen {
    /// All sessions, deleted ones too.
    pub sessions: Vec<Session>,
    /// Their runs.
    pub runs: BTreeMap<SessionId, Vec<Run>>,
    /// The whole log.
    pub events: Vec<SessionEvent>,
}

/// What was found to be wrong.
#[derive(Debug, Default)]
pub struct Wrongs(Vec<String>);

impl Wrongs {
    /// Something must hold.
    pub fn unless(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }

    /// All of them.
    ///
    /// # Errors
    /// If there is one.
    pub fn verdict(self) -> Result<(), String> {
        if self.0.is_empty() {
            return Ok(());
        }
        let told: Vec<String> = self.0.iter().take(TOLD).cloned().collect();
        Err(format!("{} wrong:\n  {}", self.0.len(), told.join("\n  ")))
    }
}

impl Seen {
    /// Asks a manager.
    ///
    /// # Errors
    /// What it answers instead.
    pub fn of(manager: &Manager) -> Result<Self, String> {
        let query = SessionQuery {
            deleted: true,
            limit: PAGE,
            ..SessionQuery::default()
        };
        let page = manager
            .list(&query)
            .map_err(|problem| problem.to_string())?;
        let mut runs = BTreeMap::new();
        for session in &page.sessions {
            let found = manager
                .runs(&session.id)
                .map_err(|problem| problem.to_string())?;
            runs.insert(session.id.clone(), found);
        }
        let mut events: Vec<SessionEvent> = Vec::new();
        loop {
            let query = EventQuery {
                since: events.last().map_or(0, |event| event.seq),
                limit: Some(PAGE),
                ..EventQuery::default()
            };
            let more = manager
                .events(&query)
                .map_err(|problem| problem.to_string())?;
            if more.is_empty() {
                break;
            }
            events.extend(more);
        }
        Ok(Self {
            sessions: page.sessions,
            runs,
            events,
        })
    }

    /// The runs of a session.
    #[must_use]
    pub fn runs(&self, id: &SessionId) -> &[Run] {
        self.runs.get(id).map_or(&[], Vec::as_slice)
    }
}

/// Looks at everything.
///
/// # Errors
/// What is wrong.
pub fn everything(home: &Home, manager: &Manager) -> Result<(), String> {
    let seen = Seen::of(manager)?;
    let mut wrongs = Wrongs::default();
    events::check(&seen, &mut wrongs);
    runs::check(home, &seen, &mut wrongs);
    leftovers::check(home, &seen, &mut wrongs);
    promises::check(home, &seen, &log::read(&home.log()), &mut wrongs);
    wrongs.verdict()
}

/// Opens a manager, waits until everything is as it must be, and closes it.
///
/// # Panics
/// If that doesn't come.
pub fn settled(home: &Home, context: &str) {
    let (manager, report) = home.open();
    let context = format!("{context}; {report:?}");
    until(home, &manager, &context, || everything(home, &manager));
    manager.close();
}

/// Deletes every session, and looks that nothing is left of any.
///
/// # Panics
/// If something is.
pub fn emptied(home: &Home, context: &str) {
    let (manager, _) = home.open();
    let seen = Seen::of(&manager).expect("a list");
    std::thread::scope(|scope| {
        for session in seen
            .sessions
            .iter()
            .filter(|session| session.deleted.is_none())
        {
            let manager = &manager;
            scope.spawn(move || {
                let force = mainstay_protocol::session::Delete {
                    force: true,
                    ..Default::default()
                };
                let deleted = manager.delete(&session.id, force);
                assert_eq!(deleted, Ok(()), "{context}: {} is deleted", session.id);
            });
        }
    });
    until(home, &manager, context, || leftovers::nothing(home));
    manager.close();
}

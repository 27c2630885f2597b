//! The life of a session as one pure function: [`step`].
//!
//! Nothing else changes a status. What the function needs to know is in [`Life`] (all of it is stored with the session
//! and its newest run) and in [`Rules`]; what happened is an [`Input`]; what follows is a [`Step`]: the new life, the
//! events to store with it, and what has to be done once both are stored.
//!
//! An input that makes no sense in a state changes nothing. Hosts repeat nothing, but recovery replays, timers fire
//! late, and two people press the same key.

mod begin;
mod ending;
mod journal;
mod life;
mod words;

use mainstay_protocol::event::EventKind;
use mainstay_protocol::journal::Event;
use mainstay_protocol::session::{CleanUp, Retry, Success};

pub use life::{Life, Record};

/// What happened to a session.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A run was asked for.
    Run(Ask),
    /// Its host wrote this into the newest run's journal.
    Journal(Event),
    /// The newest run couldn't be started, and no journal will say so. The words are for people.
    StartFailed(String),
    /// The newest run's host is gone without a word. The words say why as far as it is known.
    HostLost(String),
    /// Somebody asked for a stop. While a run is under way its host was told already and says so in the journal; what
    /// ends here is the waiting for an automatic new run.
    Stop,
    /// The session is deleted: its run has ended, its folder is about to go.
    Delete,
}

/// How a run is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ask {
    /// The first one, of a new session.
    Create,
    /// One that goes on where the last one ended.
    Resume,
    /// The same again from the beginning.
    Again,
    /// The one that was announced after a failure, its pause being over.
    Retry,
}

/// What a session's settings, its profile and the program's settings say about its life.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// Which ends are a success.
    pub success: Success,
    /// What happens after a failure.
    pub retry: Option<Retry>,
    /// Nothing of what it printed is kept after a run (M1).
    pub private: bool,
    /// When it is deleted by itself.
    pub clean_up: Option<CleanUp>,
}

/// What follows from an input.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The life from now on.
    pub life: Life,
    /// Events, in order; stored in the same transaction as the life.
    pub events: Vec<EventKind>,
    /// What to do once that is stored.
    pub effects: Vec<Effect>,
}

/// What has to be done after a step. Each can be done again from what is stored, should the manager die before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Ask for a run ([`Ask::Retry`]) after a pause.
    ScheduleRetry {
        /// Which one, from 1.
        attempt: u32,
        /// The pause in milliseconds, counted from now.
        delay_ms: u64,
    },
    /// The announced run will not come.
    CancelRetry,
    /// Remove what the run printed: the session is private.
    Purge,
    /// Delete the session after this time.
    ScheduleCleanUp {
        /// Milliseconds, counted from now.
        after_ms: u64,
    },
    /// The session is not deleted by itself.
    CancelCleanUp,
}

/// What an input does to a life.
#[must_use]
pub fn step(life: &Life, input: &Input, rules: &Rules) -> Step {
    let mut step = Step {
        life: life.clone(),
        events: Vec::new(),
        effects: Vec::new(),
    };
    match (life.record, input) {
        (Record::None, Input::Run(Ask::Create)) => step.create(),
        (Record::Kept, Input::Run(ask)) => step.run(*ask),
        (Record::Kept, Input::Journal(event)) => step.journal(event, rules),
        (Record::Kept, Input::StartFailed(error)) => step.start_failed(error, rules),
        (Record::Kept, Input::HostLost(reason)) => step.interrupted(reason, rules),
        (Record::Kept, Input::Stop) => step.stop(rules),
        (Record::Kept, Input::Delete) => step.delete(),
        (Record::None | Record::Deleted, _) => {}
    }
    step
}

impl Step {
    /// Whether nothing came of it: the input made no sense in that state.
    #[must_use]
    pub fn is_nothing(&self, before: &Life) -> bool {
        self.events.is_empty() && self.effects.is_empty() && self.life == *before
    }
}

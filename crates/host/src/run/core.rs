//! What the run's lock guards.

use std::time::Duration;

use mainstay_keep::{Effects, Keeper};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use regex::Regex;

use super::courtesy::Courtesy;

/// The model, what is kept, and where the run stands. Never locked while anything blocks but the write to the log.
#[derive(Debug)]
pub struct Core {
    pub(super) keeper: Keeper,
    /// What the keeper's last call yielded; its buffers are used again.
    pub(super) effects: Effects,
    pub(super) pid: u32,
    /// On the monotonic clock.
    pub(super) spawned: Duration,
    pub(super) ready: bool,
    /// What makes it ready, while it is not.
    pub(super) awaited: Awaited,
    pub(super) paused: bool,
    /// Why it is being ended, once it is.
    pub(super) stopping: Option<EndReason>,
    /// How the program ended, once it has.
    pub(super) exit: Option<Exit>,
    /// No process of the run is left.
    pub(super) tree_is_gone: bool,
    /// What is left was killed and does not go away.
    pub(super) gave_up: bool,
    pub(super) outcome: Option<Outcome>,
    pub(super) screen_told: Option<Duration>,
    pub(super) courtesy: Courtesy,
}

/// What the run waits for to be ready.
#[derive(Debug)]
pub(super) enum Awaited {
    /// Nothing (more).
    Nothing,
    /// Output.
    Output,
    /// A line of the screen.
    Pattern(Regex),
    /// A word from inside.
    Report,
}

impl Core {
    /// Whether the program and everything that must end with it have ended.
    pub(super) fn is_over(&self) -> bool {
        // A natural end leaves disowned children alone; a stop ends the whole tree first.
        self.exit.is_some() && (self.stopping.is_none() || self.tree_is_gone || self.gave_up)
    }
}

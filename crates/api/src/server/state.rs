//! What all handlers share.

use std::sync::Arc;

use mainstay_manager::Manager;
use tokio::sync::Semaphore;

use super::closing::Closing;
use super::feed::Feed;
use crate::token::Token;
use crate::wire::Info;

/// How much is served at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections; more are told to come back.
    pub connections: usize,
    /// Event streams among them: fewer, so that a session can always be stopped.
    pub streams: usize,
}

impl Default for Limits {
    /// 256 connections, 192 of them event streams: well below the 1,024 open files that most systems allow a program.
    fn default() -> Self {
        Self {
            connections: 256,
            streams: 192,
        }
    }
}

/// What all handlers share; clones are the same.
#[derive(Clone)]
pub(crate) struct Shared(Arc<State>);

/// See [`Shared`].
pub(crate) struct State {
    pub(crate) manager: Manager,
    pub(crate) info: Info,
    pub(crate) token: Token,
    pub(crate) closing: Closing,
    pub(crate) feed: Feed,
    /// Room for calls of the manager, which each hold a thread.
    pub(crate) calls: Arc<Semaphore>,
    /// Room for input that programs don't read: apart, so that such a program can still be stopped.
    pub(crate) inputs: Arc<Semaphore>,
    /// Room for event streams.
    pub(crate) streams: Arc<Semaphore>,
}

impl Shared {
    pub(crate) fn new(state: State) -> Self {
        Self(Arc::new(state))
    }
}

impl std::ops::Deref for Shared {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

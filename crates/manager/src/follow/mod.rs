//! Following runs: one thread per live run, from the first connection to its host until the host is gone.
//!
//! A thread dials the host, asks for the journal after the last entry that is stored, and takes what comes. A connection that
//! breaks is made again as long as somebody holds the session's folder; when nobody does, the folder is settled and the
//! rest of the journal is taken from its file. Whatever the store says, nothing is lost: an entry that can't be stored isn't
//! acknowledged and is taken again.

pub(crate) mod backoff;
mod dial;
mod end;
mod settle;
mod state;
pub(crate) mod taking;

use std::sync::Arc;

use mainstay_keep::KeepError;
use mainstay_link::{Connection, Receiver, Sender};
use mainstay_protocol::RunId;
use mainstay_protocol::frame::{FromHost, ToHost};
use mainstay_protocol::journal::Entry;
use mainstay_seams::{Alarm, failpoint};
use mainstay_store::StoreError;

use crate::Engine;
use crate::failpoints;
use crate::present::Present;
use crate::timers::Due;
use crate::work::{Busy, STACK};
use backoff::Backoff;

pub(crate) use end::never_started;

/// How often a host tells what is true of its run, at most, in milliseconds (L: `session.updated` at most every 2 s).
pub(crate) const FOLLOW_MS: u32 = 2_000;

/// What keeps a follower from going on for now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keep(#[from] KeepError),
}

/// A thread that follows a run.
#[derive(Debug)]
struct Follower {
    engine: Arc<Engine>,
    present: Arc<Present>,
    run: RunId,
    alarm: Alarm,
}

/// How listening to a host ended.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    /// The run is over and stored; the host has gone.
    Over,
    /// The connection broke before.
    Lost,
}

impl Engine {
    /// Follows a run in a thread of its own, unless the session is followed already.
    pub(crate) fn follow(self: &Arc<Self>, present: &Arc<Present>, run: &RunId) {
        let Ok(busy) = self.work.begin() else { return };
        let Some(alarm) = present.begin_following(run) else {
            return;
        };
        let follower = Follower {
            engine: Arc::clone(self),
            present: Arc::clone(present),
            run: run.clone(),
            alarm,
        };
        let spawned = std::thread::Builder::new()
            .name("follower".to_owned())
            .stack_size(STACK)
            .spawn(move || follower.serve(busy));
        if let Err(error) = spawned {
            present.end_following();
            self.note(
                "threads",
                format!("no thread can be started to follow sessions: {error}; end some programs"),
            );
            let due = Due::Follow(present.id.clone());
            self.timers.set(due, std::time::Duration::from_secs(1));
        }
    }
}

impl Follower {
    fn serve(&self, busy: Busy) {
        let mut pause = Backoff::for_host();
        while !self.engine.is_closing() {
            match self.engine.dial(&self.present.id, &self.run) {
                Ok((connection, _)) => {
                    pause.reset();
                    failpoint::hit(failpoints::DIALLED);
                    let heard = self.listen(connection);
                    self.present.disconnected();
                    if heard == Heard::Over {
                        break;
                    }
                }
                Err(error) => {
                    tracing::debug!(session = %self.present.id, %error, "no host");
                    self.present.disconnected();
                }
            }
            if self.engine.is_closing() || self.look_after(&mut pause) {
                break;
            }
        }
        if !self.engine.is_closing() {
            self.run_is_over();
        }
        self.present.end_following();
        drop(busy);
    }

    /// The host doesn't answer: if nobody holds the session the run is brought to its end. True once that is done.
    fn look_after(&self, pause: &mut Backoff) -> bool {
        match self.settle() {
            Ok(true) => {
                self.engine.well(&self.about());
                return true;
            }
            Ok(false) => {}
            Err(trouble) => self.engine.note(&self.about(), trouble),
        }
        pause.pause(self.engine.clock.as_ref(), &self.alarm);
        false
    }

    fn listen(&self, connection: Connection) -> Heard {
        let (sender, mut receiver) = connection.split();
        let mut over = match self.ask(&sender) {
            Ok(over) => over,
            Err(error) => {
                tracing::debug!(session = %self.present.id, %error, "the host can't be asked");
                return Heard::Lost;
            }
        };
        self.present.connected(&sender);
        if over {
            self.present.run_is_over();
        }
        while !self.engine.is_closing() {
            let Some(frame) = self.next(&mut receiver) else {
                break;
            };
            match frame {
                FromHost::Journal(entries) => over |= self.take(&sender, &entries),
                FromHost::State(state) => self.engine.saw(&self.present, &self.run, &state),
                _ => {}
            }
        }
        if over { Heard::Over } else { Heard::Lost }
    }

    fn next(&self, receiver: &mut Receiver) -> Option<FromHost> {
        receiver
            .recv()
            .inspect_err(|error| {
                tracing::debug!(session = %self.present.id, %error, "the host's connection ended");
            })
            .ok()
    }

    /// Asks for everything that isn't stored yet. True if all is: the run is over.
    fn ask(&self, sender: &Sender) -> Result<bool, mainstay_link::LinkError> {
        let row = self.insist(|| Ok(self.engine.read(|read| read.run(&self.run))?));
        let row = row.flatten();
        let after = row.as_ref().map_or(0, |row| row.host_seq);
        sender.send(&ToHost::OpenJournal(after))?;
        if after > 0 {
            // Whoever stored it may have died before it said so.
            sender.send(&ToHost::AckJournal(after))?;
        }
        sender.send(&ToHost::Follow(FOLLOW_MS))?;
        Ok(row.is_some_and(|row| row.run.outcome.is_some()))
    }

    /// Stores entries, however long the store refuses them, then says so to the host. True if the run is over.
    fn take(&self, sender: &Sender, entries: &[Entry]) -> bool {
        let Some(last) = entries.last().map(|entry| entry.seq) else {
            return false;
        };
        let (id, run) = (&self.present.id, &self.run);
        let taken = self.insist(|| self.engine.take_sent(id, run, entries.to_vec()));
        let Some(taken) = taken else { return false };
        // A connection that broke here is noticed by the next read.
        drop(sender.send(&ToHost::AckJournal(last)));
        failpoint::hit(failpoints::TAKE_ACKED);
        if taken.over {
            self.present.run_is_over();
        }
        taken.over
    }

    /// Does something with the store until it works; nothing if the manager closes before.
    fn insist<T>(&self, attempt: impl Fn() -> Result<T, Trouble>) -> Option<T> {
        let mut pause = Backoff::for_store();
        loop {
            match attempt() {
                Ok(done) => return Some(done),
                Err(Trouble::Store(StoreError::UnknownSession(_) | StoreError::UnknownRun(_))) => {
                    // The database was lost while the session was being made.
                    self.engine.restore(&self.present.id);
                }
                Err(Trouble::Store(error)) => self.engine.note_store(Some(&error)),
                Err(error) => self.engine.note(&self.about(), error),
            }
            if self.engine.is_closing() {
                return None;
            }
            pause.pause(self.engine.clock.as_ref(), &self.alarm);
            if self.engine.is_closing() {
                return None;
            }
        }
    }

    /// What troubles are noted under.
    fn about(&self) -> String {
        format!("session {}", self.present.id)
    }
}

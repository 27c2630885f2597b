//! What of a session is only in memory: who works on it, who follows it, and what changes too often to be stored each time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use mainstay_link::Sender;
use mainstay_protocol::frame::{Operation, Request, ToHost};
use mainstay_protocol::session::Session;
use mainstay_protocol::state::RunState;
use mainstay_protocol::{RunId, SessionId, Timestamp};
use mainstay_seams::Alarm;
use parking_lot::Mutex;

use crate::notice::Notice;

/// All sessions that something was done with since the manager began.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<SessionId, Arc<Present>>>);

impl Sessions {
    /// The session's entry, made where it is missing.
    pub(crate) fn of(&self, id: &SessionId) -> Arc<Present> {
        let mut all = self.0.lock();
        let entry = all.entry(id.clone());
        Arc::clone(entry.or_insert_with(|| Arc::new(Present::new(id.clone()))))
    }

    /// The session's entry, if there is one.
    pub(crate) fn get(&self, id: &SessionId) -> Option<Arc<Present>> {
        self.0.lock().get(id).cloned()
    }

    /// All entries.
    pub(crate) fn all(&self) -> Vec<Arc<Present>> {
        self.0.lock().values().cloned().collect()
    }
}

/// What of one session is only in memory.
#[derive(Debug)]
pub(crate) struct Present {
    /// The session.
    pub(crate) id: SessionId,
    /// Held by whoever starts a run of it, ends it for good or changes it.
    pub(crate) operation: Mutex<()>,
    /// Told when the session's record or what is here changed.
    pub(crate) notice: Notice,
    /// The connection that types, and into which run: its own, since a program that reads nothing blocks it.
    pub(crate) typing: Mutex<Option<(RunId, Sender)>>,
    now: Mutex<Now>,
}

#[derive(Debug, Default)]
struct Now {
    following: Option<Following>,
    base_env: Option<BTreeMap<String, String>>,
    seen: Option<Seen>,
    told: Option<Duration>,
    postponed: Option<(RunId, RunState)>,
}

/// A thread that follows a run.
#[derive(Debug)]
struct Following {
    run: RunId,
    alarm: Alarm,
    sender: Option<Sender>,
    /// It has tried to reach the host at least once.
    tried: bool,
    /// The end of the run is stored; its host is about to go.
    over: bool,
    /// A stop that could not be sent yet: its grace.
    stop: Option<Option<u64>>,
}

/// What a host last said of its run.
#[derive(Debug, Clone, Copy)]
struct Seen {
    viewers: u32,
    last_active: Timestamp,
}

/// How a stop went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The host has it.
    ToHost,
    /// It goes out as soon as the host is reached.
    Later,
    /// No run is followed that goes on.
    Nowhere,
}

impl Present {
    fn new(id: SessionId) -> Self {
        Self {
            id,
            operation: Mutex::new(()),
            notice: Notice::default(),
            typing: Mutex::new(None),
            now: Mutex::new(Now::default()),
        }
    }

    /// A thread begins to follow a run; nothing if one follows the session already. What rings the alarm wakes it.
    pub(crate) fn begin_following(&self, run: &RunId) -> Option<Alarm> {
        let mut now = self.now.lock();
        if now.following.is_some() {
            return None;
        }
        let alarm = Alarm::default();
        now.following = Some(Following {
            run: run.clone(),
            alarm: alarm.clone(),
            sender: None,
            tried: false,
            over: false,
            stop: None,
        });
        Some(alarm)
    }

    /// Nobody follows the session any more.
    pub(crate) fn end_following(&self) {
        let mut now = self.now.lock();
        now.following = None;
        now.seen = None;
        now.postponed = None;
        drop(now);
        // Whoever types just now finds out by itself.
        if let Some(mut typing) = self.typing.try_lock() {
            *typing = None;
        }
        self.notice.tell();
    }

    /// The run that is being followed.
    pub(crate) fn followed(&self) -> Option<RunId> {
        let now = self.now.lock();
        now.following
            .as_ref()
            .map(|following| following.run.clone())
    }

    /// The follower has a connection. A stop that waited for it goes out.
    pub(crate) fn connected(&self, sender: &Sender) {
        let mut now = self.now.lock();
        let waiting = now.following.as_mut().and_then(|following| {
            following.sender = Some(sender.clone());
            following.tried = true;
            following.stop.take()
        });
        drop(now);
        if let Some(grace_ms) = waiting {
            // If it breaks here, the follower finds out and the host was asked or is gone.
            drop(send_stop(sender, grace_ms));
        }
        self.notice.tell();
    }

    /// The follower has none, or none any more.
    pub(crate) fn disconnected(&self) {
        if let Some(following) = &mut self.now.lock().following {
            following.sender = None;
            following.tried = true;
        }
        self.notice.tell();
    }

    /// The end of the followed run is stored.
    pub(crate) fn run_is_over(&self) {
        if let Some(following) = &mut self.now.lock().following {
            following.over = true;
        }
    }

    /// Whether the manager is connected to its host.
    pub(crate) fn is_connected(&self) -> bool {
        self.sender().is_some()
    }

    /// Nobody follows it, or the follower knows how it is with the host.
    pub(crate) fn was_tried(&self) -> bool {
        let now = self.now.lock();
        now.following
            .as_ref()
            .is_none_or(|following| following.tried)
    }

    /// The way to the host.
    pub(crate) fn sender(&self) -> Option<Sender> {
        let now = self.now.lock();
        now.following.as_ref()?.sender.clone()
    }

    /// Sends a stop to the host, or keeps it until the host is reached.
    pub(crate) fn send_stop(&self, grace_ms: Option<u64>) -> Sent {
        let is_over = |following: &Following| following.over;
        if self.now.lock().following.as_ref().is_none_or(is_over) {
            return Sent::Nowhere;
        }
        if let Some(sender) = self.sender()
            && send_stop(&sender, grace_ms).is_ok()
        {
            return Sent::ToHost;
        }
        match &mut self.now.lock().following {
            Some(following) => {
                following.stop = Some(grace_ms);
                following.alarm.ring();
                Sent::Later
            }
            None => Sent::Nowhere,
        }
    }

    /// Wakes the follower and ends its connection.
    pub(crate) fn disconnect(&self) {
        let now = self.now.lock();
        if let Some(following) = &now.following {
            following.alarm.ring();
            if let Some(sender) = &following.sender {
                sender.shutdown();
            }
        }
    }

    /// The environment of the last start, for retries.
    pub(crate) fn base_env(&self) -> Option<BTreeMap<String, String>> {
        self.now.lock().base_env.clone()
    }

    /// Keeps the environment of a start.
    pub(crate) fn keep_base_env(&self, env: Option<BTreeMap<String, String>>) {
        self.now.lock().base_env = env;
    }

    /// What the host says now.
    pub(crate) fn saw(&self, state: &RunState) {
        self.now.lock().seen = Some(Seen {
            viewers: state.viewers,
            last_active: state.last_active,
        });
    }

    /// Asks whether what changed may be told now; if not it is kept, and `Err` says how long.
    pub(crate) fn may_tell(
        &self,
        run: &RunId,
        state: &RunState,
        now_is: Duration,
        pause: Duration,
    ) -> Result<(), Duration> {
        let mut now = self.now.lock();
        let left = now
            .told
            .and_then(|told| (told + pause).checked_sub(now_is))
            .filter(|left| !left.is_zero());
        match left {
            Some(left) => {
                now.postponed = Some((run.clone(), state.clone()));
                Err(left)
            }
            None => {
                now.postponed = None;
                Ok(())
            }
        }
    }

    /// What was kept.
    pub(crate) fn postponed(&self) -> Option<(RunId, RunState)> {
        self.now.lock().postponed.take()
    }

    /// It was told at this time.
    pub(crate) fn told(&self, at: Duration) {
        self.now.lock().told = Some(at);
    }

    /// Adds what is only in memory to a stored record.
    pub(crate) fn complete(&self, session: &mut Session) {
        let now = self.now.lock();
        session.connected = now
            .following
            .as_ref()
            .is_some_and(|following| following.sender.is_some());
        if let Some(seen) = now.seen.filter(|_| session.status.is_live()) {
            session.viewers = seen.viewers;
            session.last_active = session.last_active.max(Some(seen.last_active));
        }
    }
}

/// Number of requests whose answers nobody waits for.
const UNANSWERED: u32 = 0;

fn send_stop(sender: &Sender, grace_ms: Option<u64>) -> Result<(), mainstay_link::LinkError> {
    sender.send(&ToHost::Request(Request {
        id: UNANSWERED,
        operation: Operation::Stop { grace_ms },
    }))
}

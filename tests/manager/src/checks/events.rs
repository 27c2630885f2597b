//! The event log: numbers, and the order of the events of each run.

use std::collections::BTreeMap;

use mainstay_protocol::event::{EventKind, Phase};
use mainstay_protocol::session::{Run, Session};
use mainstay_protocol::{RunId, SessionEvent};

use super::{Seen, Wrongs};

/// Where a run is as its events tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Asked,
    Ready,
    Over,
    Announced,
    Deleted,
}

/// Looks at the log.
pub fn check(seen: &Seen, wrongs: &mut Wrongs) {
    for pair in seen.events.windows(2) {
        if let [before, after] = pair {
            wrongs.unless(before.seq < after.seq, || {
                format!("event {} comes after {}", after.seq, before.seq)
            });
        }
    }
    let mut by_run: BTreeMap<&RunId, Vec<&SessionEvent>> = BTreeMap::new();
    for event in &seen.events {
        match &event.run_id {
            Some(run) => by_run.entry(run).or_default().push(event),
            None => wrongs.unless(false, || format!("an event without a run: {event:?}")),
        }
    }
    for session in &seen.sessions {
        let runs = seen.runs(&session.id);
        for (at, run) in runs.iter().enumerate() {
            let events = by_run.remove(&run.id).unwrap_or_default();
            check_run(session, run, at + 1 == runs.len(), &events, wrongs);
        }
    }
    wrongs.unless(by_run.is_empty(), || {
        format!("events of runs that are not there: {:?}", by_run.keys())
    });
}

fn check_run(
    session: &Session,
    run: &Run,
    is_newest: bool,
    events: &[&SessionEvent],
    wrongs: &mut Wrongs,
) {
    let names: Vec<&str> = events.iter().map(|event| event.kind.name()).collect();
    let about = || format!("{} run {} ({}): {names:?}", session.id, run.number, run.id);
    let beginning = match (run.number, run.resumed, run.origin) {
        (1, _, _) => "session.created",
        (_, _, mainstay_protocol::spec::Origin::Retry) | (_, false, _) => "session.updated",
        (_, true, _) => "session.resuming",
    };
    wrongs.unless(names.first() == Some(&beginning), || {
        format!("{} does not begin with {beginning}", about())
    });
    let mut grammar = Grammar::default();
    for event in events {
        wrongs.unless(event.session_id == session.id, || {
            format!("{} of another session", about())
        });
        wrongs.unless(event.origin == Some(run.origin), || {
            format!("{}: {} has origin {:?}", about(), event.seq, event.origin)
        });
        if let Err(reason) = grammar.take(&event.kind) {
            wrongs.unless(false, || format!("{}: {reason}", about()));
        }
    }
    wrongs.unless(
        (grammar.stage >= Some(Stage::Over)) == run.outcome.is_some(),
        || format!("{} and its outcome is {:?}", about(), run.outcome),
    );
    let deleted = grammar.stage == Some(Stage::Deleted);
    wrongs.unless(deleted == (is_newest && session.deleted.is_some()), || {
        format!("{} and it was deleted: {:?}", about(), session.deleted)
    });
}

/// What may come after what: each once, but for pauses.
#[derive(Debug, Default)]
struct Grammar {
    stage: Option<Stage>,
    paused: bool,
    cancelled: bool,
    timed_out: bool,
    exited_last: bool,
}

impl Grammar {
    fn take(&mut self, kind: &EventKind) -> Result<(), String> {
        let after_exit = std::mem::take(&mut self.exited_last);
        let name = kind.name();
        let live = matches!(self.stage, Some(Stage::Asked | Stage::Ready));
        let ending = self.cancelled || self.timed_out;
        let fits = match kind {
            EventKind::Created | EventKind::Resuming => {
                let first = self.stage.is_none();
                self.stage = Some(Stage::Asked);
                first
            }
            EventKind::Updated => {
                self.stage.get_or_insert(Stage::Asked);
                true
            }
            EventKind::Started { .. } => {
                let fits = self.stage == Some(Stage::Asked) && !ending;
                self.stage = Some(Stage::Ready);
                fits
            }
            EventKind::Paused => live && !std::mem::replace(&mut self.paused, true) && !ending,
            EventKind::Unpaused => live && std::mem::take(&mut self.paused),
            EventKind::CancelInitiated => {
                live && !self.paused && !std::mem::replace(&mut self.cancelled, true)
            }
            EventKind::Timeout { .. } => {
                live && !self.paused && !std::mem::replace(&mut self.timed_out, true)
            }
            EventKind::Exited { .. } | EventKind::Interrupted { .. } => {
                self.exited_last = matches!(kind, EventKind::Exited { .. });
                self.stage = Some(Stage::Over);
                live
            }
            EventKind::Error {
                phase: Phase::Start,
                ..
            } => {
                let fits = self.stage == Some(Stage::Asked);
                self.stage = Some(Stage::Over);
                fits
            }
            EventKind::Error {
                phase: Phase::Cleanup,
                error,
                ..
            } => {
                return Err(format!("something could not be cleaned up: {error}"));
            }
            EventKind::Completed => after_exit,
            EventKind::Retrying { .. } => {
                let fits = self.stage == Some(Stage::Over);
                self.stage = Some(Stage::Announced);
                fits
            }
            EventKind::Deleted => {
                let fits = matches!(self.stage, Some(Stage::Over | Stage::Announced));
                self.stage = Some(Stage::Deleted);
                fits
            }
            EventKind::Foreground { .. } | EventKind::Background | EventKind::Unknown => false,
        };
        if fits {
            Ok(())
        } else {
            Err(format!("{name} does not fit there"))
        }
    }
}

//! Rows against the folders: what the host wrote down is what the manager says.

use mainstay_keep::{RunFolder, SessionFolder, journal::Reader};
use mainstay_protocol::event::EventKind;
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::session::{Run, Session, Status};
use mainstay_protocol::{SessionEvent, Timestamp};

use super::{Seen, Wrongs};
use crate::home::Home;
use crate::lines;
use crate::programs::Program;

/// Looks at all sessions that were not deleted.
pub fn check(home: &Home, seen: &Seen, wrongs: &mut Wrongs) {
    for session in &seen.sessions {
        let runs = seen.runs(&session.id);
        let numbers: Vec<u32> = runs.iter().map(|run| run.number).collect();
        let expected: Vec<u32> = (1..=session.runs).collect();
        wrongs.unless(numbers == expected && !runs.is_empty(), || {
            format!("{} has {} runs: {numbers:?}", session.id, session.runs)
        });
        if let Some(newest) = runs.last() {
            check_session(session, newest, wrongs);
        }
        if session.deleted.is_some() {
            continue;
        }
        let Some(folder) = home.folder(&session.id) else {
            let began = runs.iter().any(|run| run.spawned.is_some());
            wrongs.unless(!began, || {
                format!("{} ({}) has no folder", session.id, session.status)
            });
            continue;
        };
        check_folder(session, runs, &folder, wrongs);
        for run in runs {
            let events = seen.events.iter();
            let events = events.filter(|event| event.run_id.as_ref() == Some(&run.id));
            check_run(
                session,
                run,
                &events.collect::<Vec<_>>(),
                &folder.run(&run.id),
                wrongs,
            );
        }
    }
}

/// The session's row against that of its newest run.
fn check_session(session: &Session, run: &Run, wrongs: &mut Wrongs) {
    let id = &session.id;
    wrongs.unless(session.run.as_ref() == Some(&run.id), || {
        format!("{id} names {:?}, its newest run is {}", session.run, run.id)
    });
    wrongs.unless(session.outcome == run.outcome, || {
        format!(
            "{id} has outcome {:?}, its newest run {:?}",
            session.outcome, run.outcome
        )
    });
    let ended = run.outcome.as_ref().map(|outcome| outcome.ended);
    wrongs.unless(session.ended == ended, || {
        format!("{id} ended {:?}, its newest run {ended:?}", session.ended)
    });
    let started = run.ready.or(run.spawned);
    wrongs.unless(session.started == started, || {
        format!(
            "{id} started {:?}, its newest run {started:?}",
            session.started
        )
    });
    let allowed = match &run.outcome {
        None if session.deleted.is_some() => vec![],
        None => vec![Status::Pending, Status::Running, Status::Paused],
        Some(outcome) => vec![status(outcome)],
    };
    wrongs.unless(allowed.contains(&session.status), || {
        format!(
            "{id} is {}, its newest run has {:?}",
            session.status, run.outcome
        )
    });
    let pid = run.pid.filter(|_| session.status.is_live());
    wrongs.unless(session.pid == pid, || {
        format!(
            "{id} is {} and has pid {:?}, its run {:?}",
            session.status, session.pid, run.pid
        )
    });
    wrongs.unless(!session.status.is_live() || session.connected, || {
        format!(
            "{id} is {} and nobody is connected to its host",
            session.status
        )
    });
    let why = session.reason.as_deref().unwrap_or_default();
    let wants_words = matches!(session.status, Status::Failed | Status::Interrupted);
    wrongs.unless(!wants_words || !why.is_empty(), || {
        format!("{id} is {} without a word", session.status)
    });
    wrongs.unless(session.retrying.is_none(), || {
        format!("{id} is to be tried again")
    });
    wrongs.unless(!session.stopping, || format!("{id} is being stopped"));
    let program = Program::of(&session.settings);
    if program.is_some_and(|program| program.ends()) {
        let goes_on = matches!(session.status, Status::Pending | Status::Running);
        wrongs.unless(!goes_on, || format!("{id} has not ended"));
    }
}

/// What an end means. The programs here succeed with 0.
fn status(outcome: &Outcome) -> Status {
    match outcome.reason {
        EndReason::Natural if outcome.exit == Exit::Code { code: 0 } => Status::Completed,
        EndReason::Natural | EndReason::StartTimeout | EndReason::StartFailed => Status::Failed,
        EndReason::Stopped | EndReason::RunTimeout | EndReason::OutOfMemory => Status::Terminated,
        EndReason::HostDied => Status::Interrupted,
    }
}

fn check_folder(session: &Session, runs: &[Run], folder: &SessionFolder, wrongs: &mut Wrongs) {
    let id = &session.id;
    let held = folder.is_live().unwrap_or(false);
    wrongs.unless(held == session.status.is_live(), || {
        format!("{id} is {}, and a host holds it: {held}", session.status)
    });
    for run in folder.runs().unwrap_or_default() {
        wrongs.unless(runs.iter().any(|known| known.id == run), || {
            format!("{id} has a folder of run {run}, which is not known")
        });
    }
    if let Ok(Some(record)) = folder.record() {
        let settings = record.more.get("settings").cloned();
        let settings = settings.and_then(|settings| serde_json::from_value(settings).ok());
        wrongs.unless(
            record.name == session.name && settings.as_ref() == Some(&session.settings),
            || {
                format!(
                    "{id} is called {:?}, its folder says {:?}",
                    session.name, record.name
                )
            },
        );
    } else {
        let began = runs.iter().any(|run| run.spawned.is_some());
        wrongs.unless(!began, || format!("{id} has no record in its folder"));
    }
    if session.settings.private && !session.status.is_live() {
        let left: Vec<_> = runs
            .iter()
            .filter(|run| {
                let folder = folder.run(&run.id);
                folder.journal_path().exists() && !folder.is_forgotten()
            })
            .collect();
        let printed = lines::numbers(folder).unwrap_or_default();
        wrongs.unless(left.is_empty() && printed.is_empty(), || {
            format!("{id} is private, and there are {printed:?}, and not forgotten: {left:?}")
        });
    }
}

fn entries(run: &RunFolder) -> Vec<Entry> {
    let reader = Reader::open(&run.journal_path(), 0).ok();
    let entries = reader.into_iter().flatten();
    entries.filter_map(Result::ok).collect()
}

fn check_run(
    session: &Session,
    run: &Run,
    events: &[&SessionEvent],
    folder: &RunFolder,
    wrongs: &mut Wrongs,
) {
    let about = || format!("{} run {} ({})", session.id, run.number, run.id);
    let entries = entries(folder);
    let journalled = entries.iter().find_map(|entry| match &entry.event {
        Event::Exited(outcome) => Some(outcome.clone()),
        _ => None,
    });
    // A full disk may have had room for the one and not for the other.
    match folder.outcome().map(|outcome| outcome.or(journalled)) {
        Ok(Some(outcome)) => wrongs.unless(run.outcome.as_ref() == Some(&outcome), || {
            format!(
                "{}: the row has {:?}, the folder {outcome:?}",
                about(),
                run.outcome
            )
        }),
        Ok(None) => wrongs.unless(run.outcome.is_none() || run.spawned.is_none(), || {
            format!(
                "{}: the row has {:?}, the folder nothing",
                about(),
                run.outcome
            )
        }),
        Err(error) => wrongs.unless(false, || format!("{}: {error}", about())),
    }
    if entries.is_empty() {
        return;
    }
    let mut told = Told::default();
    for entry in &entries {
        told.take(entry);
    }
    wrongs.unless((run.spawned, run.pid) == (told.spawned, told.pid), || {
        format!(
            "{}: spawned {:?} as {:?}, {told:?}",
            about(),
            run.spawned,
            run.pid
        )
    });
    wrongs.unless(run.ready == told.ready, || {
        format!("{}: ready {:?}, {told:?}", about(), run.ready)
    });
    let happened: Vec<(&str, Timestamp)> = events
        .iter()
        .filter(|event| is_of_journal(&event.kind))
        .map(|event| (event.kind.name(), event.time))
        .collect();
    wrongs.unless(happened == told.events, || {
        format!(
            "{}: events {happened:?}, journal {:?}",
            about(),
            told.events
        )
    });
}

/// Whether journals are what these events come from.
fn is_of_journal(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Started { .. }
            | EventKind::Paused
            | EventKind::Unpaused
            | EventKind::CancelInitiated
            | EventKind::Timeout { .. }
            | EventKind::Exited { .. }
            | EventKind::Completed
            | EventKind::Interrupted { .. }
            | EventKind::Error { .. }
    )
}

/// What a journal tells, as events: written here once more, so that one mistake isn't made twice.
#[derive(Debug, Default)]
struct Told {
    events: Vec<(&'static str, Timestamp)>,
    spawned: Option<Timestamp>,
    pid: Option<u32>,
    ready: Option<Timestamp>,
    paused: bool,
    cancelled: bool,
    timed_out: bool,
}

impl Told {
    fn take(&mut self, entry: &Entry) {
        let mut tell = |name| self.events.push((name, entry.time));
        let ending = self.cancelled || self.timed_out;
        match &entry.event {
            Event::Spawned { pid } => {
                self.spawned = Some(entry.time);
                self.pid = Some(*pid);
            }
            Event::Ready if !ending => {
                self.ready = Some(entry.time);
                tell("session.started");
            }
            Event::Paused if !ending && !self.paused => {
                self.paused = true;
                tell("session.paused");
            }
            Event::Unpaused if self.paused => {
                self.paused = false;
                tell("session.unpaused");
            }
            Event::StopRequested { .. } if !self.cancelled => {
                self.cancelled = true;
                if std::mem::take(&mut self.paused) {
                    tell("session.unpaused");
                }
                tell("session.cancel_initiated");
            }
            Event::Timeout { .. } if !self.timed_out => {
                self.timed_out = true;
                if std::mem::take(&mut self.paused) {
                    tell("session.unpaused");
                }
                tell("session.timeout");
            }
            Event::Exited(outcome) => match status(outcome) {
                Status::Interrupted => tell("session.interrupted"),
                Status::Failed if outcome.reason == EndReason::StartFailed => tell("session.error"),
                Status::Completed => {
                    tell("session.exited");
                    tell("session.completed");
                }
                _ => tell("session.exited"),
            },
            _ => {}
        }
    }
}

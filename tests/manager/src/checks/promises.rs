//! What was acknowledged before a kill holds after it; what was only begun may have happened or not.

use std::collections::BTreeMap;

use mainstay_protocol::outcome::EndReason;
use mainstay_protocol::session::{Run, Session, Status};
use mainstay_protocol::{RunId, SessionId};

use super::{Seen, Wrongs};
use crate::home::Home;
use crate::lines;
use crate::log::{Line, Op, Said};
use crate::programs::Program;

/// What is known of a session by what was asked for and answered.
#[derive(Debug, Default)]
struct Known {
    program: Option<Program>,
    /// Its making was acknowledged.
    made: bool,
    /// Its deletion was acknowledged.
    deleted: bool,
    /// Its deletion was begun.
    deleting: bool,
    /// What it may be called.
    names: Vec<Option<String>>,
    /// Runs that were acknowledged, and whether they go on where the one before ended.
    runs: Vec<(RunId, bool)>,
    /// The run that was stopped; its end must have come.
    stopped: Vec<RunId>,
    /// The last that was done to its processes.
    paused: Option<bool>,
    /// The newest run is being ended, or may be.
    ending: bool,
    /// What it printed was removed at some time.
    purged: bool,
    /// What it printed was removed, and nothing ran since.
    empty: bool,
    /// What was begun last and not answered.
    open: Option<Op>,
}

/// Looks whether every promise is kept.
pub fn check(home: &Home, seen: &Seen, log: &[Line], wrongs: &mut Wrongs) {
    let mut known: BTreeMap<&SessionId, Known> = BTreeMap::new();
    for line in log {
        known.entry(&line.session).or_default().take(line);
    }
    for (id, mut known) in known {
        if let Some(op) = known.open.take() {
            known.maybe(&op);
        }
        let session = seen.sessions.iter().find(|session| session.id == *id);
        let Some(session) = session else {
            wrongs.unless(!known.made, || format!("{id} was made and is not there"));
            continue;
        };
        known.check(session, seen.runs(id), wrongs);
        known.check_lines(home, session, wrongs);
    }
}

impl Known {
    fn take(&mut self, line: &Line) {
        match &line.said {
            Said::Begun => {
                // Nobody answered: whoever was asked was killed.
                if let Some(op) = self.open.replace(line.op.clone()) {
                    self.maybe(&op);
                }
                if let Op::Create(program) = &line.op {
                    self.program = Some(program.clone());
                    self.names = vec![None];
                }
            }
            Said::Done(run) => {
                self.open = None;
                self.done(&line.op, run.as_ref());
            }
            Said::Refused(_) => {
                // What could not be done may have been done halfway.
                if let Some(op) = self.open.take() {
                    self.maybe(&op);
                }
            }
        }
    }

    fn done(&mut self, op: &Op, run: Option<&RunId>) {
        match op {
            Op::Create(_) => self.made = true,
            Op::Stop { .. } => self.stopped.extend(run.cloned()),
            Op::Pause => self.paused = Some(true),
            Op::Unpause => self.paused = Some(false),
            Op::Rename(name) => self.names = vec![Some(name.clone())],
            Op::Purge => (self.purged, self.empty) = (true, run.is_some()),
            Op::Delete { .. } => (self.deleted, self.deleting) = (true, true),
            Op::Resume | Op::Again => {}
        }
        if matches!(op, Op::Create(_) | Op::Resume | Op::Again) {
            let resumed = *op == Op::Resume;
            self.runs.extend(run.cloned().map(|run| (run, resumed)));
            (self.empty, self.ending) = (false, false);
        }
        self.ending |= matches!(op, Op::Stop { .. } | Op::Delete { .. });
        if !matches!(op, Op::Pause | Op::Unpause | Op::Rename(_)) {
            self.paused = None;
        }
    }

    /// It was asked for, and may have happened.
    fn maybe(&mut self, op: &Op) {
        match op {
            Op::Rename(name) => self.names.push(Some(name.clone())),
            Op::Purge => self.purged = true,
            Op::Delete { .. } => self.deleting = true,
            Op::Create(_) | Op::Stop { .. } | Op::Pause | Op::Unpause | Op::Resume | Op::Again => {}
        }
        self.ending |= matches!(op, Op::Stop { .. } | Op::Delete { .. });
        if !matches!(op, Op::Rename(_)) {
            self.paused = None;
            self.empty = false;
        }
    }

    fn check(&self, session: &Session, runs: &[Run], wrongs: &mut Wrongs) {
        let id = &session.id;
        let deleted = session.deleted.is_some();
        wrongs.unless(!self.deleted || deleted, || {
            format!("{id} was deleted and is there")
        });
        wrongs.unless(!deleted || self.deleting, || {
            format!("{id} is deleted; nobody asked for that")
        });
        wrongs.unless(self.names.contains(&session.name), || {
            format!(
                "{id} is called {:?}, not one of {:?}",
                session.name, self.names
            )
        });
        for (run, resumed) in &self.runs {
            let found = runs.iter().find(|found| found.id == *run);
            wrongs.unless(found.is_some_and(|found| found.resumed == *resumed), || {
                format!("{id}: run {run} was acknowledged (resumed: {resumed}), there is {found:?}")
            });
        }
        for run in &self.stopped {
            let outcome = runs
                .iter()
                .find(|found| found.id == *run)
                .map(|run| &run.outcome);
            let ends = self.program.as_ref().is_none_or(Program::ends);
            let held = match outcome {
                Some(Some(outcome)) => outcome.reason == EndReason::Stopped || ends,
                _ => false,
            };
            wrongs.unless(held, || {
                format!("{id}: run {run} was stopped; its outcome: {outcome:?}")
            });
        }
        // What its clocks end is not paused any more.
        let has_clocks = matches!(self.program, Some(Program::Unready | Program::Overlong));
        if let Some(paused) = self.paused
            && !(deleted || self.ending || has_clocks)
        {
            // One that ends by itself may have done so while it was asked for.
            let ends = self.program.as_ref().is_none_or(Program::ends);
            let ended = ends && !session.status.is_live();
            let held = paused == (session.status == Status::Paused);
            wrongs.unless(held || ended, || {
                format!("{id} was paused: {paused}; it is {}", session.status)
            });
        }
    }

    fn check_lines(&self, home: &Home, session: &Session, wrongs: &mut Wrongs) {
        let id = &session.id;
        let Some(folder) = home.folder(id).filter(|_| session.deleted.is_none()) else {
            return;
        };
        if session.status.is_live() || !matches!(self.program, Some(Program::Numbers { .. })) {
            return;
        }
        if !folder.history_dir().exists() {
            return;
        }
        match lines::numbers(&folder) {
            Ok(numbers) => {
                // A run that came by itself after that has printed again.
                let retried = session.settings.retry.is_some();
                wrongs.unless(!self.empty || retried || numbers.is_empty(), || {
                    format!("{id} was purged; it has {numbers:?}")
                });
                let checked = lines::check(&numbers, self.purged);
                wrongs.unless(checked.is_ok(), || format!("{id}: {checked:?}"));
            }
            Err(error) => wrongs.unless(self.empty || session.settings.private, || {
                format!("{id}: {error}")
            }),
        }
    }
}

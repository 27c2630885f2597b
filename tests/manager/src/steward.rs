//! A manager, and somebody who asks it for things and writes down what it answers.

use mainstay_manager::Manager;
use mainstay_protocol::session::{Change, Delete, NewSession, Session, Start, Stop};
use mainstay_protocol::{Problem, RunId, SessionId};

use crate::home::Home;
use crate::log::{Log, Op, Said};
use crate::until::until;

/// A manager with its log.
#[derive(Debug)]
pub struct Steward {
    /// Where it works.
    pub home: Home,
    /// The manager.
    pub manager: Manager,
    /// What was asked for.
    pub log: Log,
}

impl Steward {
    /// Asks for something; true if it was done.
    pub fn ask(&self, id: &SessionId, op: &Op) -> bool {
        self.log.write(id, op, Said::Begun);
        let done = self.act(id, op);
        let said = match &done {
            Ok(run) => Said::Done(run.clone()),
            Err(problem) => Said::Refused(problem.code),
        };
        self.log.write(id, op, said);
        done.is_ok()
    }

    fn act(&self, id: &SessionId, op: &Op) -> Result<Option<RunId>, Problem> {
        let manager = &self.manager;
        match op {
            Op::Create(program) => {
                let new = NewSession {
                    id: Some(id.clone()),
                    settings: program.settings(self.home.path()),
                    start: Start::default(),
                };
                manager.create(new).map(|session| session.run)
            }
            Op::Stop { force } => {
                let run = manager.show(id)?.run;
                let stop = Stop {
                    force: *force,
                    ..Stop::default()
                };
                manager.stop(id, stop).map(|()| run)
            }
            Op::Pause => manager.pause(id).map(|()| None),
            Op::Unpause => manager.unpause(id).map(|()| None),
            Op::Resume => manager
                .resume(id, Start::default())
                .map(|session| session.run),
            Op::Again => manager
                .again(id, Start::default())
                .map(|session| session.run),
            Op::Rename(name) => {
                let change = Change {
                    name: Some(name.clone()),
                    ..Change::default()
                };
                manager.change(id, change).map(|_| None)
            }
            Op::Purge => {
                let before = manager.show(id)?;
                let ended = before.run.filter(|_| !before.status.is_live());
                manager.purge(id).map(|()| ended)
            }
            Op::Delete { force } => {
                let delete = Delete {
                    force: *force,
                    ..Delete::default()
                };
                manager.delete(id, delete).map(|()| None)
            }
        }
    }

    /// Waits until a session is as wanted.
    pub fn until(&self, id: &SessionId, what: &str, wanted: impl Fn(&Session) -> bool) {
        until(&self.home, &self.manager, what, || {
            let found = self
                .manager
                .show(id)
                .map_err(|problem| problem.to_string())?;
            if wanted(&found) {
                Ok(())
            } else {
                Err(format!("{found:?}"))
            }
        });
    }

    /// Waits until a session has ended for good.
    pub fn until_over(&self, id: &SessionId) {
        self.until(id, "it ends", |session| {
            !session.status.is_live() && session.retrying.is_none()
        });
    }
}

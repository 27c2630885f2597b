//! Three sessions that a test wishes well: one that lives, one that is paused, one that ran twice.

use mainstay_manager::Manager;
use mainstay_protocol::session::{NewSession, Session, Start, Status, Stop};
use mainstay_protocol::{Code, Problem, SessionId};
use rustix::fd::OwnedFd;

use crate::checks;
use crate::home::Home;
use crate::processes;
use crate::programs::Program;
use crate::until::until;

/// The id of this name.
///
/// # Panics
/// If it can't be one.
#[must_use]
pub fn id(name: &str) -> SessionId {
    name.parse().expect("an id")
}

/// Asks for a session.
///
/// # Errors
/// The manager's.
pub fn create(
    home: &Home,
    manager: &Manager,
    name: &str,
    program: &Program,
) -> Result<Session, Problem> {
    manager.create(NewSession {
        id: Some(id(name)),
        settings: program.settings(home.path()),
        ..NewSession::default()
    })
}

/// Makes a session.
///
/// # Panics
/// If it doesn't start.
pub fn make(home: &Home, manager: &Manager, name: &str, program: &Program) {
    let made = create(home, manager, name, program);
    assert!(made.is_ok(), "{name}: {:?}", made.err());
}

/// Waits until a session has this status.
pub fn until_status(home: &Home, manager: &Manager, name: &str, status: Status) -> Session {
    until(home, manager, &format!("{name} is {status}"), || {
        let found = manager
            .show(&id(name))
            .map_err(|problem| problem.to_string())?;
        if found.status == status {
            Ok(found)
        } else {
            Err(format!("{found:?}"))
        }
    })
}

/// One that ends soon, and well.
pub const COUNTER: Program = Program::Numbers {
    count: 20,
    code: 0,
    retries: 0,
    private: false,
};

/// Makes them.
///
/// # Panics
/// If one is refused.
pub fn begin(home: &Home, manager: &Manager) {
    make(home, manager, "live", &Program::Stubborn);
    make(home, manager, "paused", &Program::Sleeper);
    make(home, manager, "ended", &COUNTER);
    until_status(home, manager, "live", Status::Running);
    until_status(home, manager, "ended", Status::Completed);
    manager
        .resume(&id("ended"), Start::default())
        .expect("it is resumed");
    manager.pause(&id("paused")).expect("it is paused");
    until_status(home, manager, "ended", Status::Completed);
    until(home, manager, "all is well", || {
        checks::everything(home, manager)
    });
}

/// Waits until they are there as they were.
///
/// # Panics
/// If one isn't.
pub fn all_there(home: &Home, manager: &Manager, context: &str) {
    until(home, manager, context, || checks::everything(home, manager));
    let status = |name| {
        manager
            .show(&id(name))
            .map(|session| (session.status, session.runs))
    };
    assert_eq!(status("live"), Ok((Status::Running, 1)), "{context}");
    assert_eq!(status("paused"), Ok((Status::Paused, 1)), "{context}");
    assert_eq!(status("ended"), Ok((Status::Completed, 2)), "{context}");
}

/// Becomes readable when a session's program has ended.
///
/// # Panics
/// If it has already.
#[must_use]
pub fn program(home: &Home, name: &str) -> OwnedFd {
    let all = processes::of(home);
    let found = all
        .iter()
        .find(|one| !one.is_host() && one.session == Some(id(name)));
    found
        .and_then(processes::Process::watch)
        .expect("its program runs")
}

/// Stops a session and waits for the end of its program, whatever the manager answers.
///
/// # Panics
/// If that goes on.
pub fn stops(manager: &Manager, name: &str, watch: &OwnedFd) {
    let asked = manager.stop(&id(name), Stop::default());
    assert!(
        processes::ended_within(watch, 20),
        "{name} is stopped: {asked:?}"
    );
}

/// It must be one of storage, and its words must have this one.
///
/// # Panics
/// If it isn't so.
pub fn told(problem: &Problem, word: &str) {
    let words = problem.to_string();
    assert!(
        problem.code == Code::Storage && words.contains(word),
        "{problem:?}"
    );
}

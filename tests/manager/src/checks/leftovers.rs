//! Nothing is there that belongs to nobody.

use std::collections::BTreeSet;

use mainstay_protocol::session::Session;

use super::{Seen, Wrongs};
use crate::home::Home;
use crate::processes;

/// Looks at folders, processes and sockets.
pub fn check(home: &Home, seen: &Seen, wrongs: &mut Wrongs) {
    let kept: BTreeSet<&str> = seen
        .sessions
        .iter()
        .filter(|session| session.deleted.is_none())
        .map(|session| session.id.as_str())
        .collect();
    for name in processes::folders(home) {
        wrongs.unless(kept.contains(name.as_str()), || {
            format!("the folder {name} is of no session")
        });
    }
    for process in processes::of(home) {
        let runs = |session: &&Session| {
            Some(&session.id) == process.session.as_ref()
                && session.status.is_live()
                && session.run == process.run
        };
        wrongs.unless(seen.sessions.iter().any(|session| runs(&session)), || {
            format!("a process of no live run: {process:?}")
        });
    }
    let used: BTreeSet<_> = seen
        .sessions
        .iter()
        .filter_map(|session| socket(home, session))
        .collect();
    let there: BTreeSet<_> = processes::sockets(home).into_iter().collect();
    wrongs.unless(used == there, || {
        format!("sockets: hosts use {used:?}, there are {there:?}")
    });
    let copies = std::fs::read_dir(home.places().bin_dir())
        .into_iter()
        .flatten()
        .flatten();
    let copies = copies.filter(|entry| entry.path().is_dir()).count();
    wrongs.unless(copies <= 1, || {
        format!("there are {copies} copies of the host program")
    });
    for session in seen
        .sessions
        .iter()
        .filter(|session| session.status.is_live())
    {
        let there = session
            .pid
            .is_some_and(|pid| std::path::Path::new(&format!("/proc/{pid}")).exists());
        wrongs.unless(there || session.deleted.is_some(), || {
            format!(
                "{} is {} and there is no process {:?}",
                session.id, session.status, session.pid
            )
        });
    }
}

/// The socket of a session's host.
fn socket(home: &Home, session: &Session) -> Option<std::path::PathBuf> {
    if !session.status.is_live() {
        return None;
    }
    let folder = home.folder(&session.id)?;
    let host = folder.run(session.run.as_ref()?).host().ok()??;
    Some(host.socket.into())
}

/// Looks that there is nothing of any session.
///
/// # Errors
/// What there is.
pub fn nothing(home: &Home) -> Result<(), String> {
    let mut wrongs = Wrongs::default();
    let folders = processes::folders(home);
    wrongs.unless(folders.is_empty(), || format!("folders: {folders:?}"));
    let sockets = processes::sockets(home);
    wrongs.unless(sockets.is_empty(), || format!("sockets: {sockets:?}"));
    let alive = processes::of(home);
    wrongs.unless(alive.is_empty(), || format!("processes: {alive:?}"));
    wrongs.verdict()
}

//! The manager that a command started: without a terminal, in a session of its own.
//!
//! Whoever starts it holds the start lock and hands it down as standard input: so the lock stays held when that command is
//! killed meanwhile, and goes when this process listens or ends. On standard output one line says how it went.

use std::io::Write as _;

use mainstay_keep::Places;
use mainstay_protocol::problem::Problem;
use serde::{Deserialize, Serialize};

#[cfg(unix)]
use super::takeover;
use super::{Config, Ended, Info, ServeError, start_with};
use crate::lock::Lock;

/// The line on standard output: `{"ok":{…}}` or `{"error":{…}}`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Report {
    /// A manager listens: this one, or one that came before it.
    Ok(Info),
    /// None does.
    Error(Problem),
}

/// How it went.
#[derive(Debug)]
pub enum Background {
    /// It served until its end.
    Served(Ended),
    /// There was one already.
    NotNeeded,
    /// It did not start.
    Failed(ServeError),
}

/// Does what the process is for that [`crate::client::Client::ensure`] starts: cuts itself loose, opens the manager, says
/// how that went in one line on standard output, and serves.
pub async fn background(config: Config) -> Background {
    detach();
    let places = config.manager.places.clone();
    let started = async {
        places.prepare()?;
        let lock = handed_down(&places).await?;
        start_with(config, &places, lock).await
    };
    match started.await {
        Ok(server) => {
            tell(&Report::Ok(server.info().clone()));
            let_go();
            Background::Served(server.run().await)
        }
        Err(ServeError::Running(info)) => {
            tell(&Report::Ok(*info));
            Background::NotNeeded
        }
        Err(error) => {
            tell(&Report::Error(error.problem()));
            Background::Failed(error)
        }
    }
}

fn tell(report: &Report) {
    let line = serde_json::to_string(report).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    // Who asked may be gone.
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}

/// Out of the session of the terminal, whose Ctrl-C and end mean others. Whoever leads a group can't, as when this was typed
/// by hand.
#[cfg(unix)]
fn detach() {
    if let Err(error) = rustix::process::setsid() {
        tracing::debug!(%error, "in the session of the terminal");
    }
}

/// Done by whoever starts this.
#[cfg(not(unix))]
fn detach() {}

/// The lock that standard input is, or, where somebody typed the command by hand, the lock as everybody takes it.
#[cfg(unix)]
async fn handed_down(places: &Places) -> Result<Option<Lock>, ServeError> {
    match of_standard_input(places) {
        Some(lock) => Ok(Some(lock)),
        None => takeover::start_lock(places).await.map(Some),
    }
}

#[cfg(unix)]
fn of_standard_input(places: &Places) -> Option<Lock> {
    use std::os::unix::fs::MetadataExt as _;

    // Above the three standard ones, and nobody's after an exec.
    let copy = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3).ok()?;
    let file = std::fs::File::from(copy);
    let (given, wanted) = (
        file.metadata().ok()?,
        std::fs::metadata(places.start_lock()).ok()?,
    );
    let same = (given.dev(), given.ino()) == (wanted.dev(), wanted.ino());
    if same { Lock::adopt(file) } else { None }
}

/// Here a lock belongs to the process that took it; whoever started this holds it until it has read the line.
#[cfg(not(unix))]
#[expect(clippy::unused_async, reason = "the interface of all systems")]
async fn handed_down(_: &Places) -> Result<Option<Lock>, ServeError> {
    Ok(None)
}

/// Standard input and output are not this process's any more.
#[cfg(unix)]
fn let_go() {
    let nowhere = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null");
    let done = nowhere.and_then(|nowhere| {
        rustix::stdio::dup2_stdin(&nowhere)?;
        rustix::stdio::dup2_stdout(&nowhere)?;
        Ok(())
    });
    if let Err(error) = done {
        tracing::warn!(%error, "standard input and output stay open");
    }
}

/// Pipes that nobody reads do no harm here.
#[cfg(not(unix))]
fn let_go() {}

//! Starting a manager where none runs.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use mainstay_keep::Places;
use mainstay_protocol::problem::{Code, Problem};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{Client, ClientError, START};
use crate::lock::{self, Lock, Share};
use crate::serve::Report;
use crate::wire::Info;

/// How long a new manager may take until it listens.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest line that it may print.
const MAX_LINE: u64 = 64 * 1024;

/// How a manager is started: `PROGRAM serve --background`.
#[derive(Debug, Clone)]
pub struct Starter {
    /// The program `mainstay`.
    pub program: PathBuf,
    /// Variables that it gets beside the environment of this process.
    pub env: Vec<(OsString, OsString)>,
}

/// Waits for whoever is starting a manager; starts one if there is none even then.
pub(super) async fn ensure(places: &Places, starter: &Starter) -> Result<Info, ClientError> {
    places.prepare()?;
    let waited = lock::wait(&places.start_lock(), Share::Exclusive, START).await;
    let lock = waited.map_err(|error| ClientError::not_started(&error))?;
    match Client::meet(places).await {
        Ok(met) => Ok(met.info().clone()),
        // Also one that is just closing: the new one waits for its end.
        Err(error) if error.is_absence() || error.is_broken() => start(places, starter, lock).await,
        Err(error) => Err(error),
    }
}

/// Starts one, and waits until it listens.
async fn start(places: &Places, starter: &Starter, lock: Lock) -> Result<Info, ClientError> {
    let failed = |what: String| {
        let program = starter.program.display();
        let detail = format!("{program} {what}; run \"mainstay serve\" to see why");
        ClientError::NotStarted(Problem::new(Code::Internal, detail))
    };
    let spawned = spawn(places, starter, lock);
    let (mut child, _lock) = spawned.map_err(|error| failed(format!("can't be run: {error}")))?;
    let Ok(line) = timeout(PATIENCE, first_line(&mut child)).await else {
        child.start_kill().ok();
        let limit = PATIENCE.as_secs();
        return Err(failed(format!(
            "did not listen after {limit} s and was ended"
        )));
    };
    match serde_json::from_str(&line) {
        Ok(Report::Ok(info)) => Ok(info),
        Ok(Report::Error(problem)) => Err(ClientError::NotStarted(problem)),
        Err(_) => {
            let status = child.wait().await.map(|status| status.to_string());
            Err(failed(format!(
                "ended without a word ({})",
                status.unwrap_or_default()
            )))
        }
    }
}

async fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        // What can't be read is no report.
        BufReader::new(stdout.take(MAX_LINE))
            .read_line(&mut line)
            .await
            .ok();
    }
    line
}

fn command(places: &Places, starter: &Starter) -> Command {
    let mut command = Command::new(&starter.program);
    command
        .args(["serve", "--background"])
        .envs(starter.env.iter().map(|(name, value)| (name, value)))
        // Not where the person is: that disk may have to go.
        .current_dir(&places.data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// The child gets the lock and keeps it whatever becomes of this process, until it listens or ends. It leaves the terminal's
/// session itself.
#[cfg(unix)]
fn spawn(places: &Places, starter: &Starter, lock: Lock) -> std::io::Result<(Child, ())> {
    let child = command(places, starter).stdin(lock.handle()?).spawn()?;
    lock.leave();
    Ok((child, ()))
}

/// A lock stays with the process that took it: this one holds it until the child has said how it went. The child is to be out
/// of the job of whoever asked, which would end it with itself, where that job allows it.
#[cfg(windows)]
fn spawn(places: &Places, starter: &Starter, lock: Lock) -> std::io::Result<(Child, Lock)> {
    // DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP, and CREATE_BREAKAWAY_FROM_JOB
    // (https://learn.microsoft.com/en-us/windows/win32/procthread/process-creation-flags).
    const DETACHED: u32 = 0x0000_0008 | 0x0000_0200;
    const BREAKAWAY: u32 = 0x0100_0000;
    let mut command = command(places, starter);
    command.stdin(Stdio::null());
    let free = command.creation_flags(DETACHED | BREAKAWAY).spawn();
    let child = free.or_else(|_| command.creation_flags(DETACHED).spawn())?;
    Ok((child, lock))
}

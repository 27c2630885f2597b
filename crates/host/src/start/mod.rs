//! `mainstay-host start`: brings a host to life and tells how that went.
//!
//! It reads a spec from standard input, runs this same program again as `run`, cut loose from whoever asked: in a session
//! and process group of its own, where a user's systemd runs in a scope of its own, on Windows out of its parent's job. It
//! waits for that to say that the program runs and the host listens, or why not, passes the line on and ends.

#[cfg(target_os = "linux")]
mod scope;
mod spec;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use mainstay_link::launch::Report;
use mainstay_protocol::frame::{ErrorCode, Failure};

pub use spec::read as read_spec;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// Longest wait for a host to be up. A disk that must first replay a long log is slow.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest line of a report.
const MAX_REPORT: u64 = 64 * 1024;

/// Starts a host for this spec (JSON as it came) and gives its report.
#[must_use]
pub fn start(json: &[u8]) -> Report {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return failed(format!("the host program can't find itself: {error}")),
    };
    for mut command in system::ways(&program) {
        match attempt(&mut command, json) {
            Ok(report) => return report,
            // The way itself does not work here: the next one.
            Err(None) => {}
            Err(Some(message)) => return failed(message),
        }
    }
    failed("the host process ended without a word; the run's folder may have a log".to_owned())
}

fn failed(message: String) -> Report {
    Report::Error(Failure {
        code: ErrorCode::System,
        message,
    })
}

/// One way of starting it. Nothing as error if the process ended without a report.
fn attempt(command: &mut Command, json: &[u8]) -> Result<Report, Option<String>> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().map_err(|_| None)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A host that ends early says why.
        stdin.write_all(json).ok();
    }
    match first_line(&mut child) {
        Some(line) => serde_json::from_str(&line).map_err(|_| None),
        None => {
            child.kill().ok();
            child.wait().ok();
            let seconds = PATIENCE.as_secs();
            Err(Some(format!(
                "the host was not up after {seconds} s and was killed; the disk may be overloaded: try again"
            )))
        }
    }
}

/// The first line it prints; empty at its end, nothing if it says nothing in time.
fn first_line(child: &mut Child) -> Option<String> {
    let stdout = child.stdout.take()?;
    let (send, receive) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let mut line = String::new();
        BufReader::new(stdout.take(MAX_REPORT))
            .read_line(&mut line)
            .ok();
        // Nobody waits any more if it came too late.
        send.send(line).ok();
    });
    receive.recv_timeout(PATIENCE).ok()
}

//! This program run again as a child: to be killed, to be held, to be somebody else, to have a disk of its own.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use mainstay_seams::{SystemClock, failpoint};
use mainstay_store::{OpenReport, Opened, Store, StoreError};

const ACT: &str = "STORE_TEST_ACT";
const FOLDER: &str = "STORE_TEST_FOLDER";
/// What the child's own lines begin with; the test harness has lines, too.
const TOLD: &str = "> ";

/// Not a test: what a child does. Without being told what it does nothing.
#[test]
fn child() {
    let (Ok(act), Ok(folder)) = (std::env::var(ACT), std::env::var(FOLDER)) else {
        return;
    };
    let plan = std::env::var(failpoint::ENV).unwrap_or_default();
    failpoint::arm_from(&plan).expect("the test armed it well");
    let folder = Path::new(&folder);
    match act.as_str() {
        "open" => tell(&said(&try_open(folder).map(|opened| opened.report))),
        "scribe" => crate::crash::scribe(folder),
        "full" => crate::disk::fill(folder),
        "failing" => crate::disk::meet_a_full_disk(folder),
        "read_only" => crate::disk::try_read_only(folder),
        other => panic!("{other:?} is no act"),
    }
}

/// A child that is to do this; its failpoints are armed by `plan`.
pub(crate) fn command(program: &Path, act: &str, folder: &Path, plan: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--exact", "child::child", "--nocapture"])
        .env(ACT, act)
        .env(FOLDER, folder)
        .env(failpoint::ENV, plan)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

pub(crate) fn start(act: &str, folder: &Path, plan: &str) -> Running {
    let program = std::env::current_exe().expect("own path");
    Running::start(command(&program, act, folder, plan))
}

/// A child that runs.
pub(crate) struct Running {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the child starts");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, output }
    }

    /// Its next line; nothing after its end.
    pub(crate) fn line(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).expect("a text") == 0 {
                return None;
            }
            // One that was cut by the kill was not told.
            if let Some(told) = line
                .strip_prefix(TOLD)
                .and_then(|line| line.strip_suffix('\n'))
            {
                return Some(told.to_owned());
            }
        }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it is ours");
    }

    /// Its remaining lines, and whether it ended by itself.
    pub(crate) fn end(mut self) -> (Vec<String>, bool) {
        let mut lines = Vec::new();
        while let Some(line) = self.line() {
            lines.push(line);
        }
        let status = self.child.wait().expect("it ends");
        (lines, status.success())
    }
}

/// Tells the parent a line.
pub(crate) fn tell(line: &str) {
    let mut text = String::new();
    writeln!(text, "\n{TOLD}{line}").expect("a text");
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .expect("the parent reads");
}

pub(crate) fn try_open(folder: &Path) -> Result<Opened, StoreError> {
    Store::open(&folder.join("mainstay.db"), Arc::new(SystemClock))
}

fn said(opened: &Result<OpenReport, StoreError>) -> String {
    match opened {
        Ok(report) => format!(
            "fresh {} restored {} {}",
            report.fresh, report.restored, report.log_id
        ),
        Err(error) => format!("{error}"),
    }
}

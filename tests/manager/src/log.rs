//! What the stewards did, written down before and after: what they were told holds, whatever kills them.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use mainstay_protocol::{Code, RunId, SessionId};
use mainstay_seams::{Alarm, Clock as _, SystemClock};
use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};

use crate::programs::Program;

/// Something a steward asks its manager for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Make a session with this program.
    Create(Program),
    /// End its run.
    Stop {
        /// At once.
        force: bool,
    },
    /// Stop its processes.
    Pause,
    /// Continue them.
    Unpause,
    /// Go on where the last run ended.
    Resume,
    /// The same from the beginning.
    Again,
    /// Give it this name.
    Rename(String),
    /// Remove what it printed.
    Purge,
    /// Delete it.
    Delete {
        /// Kill its program at once.
        force: bool,
    },
}

/// How far it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It is about to be asked for.
    Begun,
    /// The manager said that it is done. With the run that was started or stopped; with the newest one where what it printed
    /// was removed after its end.
    Done(Option<RunId>),
    /// It said no.
    Refused(Code),
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The session. Only one thread does anything with it.
    pub session: SessionId,
    /// What.
    pub op: Op,
    /// How far.
    pub said: Said,
}

/// The log, to be appended to. A line is one write: it is there or not, as soon as the system took it.
#[derive(Debug)]
pub struct Log {
    file: File,
    left: AtomicU64,
    killer: Option<SyncSender<()>>,
}

/// When a steward kills itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// After so many lines of the log; 0 is the start.
    pub lines: u64,
    /// And so long after the last of them.
    pub then: Duration,
}

impl Log {
    /// Opens it, made where it is missing.
    ///
    /// # Panics
    /// If it can't be opened.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        let file = OpenOptions::new().append(true).create(true).open(path);
        Self {
            file: file.expect("a log"),
            left: AtomicU64::new(0),
            killer: None,
        }
    }

    /// Has this process killed at that moment, whatever it does then.
    #[must_use]
    pub fn kill_at(mut self, moment: Moment) -> Self {
        let (killer, now) = sync_channel(1);
        std::thread::spawn(move || {
            if now.recv().is_ok() {
                let at = SystemClock.monotonic() + moment.then;
                SystemClock.wait(&Alarm::default(), Some(at));
                kill_process(getpid(), Signal::KILL).ok();
            }
        });
        if moment.lines == 0 {
            killer.send(()).expect("the killer waits");
        }
        self.left = AtomicU64::new(moment.lines);
        self.killer = Some(killer);
        self
    }

    /// Appends a line.
    ///
    /// # Panics
    /// If that fails.
    pub fn write(&self, session: &SessionId, op: &Op, said: Said) {
        let line = Line {
            session: session.clone(),
            op: op.clone(),
            said,
        };
        let mut text = serde_json::to_string(&line).expect("plain data");
        text.push('\n');
        (&self.file)
            .write_all(text.as_bytes())
            .expect("room for a line");
        if let Some(killer) = &self.killer
            && self.left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            killer.try_send(()).ok();
        }
    }
}

/// Reads a log.
///
/// # Panics
/// If it has something else in it.
#[must_use]
pub fn read(path: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("a whole line"))
        .collect()
}

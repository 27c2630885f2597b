//! Stewards as processes of their own, seen from the test that has them killed.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open};

use crate::home::{self, Home};
use crate::log::Moment;
use crate::processes::ended_within;
use crate::programs::Program;

/// Longest life, in seconds: longer is a hang.
const LONGEST: i64 = 120;

/// The program of a steward's only session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alone {
    /// [`Program::Later`]; the steward stays until the retry is announced.
    Later,
    /// [`Program::Unready`].
    Unready,
    /// [`Program::Overlong`].
    Overlong,
}

impl Alone {
    /// All of them, by name.
    const ALL: [(&str, Self); 3] = [
        ("later", Self::Later),
        ("unready", Self::Unready),
        ("overlong", Self::Overlong),
    ];

    /// The program.
    #[must_use]
    pub fn program(self) -> Program {
        match self {
            Self::Later => Program::Later,
            Self::Unready => Program::Unready,
            Self::Overlong => Program::Overlong,
        }
    }
}

/// What a steward does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The fixed plan.
    Script,
    /// The random plan.
    Ramble,
    /// Makes so many sessions at the same moment.
    Many(usize),
    /// Makes a session `one` with this program.
    One(Alone),
    /// Opens the manager and does nothing.
    Watch,
    /// One session that counts, a number per millisecond up to this one.
    Tick(u64),
}

impl Mode {
    /// As a word for the command line.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Script => "script".to_owned(),
            Self::Ramble => "ramble".to_owned(),
            Self::Many(count) => format!("many:{count}"),
            Self::One(alone) => {
                let name = Alone::ALL.iter().find(|(_, one)| *one == alone);
                format!("one:{}", name.map_or("", |(name, _)| name))
            }
            Self::Watch => "watch".to_owned(),
            Self::Tick(count) => format!("tick:{count}"),
        }
    }

    /// From such a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Some(match word.split_once(':') {
            Some(("many", count)) => Self::Many(count.parse().ok()?),
            Some(("one", name)) => {
                let mut all = Alone::ALL.iter();
                Self::One(all.find(|(one, _)| *one == name)?.1)
            }
            Some(("tick", count)) => Self::Tick(count.parse().ok()?),
            None if word == "script" => Self::Script,
            None if word == "ramble" => Self::Ramble,
            None if word == "watch" => Self::Watch,
            _ => return None,
        })
    }
}

/// A life of a steward.
#[derive(Debug, Clone)]
pub struct Life {
    /// What it does.
    pub mode: Mode,
    /// Which life in this home it is: names its sessions.
    pub number: u32,
    /// For the random plan.
    pub seed: u64,
    /// When it is killed, if no failpoint does it.
    pub moment: Option<Moment>,
    /// Points that are armed.
    pub failpoints: String,
}

impl Life {
    /// One that nobody kills.
    #[must_use]
    pub fn new(mode: Mode, number: u32) -> Self {
        Self {
            mode,
            number,
            seed: 0,
            moment: None,
            failpoints: String::new(),
        }
    }

    /// With points armed.
    #[must_use]
    pub fn armed(self, failpoints: impl Into<String>) -> Self {
        Self {
            failpoints: failpoints.into(),
            ..self
        }
    }

    /// Lives it; true if it was killed, false if it came to its end.
    ///
    /// # Panics
    /// If it ends otherwise, or not at all.
    #[must_use]
    pub fn live(&self, home: &Home) -> bool {
        let status = self.begin(home).end(LONGEST);
        if status.signal() == Some(Signal::KILL.as_raw()) {
            return true;
        }
        assert!(status.success(), "a steward failed: {status}; {self:?}");
        false
    }

    /// Begins it.
    ///
    /// # Panics
    /// If the process can't be started.
    #[must_use]
    pub fn begin(&self, home: &Home) -> Living {
        let moment = self.moment.map_or("-".to_owned(), |moment| {
            format!("{},{}", moment.lines, moment.then.as_micros())
        });
        let child = Command::new(home::program("steward"))
            .arg(home.path())
            .args([
                self.mode.word(),
                self.number.to_string(),
                self.seed.to_string(),
                moment,
            ])
            .env("MAINSTAY_DATA_DIR", home.data())
            .env("MAINSTAY_FAILPOINTS", &self.failpoints)
            .spawn();
        Living(child.expect("a steward starts"))
    }
}

/// A steward that lives. It is killed when dropped.
#[derive(Debug)]
pub struct Living(Child);

impl Living {
    /// Kills it.
    ///
    /// # Panics
    /// If that fails.
    pub fn kill(mut self) {
        self.0.kill().expect("our child can be killed");
        self.0.wait().expect("our child");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it doesn't come within so many seconds.
    #[must_use]
    pub fn end(mut self, seconds: i64) -> ExitStatus {
        let pid = i32::try_from(self.0.id())
            .ok()
            .and_then(Pid::from_raw)
            .expect("a pid");
        let watch =
            pidfd_open(pid, PidfdFlags::empty()).expect("our child stays until we wait for it");
        let ended = ended_within(&watch, seconds);
        if !ended {
            self.0.kill().ok();
        }
        let status = self.0.wait().expect("our child");
        assert!(ended, "a steward did not end within {seconds} s");
        status
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

//! The programs that run in the sessions of a steward.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use mainstay_protocol::session::{Retry, Settings, Timeouts};
use mainstay_protocol::spec::{Readiness, Retention};
use serde::{Deserialize, Serialize};

/// This variable of a session has its program's description.
const VARIABLE: &str = "STEWARD_PROGRAM";
/// Milliseconds from asking to killing. Those who don't obey should not hold up the test.
const GRACE: u64 = 100;
/// Numbers that [`Program::Shown`] prints.
pub const SHOWN: u32 = 300;
/// An hour in milliseconds: the pause before [`Program::Later`] is tried again.
pub const HOUR: u64 = 3_600_000;

/// What runs in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// Prints the numbers from 1, one per line, and ends.
    Numbers {
        /// The last number.
        count: u32,
        /// The exit code.
        code: i32,
        /// So many automatic new runs after a failure.
        retries: u32,
        /// Nothing of it is kept.
        private: bool,
    },
    /// Waits until it is stopped.
    Sleeper,
    /// Waits, and can only be killed.
    Stubborn,
    /// Prints the numbers from 1 to 300 and waits; it is ready when the last one is on the screen.
    Shown,
    /// Is never ready and is ended for that.
    Unready,
    /// Runs longer than it may.
    Overlong,
    /// Fails, and is to be tried again in an hour, once.
    Later,
    /// Its file looks like a program; the system can't run it.
    Broken,
    /// A file that isn't there.
    Missing,
}

impl Program {
    /// Whether it ends by itself, or by one of its clocks.
    #[must_use]
    pub fn ends(&self) -> bool {
        !matches!(self, Self::Sleeper | Self::Stubborn | Self::Shown)
    }

    /// Whether it never runs.
    #[must_use]
    pub fn never_runs(&self) -> bool {
        matches!(self, Self::Broken | Self::Missing)
    }

    /// What a session with this program is made with. `home` is a folder for what it needs.
    ///
    /// # Panics
    /// If a file can't be made.
    #[must_use]
    pub fn settings(&self, home: &Path) -> Settings {
        let sh = |script: &str| ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let mut settings = Settings {
            cwd: "/".to_owned(),
            timeouts: Timeouts {
                grace_ms: Some(GRACE),
                ..Timeouts::default()
            },
            // The test's disk may be nearly full.
            retention: Some(Retention {
                min_free_bytes: 0,
                min_free_percent: 0,
                ..Retention::default()
            }),
            ..Settings::default()
        };
        settings.command = match self {
            Self::Numbers { count, code, .. } => sh(&format!("{}; exit {code}", count_to(*count))),
            Self::Sleeper | Self::Unready | Self::Overlong => sh("echo waits; exec sleep 1000"),
            Self::Shown => sh(&format!("{}; exec sleep 1000", count_to(SHOWN))),
            Self::Later => sh("exit 1"),
            Self::Stubborn => sh("trap '' TERM; echo waits; while :; do sleep 1000; done"),
            Self::Broken => vec![broken(home)],
            Self::Missing => vec!["/there/is/no/such/program".to_owned()],
        };
        match self {
            Self::Numbers {
                retries, private, ..
            } => {
                settings.private = *private;
                settings.retry = (*retries > 0).then(|| Retry {
                    count: *retries,
                    delay_ms: 30,
                    ..Retry::default()
                });
            }
            Self::Shown => {
                let pattern = format!("^n {SHOWN}$");
                settings.ready = Some(Readiness::Pattern { pattern });
            }
            Self::Later => {
                settings.retry = Some(Retry {
                    count: 1,
                    delay_ms: HOUR,
                    max_delay_ms: HOUR,
                    ..Retry::default()
                });
            }
            Self::Unready => {
                settings.ready = Some(Readiness::Pattern {
                    pattern: "^never$".to_owned(),
                });
                settings.timeouts.start_ms = Some(80);
            }
            Self::Overlong => settings.timeouts.run_ms = Some(80),
            Self::Sleeper | Self::Stubborn | Self::Broken | Self::Missing => {}
        }
        let described = serde_json::to_string(self).expect("plain data");
        settings.env.insert(VARIABLE.to_owned(), described);
        settings
    }

    /// The program of a session that a steward made.
    #[must_use]
    pub fn of(settings: &Settings) -> Option<Self> {
        serde_json::from_str(settings.env.get(VARIABLE)?).ok()
    }
}

/// A shell's words for counting.
fn count_to(last: u32) -> String {
    format!("i=0; while [ $i -lt {last} ]; do i=$((i+1)); echo \"n $i\"; done")
}

/// A script whose interpreter isn't there: it can be executed as far as anybody can see.
#[expect(
    clippy::disallowed_methods,
    reason = "nobody reads it while it is written"
)]
fn broken(home: &Path) -> String {
    let path = home.join("broken");
    if !path.exists() {
        let made = home.join(format!("broken-{:?}", std::thread::current().id()));
        fs::write(&made, "#!/there/is/no/interpreter\n").expect("a script");
        fs::set_permissions(&made, fs::Permissions::from_mode(0o755)).expect("own file");
        fs::rename(&made, &path).expect("the same folder");
    }
    path.to_string_lossy().into_owned()
}

//! Profiles: how a program runs. They are data, in TOML.
//!
//! `shell` and `command` are built in; a person's own are in `DATA/profiles/NAME.toml` and may replace those:
//!
//! ```toml
//! title = "Web server"
//! command = ["npm", "run", "dev"]      # what runs where a session gives no command; empty is the login shell
//! ready = { pattern = "listening on" } # or "process" (the default), "first_output", "reported"
//! success = "zero"                     # the default; or "any", { codes = [0, 130] }
//! resume = "same"                      # the default: run it again; "last_dir" starts in the folder it was in last
//!
//! [timeouts]                           # in milliseconds; 0 is no limit
//! start_ms = 60000
//! run_ms = 0
//! grace_ms = 30000
//!
//! [retry]                              # off without it
//! count = 3
//! delay_ms = 1000
//! growth_percent = 100
//! max_delay_ms = 300000
//! ```

mod list;
mod text;
mod trouble;

use std::path::PathBuf;

use mainstay_protocol::session::{Retry, Success, Timeouts};
use mainstay_protocol::spec::Readiness;
use serde::{Deserialize, Serialize};

pub use list::Profiles;
pub use trouble::Trouble;

/// Name of the profile of a session without a command.
pub const SHELL: &str = "shell";
/// Name of the profile of a session with a command of its own.
pub const COMMAND: &str = "command";

/// How a program runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name: what sessions call it by. That of its file.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Program and arguments where a session gives none; empty is the person's login shell.
    #[serde(default)]
    pub command: Vec<String>,
    /// When it is ready.
    #[serde(default)]
    pub ready: Readiness,
    /// Which ends are a success.
    #[serde(default)]
    pub success: Success,
    /// Its clocks.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// What happens after a failure.
    #[serde(default)]
    pub retry: Option<Retry>,
    /// What a resume does.
    #[serde(default)]
    pub resume: Resume,
    /// The file it comes from; nothing for what is built in.
    #[serde(default)]
    pub file: Option<PathBuf>,
}

/// What a resume does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// Run the same again in the same folder.
    #[default]
    Same,
    /// Run it in the folder where it was last (`OSC 7`).
    LastDir,
}

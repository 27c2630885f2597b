//! The stored lifecycle of a session.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a session is in its life. Whether an agent in it is busy and whether its host is connected are other questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A run is being started and is not ready yet.
    Pending,
    /// It is ready.
    Running,
    /// Its process tree is stopped.
    Paused,
    /// The last run ended with success.
    Completed,
    /// The last run could not be started, was not ready in time, or ended without success.
    Failed,
    /// The last run was ended by somebody or by a limit.
    Terminated,
    /// The last run's host died or the machine restarted; the run can be resumed.
    Interrupted,
}

/// A text that names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no status; there are pending, running, paused, completed, failed, terminated and interrupted"
)]
pub struct UnknownStatus(pub String);

impl Status {
    /// All of them, in the order in which a life passes them.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Running,
        Self::Paused,
        Self::Completed,
        Self::Failed,
        Self::Terminated,
        Self::Interrupted,
    ];

    /// Its name in lower case, as the command line and the store have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Terminated => "terminated",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether a run is under way.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Running | Self::Paused)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn names_read_back_and_are_the_json_names() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status), "{status}");
            let json = serde_json::to_string(&status).expect("a word");
            assert_eq!(json, format!("\"{status}\""), "one name everywhere");
        }
        assert!("done".parse::<Status>().is_err(), "no such status");
    }
}

//! What a person asked for when they made a session: enough to start it again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::size::Size;
use crate::spec::{Readiness, Retention};

/// The settings of a session. They are stored, in the database and in the session's folder, so they hold no secret.
///
/// What is `None` comes from the session's profile, and where that says nothing from the settings of the whole program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What the person calls the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Name of the profile: how the program runs. Empty means `command` where a command is given, else `shell`; a session
    /// that was made has the name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub profile: String,
    /// Program and arguments; empty means what the profile runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The folder it starts in; absolute.
    pub cwd: String,
    /// Environment variables beside the person's own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Size of the terminal until a viewer wishes otherwise.
    pub size: Size,
    /// Its clocks.
    #[serde(skip_serializing_if = "Timeouts::is_empty")]
    pub timeouts: Timeouts,
    /// When it counts as ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<Readiness>,
    /// Which ends are a success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success: Option<Success>,
    /// What happens after an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// Nothing of what it printed is kept after a run ends (M1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// When it is deleted by itself (S8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clean_up: Option<CleanUp>,
    /// How much of its output is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: None,
            profile: String::new(),
            command: Vec::new(),
            cwd: String::new(),
            env: BTreeMap::new(),
            size: Size::DEFAULT,
            timeouts: Timeouts::default(),
            ready: None,
            success: None,
            retry: None,
            private: false,
            clean_up: None,
            retention: None,
        }
    }
}

/// Clocks of a session in milliseconds. Nothing means the next wider setting, 0 means no limit (L5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Timeouts {
    /// From spawn to ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ms: Option<u64>,
    /// From spawn to the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_ms: Option<u64>,
    /// From asking the program to end to killing it. Here 0 kills at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_ms: Option<u64>,
}

impl Timeouts {
    /// Whether all come from elsewhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These, and where they say nothing the other ones.
    #[must_use]
    pub fn or(self, wider: Self) -> Self {
        Self {
            start_ms: self.start_ms.or(wider.start_ms),
            run_ms: self.run_ms.or(wider.run_ms),
            grace_ms: self.grace_ms.or(wider.grace_ms),
        }
    }
}

/// Which exit codes are a success. Being killed by a signal that nobody here sent never is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Success {
    /// 0 alone.
    #[default]
    Zero,
    /// Every exit of its own accord: a shell ends with the code of its last command.
    Any,
    /// These.
    Codes(Vec<i32>),
}

impl Success {
    /// Whether a program that ended by itself with this code succeeded.
    #[must_use]
    pub fn has(&self, code: i32) -> bool {
        match self {
            Self::Zero => code == 0,
            Self::Any => true,
            Self::Codes(codes) => codes.contains(&code),
        }
    }
}

/// Automatic new runs after a failure (L10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retry {
    /// Most new runs in a row; 0 turns retrying off.
    pub count: u32,
    /// Pause before the first, in milliseconds.
    pub delay_ms: u64,
    /// By how many percent each pause is longer than the one before; 0 keeps it the same, 100 doubles it.
    pub growth_percent: u32,
    /// Longest pause, in milliseconds.
    pub max_delay_ms: u64,
}

impl Default for Retry {
    /// Off; when turned on by a count alone: 1 s, doubling, at most 5 minutes.
    fn default() -> Self {
        Self {
            count: 0,
            delay_ms: 1_000,
            growth_percent: 100,
            max_delay_ms: 300_000,
        }
    }
}

impl Retry {
    /// The pause before retry number `attempt` (from 1), in milliseconds.
    #[must_use]
    pub fn delay(&self, attempt: u32) -> u64 {
        let mut delay = u128::from(self.delay_ms);
        let most = u128::from(self.max_delay_ms.max(self.delay_ms));
        for _ in 1..attempt {
            delay += delay * u128::from(self.growth_percent) / 100;
            if delay >= most {
                break;
            }
        }
        u64::try_from(delay.min(most)).unwrap_or(u64::MAX)
    }
}

/// When a session is deleted by itself; its record stays as history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanUp {
    /// Milliseconds from its end to its deletion; 0 deletes at once.
    pub after_ms: u64,
    /// Only where it completed.
    #[serde(default)]
    pub only_completed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_limit() {
        let retry = Retry {
            count: 9,
            ..Retry::default()
        };
        let pauses: Vec<u64> = (1..=10).map(|attempt| retry.delay(attempt)).collect();
        assert_eq!(
            pauses,
            [
                1000, 2000, 4000, 8000, 16000, 32000, 64000, 128_000, 256_000, 300_000
            ],
            "doubling, and never beyond five minutes"
        );
        let even = Retry {
            growth_percent: 0,
            ..retry
        };
        assert_eq!(even.delay(u32::MAX), 1000, "the same for ever");
        let huge = Retry {
            delay_ms: u64::MAX,
            growth_percent: u32::MAX,
            ..retry
        };
        assert_eq!(huge.delay(u32::MAX), u64::MAX, "no overflow");
    }

    #[test]
    fn an_empty_object_is_a_shell() {
        let settings: Settings = serde_json::from_str("{}").expect("all has defaults");
        assert_eq!(settings, Settings::default());
        let json = serde_json::to_value(&settings).expect("plain data");
        let names: Vec<_> = json.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["cwd", "size"], "what isn't set isn't written");
    }
}

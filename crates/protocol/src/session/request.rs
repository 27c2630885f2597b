//! What clients ask the manager to do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CleanUp, Settings};
use crate::id::SessionId;
use crate::size::Size;
use crate::spec::Origin;

/// Make a session and start it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NewSession {
    /// Its id; nothing lets the manager make one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<SessionId>,
    /// What it is made with. An empty `cwd` is the person's home folder.
    #[serde(flatten)]
    pub settings: Settings,
    /// How its first run is started.
    #[serde(flatten)]
    pub start: Start,
}

/// How a run is started.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Start {
    /// Who asks (L11); nothing means the way it came: `api`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The environment to run in instead of the person's login shell's: that of the terminal the command was typed in.
    /// It is handed to the program and written down nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_env: Option<BTreeMap<String, String>>,
    /// Size of the terminal; nothing means the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminal: Option<Size>,
}

/// End a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Stop {
    /// Kill at once.
    pub force: bool,
    /// Milliseconds from asking the program to end to killing it; nothing means the session's own setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_ms: Option<u64>,
}

/// Delete a session: its run is ended, its folder removed; record and events stay as history (S7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Delete {
    /// Kill a running program at once instead of asking it first.
    pub force: bool,
    /// Keep its workspace.
    pub keep_workspace: bool,
}

/// Change a session; what is not given stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// A new name; an empty one takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Private from now on, or no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// Delete it by itself. `{"after_ms": …}`, or null for no longer.
    #[serde(skip_serializing_if = "Option::is_none", with = "given")]
    pub clean_up: Option<Option<CleanUp>>,
}

/// Tells a field that is null from one that is missing.
mod given {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Option<T>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(to)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::deserialize(from).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_takes_away_and_nothing_leaves() {
        let leave: Change = serde_json::from_str("{}").expect("an object");
        assert_eq!(leave.clean_up, None, "left as it is");
        let away: Change = serde_json::from_str(r#"{"clean_up":null}"#).expect("an object");
        assert_eq!(away.clean_up, Some(None), "taken away");
        let json = serde_json::to_string(&away).expect("plain data");
        assert_eq!(json, r#"{"clean_up":null}"#, "and written so");
    }

    #[test]
    fn a_new_session_is_one_flat_object() {
        let json = r#"{"id":"a","command":["htop"],"cwd":"/","origin":"cli","name":"top"}"#;
        let new: NewSession = serde_json::from_str(json).expect("a request");
        assert_eq!(new.settings.command, ["htop"]);
        assert_eq!(new.start.origin, Some(Origin::Cli));
        assert_eq!(new.settings.name.as_deref(), Some("top"));
    }
}

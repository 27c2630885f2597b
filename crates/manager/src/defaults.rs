//! The settings of the whole program: what holds where neither a session nor its profile says otherwise.

use std::collections::BTreeMap;

use mainstay_protocol::problem::{Code, Problem};
use mainstay_protocol::session::{CleanUp, Retry};
use mainstay_protocol::spec::{Retention, TimeLimits};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::plan::check::{self, Wrong};

/// The settings of the whole program. Each field is a setting of its own in the store, by its name here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Defaults {
    /// Milliseconds from spawn to ready; 0 is no limit (L5).
    pub start_timeout_ms: u64,
    /// Milliseconds from spawn to the end; 0 is no limit (L5).
    pub run_timeout_ms: u64,
    /// Milliseconds from asking a program to end to killing it; 0 kills at once (S7).
    pub grace_ms: u64,
    /// Automatic new runs after a failure (L10).
    pub retry: Retry,
    /// How much of a session's output is kept (P5).
    pub retention: Retention,
    /// When new sessions are deleted by themselves (S8).
    pub clean_up: Option<CleanUp>,
    /// Days that events are kept; nothing keeps them for ever.
    pub keep_events_days: Option<u32>,
    /// Program and arguments of shell sessions; empty is the person's login shell.
    pub shell: Vec<String>,
}

impl Default for Defaults {
    fn default() -> Self {
        let limits = TimeLimits::default();
        Self {
            start_timeout_ms: limits.start_ms.unwrap_or(0),
            run_timeout_ms: limits.run_ms.unwrap_or(0),
            grace_ms: limits.grace_ms,
            retry: Retry::default(),
            retention: Retention::default(),
            clean_up: None,
            keep_events_days: None,
            shell: Vec::new(),
        }
    }
}

/// What a change leaves: the settings, and what is to be stored. Nothing as a value takes the stored one away.
pub type Changed = (Defaults, Vec<(String, Option<Value>)>);

impl Defaults {
    /// Reads what is stored. A key that isn't known is a later version's and passed over; a value that can't be used is
    /// told in words, and the usual one holds.
    #[must_use]
    pub fn read(stored: &BTreeMap<String, Value>) -> (Self, Vec<String>) {
        let mut defaults = Self::default();
        let mut notes = Vec::new();
        let known = defaults.to_map();
        for (key, value) in stored.iter().filter(|(key, _)| known.contains_key(*key)) {
            match defaults.with(key, value) {
                Ok(changed) => defaults = changed,
                Err(problem) => notes.push(format!(
                    "the stored setting can't be used, and the usual value holds: {}",
                    problem.detail
                )),
            }
        }
        (defaults, notes)
    }

    /// Changes the settings that are given; null brings back the usual value.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the key, if there is no such setting or the value can't be used. Then nothing changes.
    pub fn change(&self, given: &Map<String, Value>) -> Result<Changed, Problem> {
        let usual = Self::default().to_map();
        let mut changed = self.clone();
        let mut stored = Vec::new();
        for (key, value) in given {
            let Some(usual) = usual.get(key) else {
                return Err(unknown(key, &usual));
            };
            changed = changed.with(key, if value.is_null() { usual } else { value })?;
            let kept = (!value.is_null()).then(|| value.clone());
            stored.push((key.clone(), kept));
        }
        Ok((changed, stored))
    }

    fn with(&self, key: &str, value: &Value) -> Result<Self, Problem> {
        let mut all = self.to_map();
        all.insert(key.to_owned(), value.clone());
        let changed: Self = serde_json::from_value(Value::Object(all))
            .map_err(|_| Wrong::new(key, unfit(value, self.to_map().get(key))))?;
        changed.check()?;
        Ok(changed)
    }

    fn check(&self) -> Result<(), Wrong> {
        check::millis("start_timeout_ms", self.start_timeout_ms)?;
        check::millis("run_timeout_ms", self.run_timeout_ms)?;
        check::millis("grace_ms", self.grace_ms)?;
        check::retry(&self.retry)?;
        check::retention(&self.retention)?;
        self.clean_up.as_ref().map_or(Ok(()), check::clean_up)?;
        if self.keep_events_days == Some(0) {
            let what = "events are kept for one day at least; they are what a restart goes by";
            return Err(Wrong::new("keep_events_days", what));
        }
        check::command(&self.shell).map_err(|wrong| Wrong::new("shell", wrong.what))
    }

    fn to_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            // Plain data of a struct is always an object.
            _ => Map::new(),
        }
    }
}

/// What is wrong with a value of another kind than the setting's, which is `now`.
fn unfit(value: &Value, now: Option<&Value>) -> String {
    let wanted = match now {
        Some(Value::Number(_)) => "a whole number, 0 or more".to_owned(),
        Some(Value::Bool(_)) => "true or false".to_owned(),
        Some(Value::String(_)) => "a text".to_owned(),
        Some(Value::Array(_)) => "a list of texts, as [\"fish\", \"-l\"]".to_owned(),
        Some(parts @ Value::Object(_)) => format!("something like {parts}"),
        Some(Value::Null) | None => "something else; null takes it away".to_owned(),
    };
    format!("{value} is no value for it; it takes {wanted}")
}

fn unknown(key: &str, known: &Map<String, Value>) -> Problem {
    let names: Vec<&str> = known.keys().map(String::as_str).collect();
    let detail = format!(
        "there is no setting {key:?}; there are {}",
        names.join(", ")
    );
    Problem::new(Code::Invalid, detail).at(key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(given: Value) -> Result<Changed, Problem> {
        let Value::Object(given) = given else {
            panic!("an object")
        };
        Defaults::default().change(&given)
    }

    #[test]
    fn a_change_names_what_is_to_be_stored() {
        let (changed, stored) =
            change(json!({"grace_ms": 5, "retry": {"count": 2}, "shell": null}))
                .expect("all is right");
        assert_eq!((changed.grace_ms, changed.retry.count), (5, 2));
        assert_eq!(changed.retry.delay_ms, 1000, "the rest of it is as usual");
        assert_eq!(
            stored,
            [
                ("grace_ms".to_owned(), Some(json!(5))),
                ("retry".to_owned(), Some(json!({"count": 2}))),
                ("shell".to_owned(), None),
            ]
        );
        let stored = stored
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect();
        let (read, notes) = Defaults::read(&stored);
        assert_eq!((read, notes), (changed, Vec::new()), "it reads back");
    }

    #[test]
    fn a_wrong_value_is_named() {
        let cases = [
            (json!({"grace": 5}), "grace"),
            (json!({"grace_ms": -5}), "grace_ms"),
            (json!({"grace_ms": u64::MAX}), "grace_ms"),
            (json!({"retry": {"count": 5000}}), "retry.count"),
            (
                json!({"retention": {"min_free_percent": 101}}),
                "retention.min_free_percent",
            ),
            (json!({"clean_up": {"only_completed": true}}), "clean_up"),
            (json!({"keep_events_days": 0}), "keep_events_days"),
            (json!({"shell": [""]}), "shell"),
        ];
        for (given, field) in cases {
            let problem = change(given.clone()).expect_err("it is wrong");
            let jargon = ["expected", "invalid type", "missing field"];
            let found = jargon.iter().find(|word| problem.detail.contains(**word));
            assert_eq!(found, None, "{problem}");
            assert_eq!(problem.field.as_deref(), Some(field), "{given}: {problem}");
            assert_eq!(problem.code, Code::Invalid);
        }
    }

    #[test]
    fn what_is_stored_wrong_does_not_keep_the_rest_from_holding() {
        let stored = BTreeMap::from([
            ("grace_ms".to_owned(), json!("soon")),
            ("log_id".to_owned(), json!("something else's")),
            ("run_timeout_ms".to_owned(), json!(7)),
        ]);
        let (read, notes) = Defaults::read(&stored);
        assert_eq!((read.grace_ms, read.run_timeout_ms), (30_000, 7));
        assert_eq!(notes.len(), 1, "{notes:?}");
    }
}

//! Between values of the program and columns.
//!
//! Times are milliseconds, words of enums are their JSON names, everything with an inner structure is JSON.

use mainstay_protocol::{RunId, SessionId, Timestamp};
use rusqlite::Row;
use rusqlite::types::{FromSql, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// SQLite's integers have a sign; what is beyond becomes the largest.
pub(crate) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn time(time: Timestamp) -> i64 {
    integer(time.millis())
}

/// A column that may be empty.
pub(crate) fn optional<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or(Value::Null, Into::into)
}

pub(crate) fn optional_time(at: Option<Timestamp>) -> Value {
    optional(at.map(time))
}

/// Something with an inner structure, as JSON.
pub(crate) fn json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| content(what, &error))
}

/// A plain word of an enum.
pub(crate) fn word<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) => Err(content(what, &"it is no word")),
        Err(error) => Err(content(what, &error)),
    }
}

pub(crate) fn content(what: &'static str, reason: &dyn std::fmt::Display) -> StoreError {
    StoreError::Content {
        what,
        reason: reason.to_string(),
    }
}

/// Reads a row's columns in their order.
pub(crate) struct Columns<'r, 's> {
    row: &'r Row<'s>,
    at: usize,
}

impl<'r, 's> Columns<'r, 's> {
    pub(crate) fn of(row: &'r Row<'s>) -> Self {
        Self { row, at: 0 }
    }

    pub(crate) fn next<T: FromSql>(&mut self) -> Result<T, StoreError> {
        let at = self.at;
        self.at += 1;
        Ok(self.row.get(at)?)
    }

    /// A number that has no sign.
    pub(crate) fn number(&mut self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.next::<i64>()?).unwrap_or(0))
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp, StoreError> {
        Ok(Timestamp(self.number()?))
    }

    pub(crate) fn optional_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let millis = self.next::<Option<i64>>()?;
        Ok(millis.map(|millis| Timestamp(u64::try_from(millis).unwrap_or(0))))
    }

    pub(crate) fn session(&mut self) -> Result<SessionId, StoreError> {
        let text: String = self.next()?;
        text.parse()
            .map_err(|error| content("the id of a session", &error))
    }

    pub(crate) fn optional_run(&mut self) -> Result<Option<RunId>, StoreError> {
        let text: Option<String> = self.next()?;
        let parsed = text.map(|text| text.parse()).transpose();
        parsed.map_err(|error| content("the id of a run", &error))
    }

    pub(crate) fn json<T: DeserializeOwned>(
        &mut self,
        what: &'static str,
    ) -> Result<T, StoreError> {
        let at = self.at;
        self.at += 1;
        let value = self.row.get_ref(at)?;
        let text = value.as_str().map_err(|error| content(what, &error))?;
        serde_json::from_str(text).map_err(|error| content(what, &error))
    }

    pub(crate) fn optional_json<T: DeserializeOwned>(
        &mut self,
        what: &'static str,
    ) -> Result<Option<T>, StoreError> {
        if self.row.get_ref(self.at)? == rusqlite::types::ValueRef::Null {
            self.at += 1;
            return Ok(None);
        }
        self.json(what).map(Some)
    }

    pub(crate) fn word<T: DeserializeOwned>(
        &mut self,
        what: &'static str,
    ) -> Result<T, StoreError> {
        let text: String = self.next()?;
        serde_json::from_value(serde_json::Value::String(text))
            .map_err(|error| content(what, &error))
    }

    pub(crate) fn optional_word<T: DeserializeOwned>(
        &mut self,
        what: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.next()?;
        text.map(|text| serde_json::from_value(serde_json::Value::String(text)))
            .transpose()
            .map_err(|error| content(what, &error))
    }
}

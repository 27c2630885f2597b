//! Asking for lists of sessions and events.

use serde::{Deserialize, Serialize};

use super::{Session, Status};
use crate::id::{RunId, SessionId};

/// Most sessions of one page.
pub const MAX_PAGE: u32 = 10_000;

/// Which sessions, in which order. All conditions must hold; an empty one always does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionQuery {
    /// One of these states.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<Status>,
    /// Of this project: exactly this path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// With this profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// In this environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// This text stands in its id, name, summary, command or folder; upper and lower case are the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Deleted ones too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Order by this.
    pub sort: SortBy,
    /// In this direction.
    pub order: Order,
    /// Most of them; 1 to [`MAX_PAGE`].
    pub limit: u32,
    /// Go on after the page that gave this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Default for SessionQuery {
    /// All that are not deleted, the one updated last first, 1,000 at a time.
    fn default() -> Self {
        Self {
            status: Vec::new(),
            project: None,
            profile: None,
            environment: None,
            text: None,
            deleted: false,
            sort: SortBy::Updated,
            order: Order::Descending,
            limit: 1_000,
            after: None,
        }
    }
}

/// What a list is ordered by; the id decides between equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// When the session was made.
    Created,
    /// Its last event.
    #[default]
    Updated,
    /// When its newest run began.
    Started,
    /// Its name, else its id.
    Name,
}

/// Which way a list goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Smallest or oldest first.
    Ascending,
    /// Largest or newest first.
    #[default]
    Descending,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionPage {
    /// The sessions.
    pub sessions: Vec<Session>,
    /// How many there are in all pages together.
    pub total: u64,
    /// Where the next page begins; nothing after the last.
    #[serde(default)]
    pub next: Option<String>,
}

/// Which events. All conditions must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EventQuery {
    /// After this number.
    pub since: u64,
    /// Of this session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// Of this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Of these types (`session.started`).
    #[serde(rename = "type", skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Most of them; nothing means 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

//! How the manager is.

use mainstay_protocol::session::SessionQuery;
use serde::{Deserialize, Serialize};

use crate::Engine;

/// How the manager is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Its version.
    pub version: String,
    /// Which event log the numbers of events belong to.
    pub log_id: String,
    /// Sessions that are not deleted.
    pub sessions: u64,
    /// Those of them with a run under way.
    pub live: u64,
    /// Those of them whose host is connected.
    pub connected: u64,
    /// What is wrong, in words; empty if all is well.
    pub trouble: Vec<String>,
}

impl Engine {
    pub(crate) fn health(&self) -> Health {
        let one = SessionQuery {
            limit: 1,
            ..SessionQuery::default()
        };
        let sessions = self.read(|read| read.sessions(&one)).map(|page| page.total);
        let live = self.read(|read| read.live()).map(|rows| rows.len());
        let mut trouble = self.troubles();
        if let Err(error) = &sessions {
            trouble.push(error.to_string());
        }
        let all = self.sessions.all();
        let connected = all.iter().filter(|present| present.is_connected()).count();
        Health {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            log_id: self.store.log_id(),
            sessions: sessions.unwrap_or(0),
            live: live.unwrap_or(0) as u64,
            connected: connected as u64,
            trouble,
        }
    }
}

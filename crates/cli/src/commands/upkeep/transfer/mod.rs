//! `mainstay export` and `mainstay import`: everything in one file.
//!
//! The file is a tar:
//!
//! ```text
//! mainstay.json                   [`About`]
//! records.jsonl                   the sessions as `mainstay ls --all --json` has them, one per line
//! events.jsonl                    the event log
//! settings.json                   the settings of the whole program
//! profiles/<name>.toml            the person's profiles
//! sessions/<session id>/…         the sessions' folders: outcome, journal, history
//! ```
//!
//! Import brings the folders; the manager finds the sessions in them as it does when its database is lost. Records and
//! events are there for other programs.

pub(super) mod export;
pub(super) mod import;
mod names;

use serde::{Deserialize, Serialize};

/// The form that is described above.
const FORMAT: u32 = 1;

const ABOUT: &str = "mainstay.json";
const RECORDS: &str = "records.jsonl";
const EVENTS: &str = "events.jsonl";
const SETTINGS: &str = "settings.json";

/// What an export says of itself; its first file.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    /// [`FORMAT`] of its time. A larger one can't be read.
    format: u32,
    /// The version that wrote it.
    mainstay: String,
    /// When, as RFC 3339.
    made: String,
}

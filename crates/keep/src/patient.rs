//! A history that a dying host still has.
//!
//! Whoever holds a session has its history too. But a host that ends gives its locks back one after the other, and that of
//! the history after that of the session: whoever takes the session in between waits for the rest.

use std::path::Path;
use std::time::Duration;

use mainstay_history::HistoryError;

use crate::error::KeepError;
use crate::folder::await_unlocked;

/// Longest wait. Nothing but a system in distress needs a thousandth of it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does something with a history, once nobody else has it.
pub(crate) fn patiently<T>(
    mut attempt: impl FnMut() -> Result<T, HistoryError>,
) -> Result<T, KeepError> {
    match attempt() {
        Err(HistoryError::Locked { path }) => {
            await_unlocked(&path, PATIENCE)?;
            Ok(attempt()?)
        }
        done => Ok(done?),
    }
}

/// Deletes a history for good; nobody holds its session.
pub(crate) fn purge(history: &Path) -> Result<(), KeepError> {
    if history.exists() {
        patiently(|| mainstay_history::purge(history))?;
    }
    Ok(())
}

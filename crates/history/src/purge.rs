//! Deletes a history for good.

use std::path::Path;

use crate::checkpoint::{self, Checkpoint, make_durable};
use crate::error::HistoryError;
use crate::{failpoints, folder, recovery};

use mainstay_seams::failpoint;

/// Deletes everything that a session without a host ever printed, its last screen included. Durable when this
/// returns. Line numbers go on when the session is resumed. A session with a host is purged by it, see
/// [`crate::Writer::purge`].
///
/// # Errors
/// [`HistoryError::Locked`] if a host writes it; else if something can't be written or deleted, in which case
/// another call goes on with it.
pub fn purge(folder: &Path) -> Result<(), HistoryError> {
    folder::check(folder)?;
    let _lock = folder::lock(folder)?;
    let survey = recovery::survey(folder)?;
    let covered = survey.base.next_line;
    let beyond = survey
        .listing
        .segments
        .last()
        .map_or(0, |(first, _)| *first);
    let newest = survey
        .listing
        .checkpoints
        .first()
        .map_or(0, |(generation, _)| *generation);
    let next_line = covered.max(beyond);
    let generation = survey
        .log
        .map_or(0, |(_, log)| log.header.generation)
        .max(newest)
        .saturating_add(1);
    let checkpoint = Checkpoint {
        generation,
        next_line,
        first_line: next_line,
        purged: next_line,
        durable: next_line,
        ..Checkpoint::default()
    };
    checkpoint::write(folder, &checkpoint)?;
    checkpoint::publish(folder, generation)?;
    make_durable(folder, &folder::checkpoint_path(folder, generation))?;
    failpoint::hit(failpoints::PURGE_RECORDED);
    delete_history(folder, generation)?;
    for (_, path) in &survey.listing.raws {
        folder::delete(path)?;
        failpoint::hit(failpoints::PURGE_DELETED);
    }
    folder::sync(folder)
}

/// Deletes all segments with lines that were purged, and all checkpoints but one.
pub(crate) fn delete_history(folder: &Path, but: u64) -> Result<(), HistoryError> {
    let listing = folder::list(folder)?;
    let others = listing
        .checkpoints
        .iter()
        .filter(|(generation, _)| *generation != but);
    let paths = listing.segments.iter().chain(others).map(|(_, path)| path);
    for path in paths.chain(&listing.temporary) {
        folder::delete(path)?;
        failpoint::hit(failpoints::PURGE_DELETED);
    }
    Ok(())
}

//! Deletes a history for good.

use std::path::Path;

use crate::checkpoint::Checkpoint;
use crate::error::HistoryError;
use crate::writer::{delete_history, lock, make_durable, publish_checkpoint, write_checkpoint};
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
    let _lock = lock(folder)?;
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
        purged: next_line,
        durable: next_line,
        ..Checkpoint::default()
    };
    write_checkpoint(folder, &checkpoint)?;
    publish_checkpoint(folder, generation)?;
    make_durable(folder, &folder::checkpoint_path(folder, generation))?;
    failpoint::hit(failpoints::PURGE_RECORDED);
    delete_history(folder, generation)?;
    for (_, path) in &survey.listing.raws {
        folder::delete(path)?;
        failpoint::hit(failpoints::PURGE_DELETED);
    }
    folder::sync(folder)
}

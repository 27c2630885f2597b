//! Brings a folder to the state that recovery found.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use mainstay_seams::failpoint;

use crate::block::build::Builder;
use crate::error::HistoryError;
use crate::recovery::{Segment, Survey};
use crate::segment::Index;
use crate::state::State;
use crate::{failpoints, folder};

/// The raw log files, with the generations that still count.
pub(crate) fn files(survey: &Survey) -> Vec<(u32, Option<u64>)> {
    let known = |slot: &u32| {
        survey
            .logs
            .iter()
            .find(|(of, _)| of == slot)
            .map(|(_, log)| *log)
    };
    let left = survey
        .listing
        .raws
        .iter()
        .filter(|(_, path)| !survey.stale.contains(path));
    left.map(|(slot, _)| (*slot, known(slot))).collect()
}

/// Brings the folder to what was surveyed, and opens the segment that is written on.
pub(crate) fn apply(
    folder: &Path,
    survey: &Survey,
) -> Result<Option<(u64, Arc<File>, Index)>, HistoryError> {
    for path in survey.stale.iter().chain(&survey.listing.temporary) {
        folder::delete(path)?;
    }
    failpoint::hit(failpoints::OPEN_DISCARDED);
    for path in &survey.beyond {
        folder::delete(path)?;
        failpoint::hit(failpoints::OPEN_SEGMENT_DELETED);
    }
    let Some((first, index)) = &survey.open else {
        return Ok(None);
    };
    let path = folder::segment_path(folder, *first);
    let file = folder::open_or_create(&path)?;
    file.set_len(index.len)
        .map_err(|e| HistoryError::io(&path, "cut", e))?;
    failpoint::hit(failpoints::OPEN_TRUNCATED);
    Ok(Some((*first, Arc::new(file), index.clone())))
}

/// What readers of this process are told at first.
pub(crate) fn state(
    folder: &Path,
    survey: &Survey,
    open: Option<&(u64, Arc<File>, Index)>,
) -> State {
    let open = open.map(|(first, _, index)| Segment {
        first: *first,
        end: index.end_line().unwrap_or(*first),
        path: folder::segment_path(folder, *first),
        size: index.len,
        time: index.time,
    });
    State {
        sealed: Arc::new(survey.segments.clone()),
        open,
        gaps: survey.base.gaps.clone(),
        pending: None,
        builder: Builder::new(survey.base.next_line),
        marks: survey.base.marks.clone(),
        purged: survey.base.purged,
        first_line: survey.base.first_line,
    }
}

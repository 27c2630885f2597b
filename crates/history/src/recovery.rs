//! What a folder says after whatever happened to it: finds the state to go on from, without changing anything.
//!
//! A *base* is a checkpoint with the segments that it covers. From a base leads a *chain* of raw logs: the one
//! of its generation, and each next one that goes on exactly where the one before ended. The base to go on
//! from is
//!
//! 1. the newest checkpoint, if what it covers is intact;
//! 2. else the newest older one of which that is true. After the death of a process its chain leads to the
//!    newest log, so nothing is lost, the replay is only longer. After a power failure the last resort is the
//!    pinned one (see [`crate::sync`]), and what came after the last sync is lost;
//! 3. else the newest checkpoint all the same: lines that it covers and that can't be read are a gap;
//! 4. without any checkpoint the lines that there are stay, and the state of the screen is lost.
//!
//! Lines behind what the base covers are dropped: the replay of the chain yields them again, so each line is
//! there once.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::checkpoint::Checkpoint;
use crate::error::HistoryError;
use crate::folder::{self, Listing};
use crate::note::{Gap, GapReason, Note};
use crate::raw::record::{Log, RawRecord};
use crate::segment::Index;

/// Largest raw log that is read.
const MAX_RAW: u64 = 2 << 30;

/// What was there when a folder was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The state of the model in the newest checkpoint that can be used; nothing in a new, a purged or a
    /// badly damaged folder: the model then begins empty.
    pub checkpoint: Option<Vec<u8>>,
    /// Bytes of output that this state had seen.
    pub position: u64,
    /// Number of the next line to be appended, that is of the first line that `records` will yield.
    pub next_line: u64,
    /// What the model was given since then, in order.
    pub records: Vec<RawRecord>,
    /// What was found damaged, and what became of it.
    pub notes: Vec<Note>,
}

/// A segment that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) first: u64,
    pub(crate) end: u64,
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
    pub(crate) time: u64,
}

/// A raw log in its file.
#[derive(Debug)]
struct Found {
    slot: u32,
    path: PathBuf,
    log: Log,
}

/// Everything to be known before a folder is changed.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) listing: Listing,
    /// What to go on from; a default one if there is nothing.
    pub(crate) base: Checkpoint,
    /// The base isn't on the disk yet: there was none.
    pub(crate) new: bool,
    /// The log to go on with, and its file.
    pub(crate) log: Option<(u32, Log)>,
    /// Raw logs that still count: file and generation.
    pub(crate) logs: Vec<(u32, u64)>,
    /// The base, and older ones that can be used should it be damaged one day; oldest first.
    pub(crate) checkpoints: Vec<u64>,
    /// Checkpoints and raw logs that don't count any more and must never be found again.
    pub(crate) stale: Vec<PathBuf>,
    /// Segments before the one that is written on.
    pub(crate) segments: Vec<Segment>,
    /// The segment that is written on: its first line, its blocks up to where it is cut.
    pub(crate) open: Option<(u64, Index)>,
    /// Segments that the base doesn't cover, newest first.
    pub(crate) beyond: Vec<PathBuf>,
    pub(crate) records: Vec<RawRecord>,
    pub(crate) notes: Vec<Note>,
}

impl Survey {
    /// What a caller is told.
    pub(crate) fn recovered(&self) -> Recovered {
        Recovered {
            checkpoint: self.base.blob.clone(),
            position: self.base.position,
            next_line: self.base.next_line,
            records: self.records.clone(),
            notes: self.notes.clone(),
        }
    }
}

/// The part of the segments that a base covers.
#[derive(Debug, Default)]
struct Coverage {
    segments: Vec<Segment>,
    open: Option<(u64, Index)>,
    beyond: Vec<PathBuf>,
    /// The line up to which everything that had to be checked is right.
    intact: bool,
    notes: Vec<Note>,
}

/// Looks at a folder.
pub(crate) fn survey(folder: &Path) -> Result<Survey, HistoryError> {
    let listing = folder::list(folder)?;
    let mut notes = Vec::new();
    let mut stale = Vec::new();
    let found = read_logs(&listing, &mut stale, &mut notes)?;
    let bases = read_bases(&listing, &mut stale, &mut notes)?;
    let chosen = choose(&listing, &bases)?;
    let new = chosen.is_none();
    let (mut base, coverage) = match chosen {
        Some(chosen) => chosen,
        None => salvage(&listing, &found, &mut notes)?,
    };
    notes.extend(coverage.notes);
    let expected = base
        .gaps
        .first()
        .map_or(base.next_line, |gap| gap.lines.start);
    let end = covered_end(&coverage.segments, coverage.open.as_ref()).unwrap_or(base.first_line);
    if end < expected {
        base.gaps.insert(
            0,
            Gap {
                lines: end..expected,
                reason: GapReason::Damaged,
            },
        );
    }
    let mut checkpoints: Vec<u64> = bases.iter().map(|other| other.generation).collect();
    checkpoints.retain(|generation| *generation <= base.generation);
    checkpoints.reverse();
    for (generation, path) in &listing.checkpoints {
        if !checkpoints.contains(generation) && !stale.contains(path) {
            stale.push(path.clone());
        }
    }
    let mut survey = Survey {
        base,
        new,
        log: None,
        logs: Vec::new(),
        checkpoints,
        stale,
        segments: coverage.segments,
        open: coverage.open,
        beyond: coverage.beyond,
        records: Vec::new(),
        notes,
        listing,
    };
    follow(&mut survey, found);
    Ok(survey)
}

/// Reads all checkpoints, newest first.
fn read_bases(
    listing: &Listing,
    stale: &mut Vec<PathBuf>,
    notes: &mut Vec<Note>,
) -> Result<Vec<Checkpoint>, HistoryError> {
    let mut bases = Vec::new();
    for (generation, path) in &listing.checkpoints {
        match Checkpoint::read(path)? {
            Some(checkpoint) if checkpoint.generation == *generation => bases.push(checkpoint),
            _ => {
                note(notes, path, "the checkpoint is damaged and was not used");
                stale.push(path.clone());
            }
        }
    }
    Ok(bases)
}

/// Picks the base by the rules above; nothing if there is none.
fn choose(
    listing: &Listing,
    bases: &[Checkpoint],
) -> Result<Option<(Checkpoint, Coverage)>, HistoryError> {
    for base in bases {
        let coverage = cover(listing, base)?;
        if coverage.intact {
            return Ok(Some((base.clone(), coverage)));
        }
    }
    let Some(newest) = bases.first() else {
        return Ok(None);
    };
    Ok(Some((newest.clone(), cover(listing, newest)?)))
}

fn note(notes: &mut Vec<Note>, path: &Path, text: &str) {
    notes.push(Note {
        path: path.to_path_buf(),
        text: text.to_owned(),
    });
}

/// Reads all raw logs, oldest generation first.
fn read_logs(
    listing: &Listing,
    stale: &mut Vec<PathBuf>,
    notes: &mut Vec<Note>,
) -> Result<Vec<Found>, HistoryError> {
    let mut found = Vec::new();
    for (slot, path) in &listing.raws {
        let bytes = folder::read(path, MAX_RAW)?;
        match Log::parse(&bytes) {
            Some(Ok(log)) => found.push(Found {
                slot: *slot,
                path: path.clone(),
                log,
            }),
            Some(Err(version)) => {
                let known = crate::raw::record::VERSION;
                return Err(HistoryError::Newer {
                    path: path.clone(),
                    version,
                    known,
                });
            }
            None => {
                stale.push(path.clone());
                // A file that was made or given up never got a header.
                if !bytes
                    .iter()
                    .take(crate::raw::record::START)
                    .all(|byte| *byte == 0)
                {
                    note(notes, path, "the raw log is damaged and was not used");
                }
            }
        }
    }
    found.sort_by_key(|found| found.log.header.generation);
    Ok(found)
}

fn follows(before: &Found, next: &Found) -> bool {
    let (b, n) = (&before.log, &next.log);
    b.whole
        && b.off.is_none()
        && n.header.linked
        && n.header.generation == b.header.generation + 1
        && n.header.position == b.header.position + b.output
}

/// Collects the records of the chain, and notes what breaks it.
fn follow(survey: &mut Survey, found: Vec<Found>) {
    let generation = survey.base.generation;
    let mut last: Option<Found> = None;
    for mut next in found {
        let older = next.log.header.generation < generation;
        let goes_on = match &last {
            None => next.log.header.generation == generation,
            Some(before) => follows(before, &next),
        };
        if older {
            survey.logs.push((next.slot, next.log.header.generation));
        } else if goes_on {
            survey.logs.push((next.slot, next.log.header.generation));
            survey.records.append(&mut next.log.records);
            last = Some(next);
        } else {
            let text = "what was read after the state that could be restored can't be placed and is \
                        lost (normal after a power failure, for its last seconds)";
            if next.log.output > 0 {
                note(&mut survey.notes, &next.path, text);
            }
            survey.stale.push(next.path);
        }
    }
    if let Some(last) = &last {
        let position = last.log.header.position + last.log.output;
        let mut say = |text: String| note(&mut survey.notes, &last.path, &text);
        if !last.log.whole {
            say(format!(
                "the log ends in something unreadable after position {position}; what was read after \
                 that is lost"
            ));
        }
        if let Some(reason) = &last.log.off {
            say(format!(
                "what was read after position {position} was not logged: {reason}"
            ));
        }
    } else if !survey.new && survey.base.blob.is_some() {
        // Without a state nothing was read yet: the process ended between the first checkpoint and its log.
        let path = folder::checkpoint_path(Path::new(""), generation);
        note(
            &mut survey.notes,
            &path,
            "its raw log is missing; what was read after it is lost",
        );
    }
    survey.log = last.map(|found| (found.slot, found.log));
}

fn covered_end(segments: &[Segment], open: Option<&(u64, Index)>) -> Option<u64> {
    let open = open.map(|(first, index)| index.end_line().unwrap_or(*first));
    open.or_else(|| segments.last().map(|segment| segment.end))
}

/// Sorts the segments into those that a base covers and those that it doesn't.
fn cover(listing: &Listing, base: &Checkpoint) -> Result<Coverage, HistoryError> {
    let mut coverage = Coverage {
        intact: true,
        ..Coverage::default()
    };
    let covered = |first: u64| match base.segment {
        Some((last, _)) => first <= last,
        None => first < base.next_line,
    };
    for (first, path) in &listing.segments {
        if !covered(*first) || *first < base.first_line {
            coverage.beyond.push(path.clone());
            continue;
        }
        let limit = base
            .segment
            .filter(|(last, _)| last == first)
            .map(|(_, len)| len);
        cover_segment(&mut coverage, *first, path, limit, base.durable)?;
    }
    coverage.beyond.reverse();
    if let Some((first, _)) = base.segment
        && coverage.open.is_none()
    {
        let path = folder::segment_path(Path::new(""), first);
        note(
            &mut coverage.notes,
            &path,
            "the segment is missing; its lines are lost",
        );
        coverage.intact = false;
    }
    let expected = base
        .gaps
        .first()
        .map_or(base.next_line, |gap| gap.lines.start);
    if let Some(line) = hole(&coverage, base.first_line.max(base.durable)..expected) {
        coverage.intact = false;
        let text = format!("lines from {line} on should be in segments, some of them are missing");
        note(&mut coverage.notes, Path::new("."), &text);
    }
    Ok(coverage)
}

/// The first of these lines that the segments don't have.
fn hole(coverage: &Coverage, lines: Range<u64>) -> Option<u64> {
    let sealed = coverage
        .segments
        .iter()
        .map(|segment| (segment.first, segment.end));
    let open = coverage.open.as_ref();
    let open = open.map(|(first, index)| (*first, index.end_line().unwrap_or(*first)));
    let mut reached = lines.start;
    for (first, end) in sealed.chain(open) {
        if first > reached {
            break;
        }
        reached = reached.max(end);
    }
    (reached < lines.end).then_some(reached)
}

fn cover_segment(
    coverage: &mut Coverage,
    first: u64,
    path: &Path,
    limit: Option<u64>,
    durable: u64,
) -> Result<(), HistoryError> {
    let failed = |e| HistoryError::io(path, "read", e);
    let file = match folder::open(path) {
        // Retention of another process, or a person, deleted it since it was listed.
        Err(HistoryError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Ok(());
        }
        other => other?,
    };
    let size = file.metadata().map_err(failed)?.len();
    let index = match limit {
        Some(limit) => Index::scan(&file, size.min(limit), durable).map_err(failed)?,
        None => known_index(&file, size, durable).map_err(failed)?,
    };
    if let Some(version) = index.newer {
        let known = crate::block::VERSION;
        return Err(HistoryError::Newer {
            path: path.to_path_buf(),
            version,
            known,
        });
    }
    let end = index.end_line().unwrap_or(first);
    let before = coverage.segments.last().map(|segment| segment.end);
    if before.is_some_and(|before| before < first) {
        let text = format!(
            "lines {} to {first} before it are missing",
            before.unwrap_or(0)
        );
        note(&mut coverage.notes, path, &text);
    }
    for range in &index.damaged {
        coverage.intact = false;
        let text = format!(
            "bytes {} to {} are damaged; the lines there are lost",
            range.start, range.end
        );
        note(&mut coverage.notes, path, &text);
    }
    if limit.is_some_and(|limit| size < limit && limit != u64::MAX) {
        coverage.intact = false;
        note(
            &mut coverage.notes,
            path,
            "the end of the segment is missing; the lines there are lost",
        );
    }
    if limit.is_some() {
        coverage.open = Some((first, index));
    } else {
        let (path, time) = (path.to_path_buf(), index.time);
        coverage.segments.push(Segment {
            first,
            end,
            path,
            size,
            time,
        });
    }
    Ok(())
}

/// The blocks of a segment that is complete; those with lines that needn't be durable are checked.
fn known_index(file: &File, size: u64, durable: u64) -> std::io::Result<Index> {
    match Index::sealed(file, size) {
        Some(index) if index.end_line().is_none_or(|end| end <= durable) => Ok(index),
        Some(index) => Index::scan(file, index.len, durable),
        None => Index::scan(file, size, 0),
    }
}

/// Without any base: the lines stay, as far as they can be read.
fn salvage(
    listing: &Listing,
    found: &[Found],
    notes: &mut Vec<Note>,
) -> Result<(Checkpoint, Coverage), HistoryError> {
    let mut coverage = Coverage::default();
    let newest = |numbers: &mut dyn Iterator<Item = u64>| numbers.max().unwrap_or(0);
    let logs = newest(&mut found.iter().map(|found| found.log.header.generation));
    let checkpoints = newest(
        &mut listing
            .checkpoints
            .iter()
            .map(|(generation, _)| *generation),
    );
    let mut base = Checkpoint {
        generation: logs.max(checkpoints).saturating_add(1),
        ..Checkpoint::default()
    };
    if let Some(((first, path), others)) = listing.segments.split_last() {
        for (first, path) in others {
            cover_segment(&mut coverage, *first, path, None, u64::MAX)?;
        }
        cover_segment(&mut coverage, *first, path, Some(u64::MAX), 0)?;
        let end = covered_end(&coverage.segments, coverage.open.as_ref()).unwrap_or(*first);
        base.next_line = end;
        base.first_line = listing.segments.first().map_or(end, |(first, _)| *first);
        base.segment = coverage
            .open
            .as_ref()
            .map(|(first, index)| (*first, index.len));
    }
    if !listing.segments.is_empty() || !listing.checkpoints.is_empty() || !found.is_empty() {
        let text = "no checkpoint can be used; the lines that were written stay, the state of the \
                    screen and what was read after them is lost";
        note(notes, Path::new("."), text);
    }
    Ok((base, coverage))
}

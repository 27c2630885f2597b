//! The raw log: everything read from the PTY since the last checkpoint, before anything is made of it.
//!
//! There are a few files, `raw-0.log`, `raw-1.log` …, used in turn: each holds one generation, which begins
//! with a checkpoint (generation 0 with the first byte). A file is used again, never deleted and made anew:
//! its room on the disk and its pages in memory are there already. Which generation a file holds is said by
//! its header; names mean nothing.

pub(crate) mod area;
pub(crate) mod buffered;
#[cfg(target_os = "linux")]
pub(crate) mod mapped;
pub(crate) mod record;

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mainstay_protocol::Size;
use mainstay_seams::failpoint;

use crate::error::HistoryError;
use crate::settings::Settings;
use crate::{failpoints, folder};
use area::Area;
use record::{HEAD, Kind, Log, LogHeader, START};

/// Room that is offered for one read.
const READ: usize = 64 * 1024;
/// Least room that is worth offering; more than a PTY gives at once on Linux.
const MIN_READ: usize = 8 * 1024;
/// Room kept for the record that says that logging stopped.
const RESERVE: usize = 1024;
/// First size of a file, and the smallest step it grows by.
const STEP: usize = 64 * 1024;
/// Room behind the size at which a checkpoint is wanted: what may be read until it comes.
const SLACK: usize = 1024 * 1024;

/// One file.
#[derive(Debug)]
struct Slot {
    number: u32,
    path: PathBuf,
    file: Arc<File>,
    area: Option<Area>,
    generation: Option<u64>,
}

/// What the last commit was.
#[derive(Debug, Clone)]
enum Last {
    Logged(Range<usize>),
    Spare(usize),
}

/// The raw log of a writer.
#[derive(Debug)]
pub(crate) struct RawLog {
    folder: PathBuf,
    slots: Vec<Slot>,
    current: usize,
    header: LogHeader,
    seed: u32,
    /// Where the next record goes.
    at: usize,
    /// Bytes of output logged in this generation.
    output: u64,
    last: Last,
    /// How much of the room offered last may be committed.
    offered: usize,
    /// Where output is read into that isn't logged.
    spare: Vec<u8>,
    off: Option<String>,
    wanted_at: usize,
    mapped: bool,
}

impl RawLog {
    /// Prepares the log of a folder. `found` are the files that are there, with the generations that still
    /// count.
    pub(crate) fn open(
        folder: &Path,
        settings: &Settings,
        found: Vec<(u32, Option<u64>)>,
    ) -> Result<Self, HistoryError> {
        let mut slots = Vec::new();
        for (number, generation) in found {
            let path = folder::raw_path(folder, number);
            let file = Arc::new(folder::open_or_create(&path)?);
            slots.push(Slot {
                number,
                path,
                file,
                area: None,
                generation,
            });
        }
        let wanted_at = usize::try_from(settings.raw_bytes)
            .unwrap_or(usize::MAX)
            .clamp(STEP, 1 << 30);
        Ok(Self {
            folder: folder.to_path_buf(),
            slots,
            current: usize::MAX,
            header: LogHeader {
                generation: 0,
                position: 0,
                linked: false,
                time: 0,
            },
            seed: 0,
            at: START,
            output: 0,
            last: Last::Spare(0),
            offered: 0,
            spare: Vec::new(),
            off: Some("it isn't open yet".to_owned()),
            wanted_at,
            mapped: settings.mapped_log,
        })
    }

    fn limit(&self) -> usize {
        self.wanted_at + SLACK
    }

    /// Goes on with the log that was found in this file.
    pub(crate) fn resume(&mut self, number: u32, log: &Log) -> Result<(), HistoryError> {
        let (limit, mapped) = (self.limit().max(log.end + STEP), self.mapped);
        let Some(place) = self.slots.iter().position(|slot| slot.number == number) else {
            return Ok(());
        };
        if let Some(slot) = self.slots.get_mut(place) {
            let mut area = Area::new(&slot.file, limit, mapped);
            area.grow(
                &slot.file,
                (log.end + HEAD).next_multiple_of(STEP).min(limit),
            )
            .and_then(|()| area.end_at(&slot.file, log.end))
            .map_err(|e| HistoryError::io(&slot.path, "written", e))?;
            slot.area = Some(area);
        }
        self.current = place;
        self.header = log.header;
        self.seed = log.seed;
        self.at = log.end;
        self.output = log.output;
        self.off.clone_from(&log.off);
        Ok(())
    }

    /// Makes an empty log in a file whose generation isn't `needed`; it counts from [`Self::switch`] on.
    pub(crate) fn prepare(
        &mut self,
        header: LogHeader,
        needed: &dyn Fn(u64) -> bool,
    ) -> Result<Prepared, HistoryError> {
        let free = |slot: &Slot| slot.generation.is_none_or(|generation| !needed(generation));
        let place = match self.slots.iter().position(free) {
            Some(place) => place,
            None => self.add_slot()?,
        };
        let (limit, mapped) = (self.limit(), self.mapped);
        let (bytes, seed) = header.encode();
        let Some(slot) = self.slots.get_mut(place) else {
            return Ok(Prepared {
                place,
                header,
                seed,
            });
        };
        slot.generation = None;
        let failed = |e| HistoryError::io(&slot.path, "written", e);
        if failpoint::fails(failpoints::RAW_GROW) {
            return Err(failed(io::ErrorKind::StorageFull.into()));
        }
        let area = slot
            .area
            .get_or_insert_with(|| Area::new(&slot.file, limit, mapped));
        let size = slot.file.metadata().map_or(0, |data| data.len());
        let size = usize::try_from(size).unwrap_or(0).clamp(STEP, limit);
        area.grow(&slot.file, size)
            .or_else(|_| area.grow(&slot.file, STEP))
            .and_then(|()| area.begin(&slot.file, &bytes))
            .map_err(failed)?;
        slot.generation = Some(header.generation);
        Ok(Prepared {
            place,
            header,
            seed,
        })
    }

    fn add_slot(&mut self) -> Result<usize, HistoryError> {
        let taken = |number: &u32| self.slots.iter().any(|slot| slot.number == *number);
        let number = (0..=u32::MAX)
            .find(|number| !taken(number))
            .unwrap_or_default();
        let path = folder::raw_path(&self.folder, number);
        let file = Arc::new(folder::open_or_create(&path)?);
        self.slots.push(Slot {
            number,
            path,
            file,
            area: None,
            generation: None,
        });
        Ok(self.slots.len() - 1)
    }

    /// There is no room for a log; the next generation may have one.
    pub(crate) fn stop(&mut self, generation: u64, position: u64, reason: String) {
        self.header = LogHeader {
            generation,
            position,
            linked: false,
            time: 0,
        };
        self.output = 0;
        self.off = Some(reason);
    }

    /// From now on output goes to the prepared log.
    pub(crate) fn switch(&mut self, prepared: &Prepared) {
        self.current = prepared.place;
        self.header = prepared.header;
        self.seed = prepared.seed;
        self.at = START;
        self.output = 0;
        self.off = None;
        // What was committed last is still read: it is where it was, in the log before.
        self.last = Last::Spare(0);
    }

    /// The prepared log isn't needed after all.
    pub(crate) fn abandon(&mut self, prepared: &Prepared) {
        if let Some(slot) = self.slots.get_mut(prepared.place) {
            slot.generation = None;
            if let Some(area) = &mut slot.area
                && area.begin(&slot.file, &[0; START]).is_err()
            {
                // It stays behind as an empty log that nothing refers to.
                slot.area = None;
            }
        }
    }

    /// Deletes the files whose generation isn't wanted, and those without one; never the current one.
    pub(crate) fn delete(&mut self, unwanted: &dyn Fn(u64) -> bool) -> Result<(), HistoryError> {
        let current = self.slots.get(self.current).map(|slot| slot.number);
        let doomed =
            |slot: &Slot| Some(slot.number) != current && slot.generation.is_none_or(unwanted);
        for slot in self.slots.iter().filter(|slot| doomed(slot)) {
            folder::delete(&slot.path)?;
            failpoint::hit(failpoints::PURGE_DELETED);
        }
        self.slots.retain(|slot| !doomed(slot));
        let found = self
            .slots
            .iter()
            .position(|slot| Some(slot.number) == current);
        self.current = found.unwrap_or(usize::MAX);
        Ok(())
    }

    /// Room for the next read.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        let room = if self.off.is_some() { 0 } else { self.room() };
        self.offered = room;
        if room == 0 {
            self.spare.resize(READ, 0);
            return &mut self.spare;
        }
        let (at, data) = (self.at, self.at + HEAD);
        let area = self
            .slots
            .get_mut(self.current)
            .and_then(|slot| slot.area.as_mut());
        let record = area
            .map(|area| area.record(at, data + room))
            .unwrap_or_default();
        record.get_mut(HEAD..HEAD + room).unwrap_or_default()
    }

    /// How much can be read into the log; 0 switches it off.
    fn room(&mut self) -> usize {
        let (at, limit) = (self.at, self.limit());
        let Some(slot) = self.slots.get_mut(self.current) else {
            return 0;
        };
        let Some(area) = slot.area.as_mut() else {
            return 0;
        };
        let rest = HEAD + HEAD + RESERVE;
        let mut grown = Ok(());
        if at + rest + READ > area.usable() && area.usable() < limit {
            let step = area.usable().clamp(STEP, 8 * 1024 * 1024);
            let len = (area.usable() + step).min(limit);
            grown = if failpoint::fails(failpoints::RAW_GROW) {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                area.grow(&slot.file, len)
            };
        }
        let room = area.usable().min(limit).saturating_sub(at + rest).min(READ);
        if room >= MIN_READ {
            return room & !7;
        }
        let reason = match grown {
            Ok(()) => "no checkpoint could be written in time".to_owned(),
            Err(e) => format!("the log can't grow: {e}"),
        };
        self.switch_off(&reason);
        0
    }

    /// Logs the first `n` bytes of the room that was offered last.
    pub(crate) fn commit(&mut self, n: usize) {
        if self.off.is_some() {
            self.last = Last::Spare(n.min(self.spare.len()));
            return;
        }
        let data = self.at + HEAD..self.at + HEAD + n.min(self.offered);
        self.offered = 0;
        failpoint::hit(failpoints::RAW_COMMIT);
        self.last = Last::Logged(data.clone());
        if !data.is_empty() && self.seal(Kind::Output, data.clone()) {
            self.output += data.len() as u64;
        }
        failpoint::hit(failpoints::RAW_COMMITTED);
    }

    /// Makes a record of data that is in its place; false (and off) if that failed.
    fn seal(&mut self, kind: Kind, data: Range<usize>) -> bool {
        let (at, seed) = (self.at, self.seed);
        let Some(slot) = self.slots.get_mut(self.current) else {
            return false;
        };
        let Some(area) = slot.area.as_mut() else {
            return false;
        };
        let head = record::head(seed, at, kind, area.bytes(data.clone()));
        match area.commit(&slot.file, at, data.end, head) {
            Ok(()) => {
                self.at = record::next(at, data.len());
                true
            }
            Err(e) => {
                self.off = Some(format!("writing failed: {e}"));
                false
            }
        }
    }

    /// Logs a change of size.
    pub(crate) fn resize(&mut self, size: Size) {
        let [a, b] = size.cols().to_le_bytes();
        let [c, d] = size.rows().to_le_bytes();
        self.offered = 0;
        if self.off.is_none() && self.room() > 0 {
            self.record(Kind::Resize, &[a, b, c, d]);
        }
        self.last = Last::Spare(0);
    }

    fn record(&mut self, kind: Kind, bytes: &[u8]) {
        let data = self.at + HEAD..self.at + HEAD + bytes.len();
        let (at, area) = (
            self.at,
            self.slots
                .get_mut(self.current)
                .and_then(|slot| slot.area.as_mut()),
        );
        let Some(area) = area.filter(|area| data.end + 2 * HEAD <= area.usable()) else {
            return;
        };
        let place = area
            .record(at, data.end)
            .get_mut(HEAD..)
            .unwrap_or_default();
        place
            .iter_mut()
            .zip(bytes)
            .for_each(|(place, byte)| *place = *byte);
        self.seal(kind, data);
    }

    /// From here to the next generation nothing is logged.
    fn switch_off(&mut self, reason: &str) {
        if self.off.is_none() {
            self.off = Some(reason.to_owned());
            let end = reason.floor_char_boundary(RESERVE / 2);
            self.record(Kind::Off, reason.get(..end).unwrap_or_default().as_bytes());
        }
    }

    /// Why nothing is logged.
    pub(crate) fn off(&self) -> Option<&str> {
        self.off.as_deref()
    }

    /// The bytes committed last.
    pub(crate) fn last(&self) -> &[u8] {
        match &self.last {
            Last::Spare(n) => self.spare.get(..*n).unwrap_or_default(),
            Last::Logged(range) => {
                let area = self
                    .slots
                    .get(self.current)
                    .and_then(|slot| slot.area.as_ref());
                area.map(|area| area.bytes(range.clone()))
                    .unwrap_or_default()
            }
        }
    }

    /// A checkpoint is due.
    pub(crate) fn is_full(&self) -> bool {
        self.at >= self.wanted_at
    }

    pub(crate) fn generation(&self) -> u64 {
        self.header.generation
    }

    /// The position after the last byte logged.
    pub(crate) fn position(&self) -> u64 {
        self.header.position + self.output
    }

    /// The files of all generations from this one on.
    pub(crate) fn files(&self, from: u64) -> Vec<(u64, Arc<File>)> {
        let known = self
            .slots
            .iter()
            .filter_map(|slot| Some((slot.generation?, &slot.file)));
        known
            .filter(|(log, _)| *log >= from)
            .map(|(log, file)| (log, Arc::clone(file)))
            .collect()
    }

    /// The current file.
    pub(crate) fn file(&self) -> Option<Arc<File>> {
        self.slots
            .get(self.current)
            .map(|slot| Arc::clone(&slot.file))
    }

    /// Gives memory back that isn't needed to go on: pages of a mapped log stay in the system's cache, but
    /// count as this process's as long as they are mapped.
    pub(crate) fn rest(&mut self) {
        self.spare = Vec::new();
        self.last = Last::Spare(0);
        self.offered = 0;
        let (limit, mapped) = (self.limit().max(self.at + STEP), self.mapped);
        for (place, slot) in self.slots.iter_mut().enumerate() {
            let Some(old) = slot.area.take() else {
                continue;
            };
            if place == self.current {
                let mut area = Area::new(&slot.file, limit, mapped);
                let grown = area.grow(&slot.file, old.usable().min(limit));
                slot.area = Some(if grown.is_ok() { area } else { old });
            }
        }
    }
}

/// An empty log that isn't in use yet.
#[derive(Debug)]
pub(crate) struct Prepared {
    place: usize,
    header: LogHeader,
    seed: u32,
}

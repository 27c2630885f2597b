//! Checkpoints: the state of the model, and how far everything else had come when it was taken.
//!
//! `checkpoint-<generation>`, written under a temporary name and renamed. Little-endian: magic `MsCp`,
//! version (2), flags (2; 1: there is a blob), then 8 bytes each: generation, position, next line, first line
//! that is kept, line up to which was purged, first line of the segment being written (all ones: none), length of that segment,
//! line up to which the segments were durable; the number of gaps that aren't in a segment yet (4), each with
//! first line (8), end (8), reason (1); the number of clear marks (4), each 8 bytes; length (8) and bytes of
//! the blob; CRC-32 of everything before (4).

use std::fs::File;
use std::io::Write;
use std::path::Path;

use mainstay_seams::failpoint;

use crate::bytes::Take;
use crate::error::HistoryError;
use crate::note::{Gap, GapReason};
use crate::{failpoints, folder};

const MAGIC: [u8; 4] = *b"MsCp";
const VERSION: u16 = 1;
const HAS_BLOB: u16 = 1;
const NO_SEGMENT: u64 = u64::MAX;
/// Largest file that is read: far above any model's state.
const MAX_FILE: u64 = 1 << 30;

/// What a checkpoint holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Checkpoint {
    pub(crate) generation: u64,
    /// Bytes of output that the blob's model had seen.
    pub(crate) position: u64,
    /// All lines before this were written (or are in `gaps`).
    pub(crate) next_line: u64,
    /// Segments with lines before this aren't kept any more.
    pub(crate) first_line: u64,
    /// Lines before this were purged.
    pub(crate) purged: u64,
    /// First line and length of the segment that was being written.
    pub(crate) segment: Option<(u64, u64)>,
    /// Lines before this were durable.
    pub(crate) durable: u64,
    /// Gaps that no segment has yet.
    pub(crate) gaps: Vec<Gap>,
    pub(crate) marks: Vec<u64>,
    pub(crate) blob: Option<Vec<u8>>,
}

impl Checkpoint {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let blob = self.blob.as_deref().unwrap_or_default();
        let mut out = Vec::with_capacity(blob.len() + self.marks.len() * 8 + 256);
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend((if self.blob.is_some() { HAS_BLOB } else { 0 }).to_le_bytes());
        let (segment, len) = self.segment.unwrap_or((NO_SEGMENT, 0));
        for number in [
            self.generation,
            self.position,
            self.next_line,
            self.first_line,
            self.purged,
            segment,
            len,
            self.durable,
        ] {
            out.extend(number.to_le_bytes());
        }
        out.extend(
            u32::try_from(self.gaps.len())
                .unwrap_or(u32::MAX)
                .to_le_bytes(),
        );
        for gap in &self.gaps {
            out.extend(gap.lines.start.to_le_bytes());
            out.extend(gap.lines.end.to_le_bytes());
            out.push(gap.reason.code());
        }
        out.extend(
            u32::try_from(self.marks.len())
                .unwrap_or(u32::MAX)
                .to_le_bytes(),
        );
        out.extend(self.marks.iter().flat_map(|mark| mark.to_le_bytes()));
        out.extend((blob.len() as u64).to_le_bytes());
        out.extend_from_slice(blob);
        out.extend(crc32fast::hash(&out).to_le_bytes());
        out
    }

    /// Nothing if it is damaged, the version if a newer program wrote it.
    fn decode(bytes: &[u8]) -> Option<Result<Self, u16>> {
        let (front, check) = bytes.split_last_chunk::<4>()?;
        let mut take = Take::new(front);
        if take.bytes(4)? != MAGIC || u32::from_le_bytes(*check) != crc32fast::hash(front) {
            return None;
        }
        let (version, flags) = (take.u16()?, take.u16()?);
        if version > VERSION {
            return Some(Err(version));
        }
        let mut checkpoint = Self {
            generation: take.u64()?,
            position: take.u64()?,
            next_line: take.u64()?,
            first_line: take.u64()?,
            purged: take.u64()?,
            ..Self::default()
        };
        let (segment, len) = (take.u64()?, take.u64()?);
        checkpoint.segment = (segment != NO_SEGMENT).then_some((segment, len));
        checkpoint.durable = take.u64()?;
        for _ in 0..take.u32()? {
            let lines = take.u64()?..take.u64()?;
            checkpoint.gaps.push(Gap {
                lines,
                reason: GapReason::from_code(take.u8()?),
            });
        }
        for _ in 0..take.u32()? {
            checkpoint.marks.push(take.u64()?);
        }
        let len = usize::try_from(take.u64()?).ok()?;
        let blob = take.bytes(len)?;
        checkpoint.blob = (flags & HAS_BLOB != 0).then(|| blob.to_vec());
        Some(Ok(checkpoint))
    }

    /// Reads a checkpoint; nothing if it is damaged.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, HistoryError> {
        match Self::decode(&folder::read(path, MAX_FILE)?) {
            None => Ok(None),
            Some(Ok(checkpoint)) => Ok(Some(checkpoint)),
            Some(Err(version)) => Err(HistoryError::Newer {
                path: path.to_path_buf(),
                version,
                known: VERSION,
            }),
        }
    }
}

/// Writes a checkpoint under its temporary name.
pub(crate) fn write(folder: &Path, checkpoint: &Checkpoint) -> Result<File, HistoryError> {
    let path = folder::temporary_path(folder, checkpoint.generation);
    let write = || {
        if failpoint::fails(failpoints::CHECKPOINT_WRITE) {
            return Err(HistoryError::io(
                &path,
                "written",
                std::io::ErrorKind::StorageFull.into(),
            ));
        }
        let mut file = folder::open_or_create(&path)?;
        file.set_len(0)
            .and_then(|()| file.write_all(&checkpoint.encode()))
            .map_err(|e| HistoryError::io(&path, "written", e))?;
        Ok(file)
    };
    write().inspect_err(|_| drop(folder::delete(&path)))
}

/// Makes a written checkpoint count.
pub(crate) fn publish(folder: &Path, generation: u64) -> Result<(), HistoryError> {
    let path = folder::checkpoint_path(folder, generation);
    std::fs::rename(folder::temporary_path(folder, generation), &path)
        .map_err(|e| HistoryError::io(&path, "put in place", e))
}

/// Makes a file and its name durable.
pub(crate) fn make_durable(folder: &Path, path: &Path) -> Result<(), HistoryError> {
    folder::open(path)?
        .sync_all()
        .map_err(|e| HistoryError::io(path, "made durable", e))?;
    folder::sync(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_and_any_change_is_noticed() {
        let checkpoint = Checkpoint {
            generation: 3,
            position: 1000,
            next_line: 77,
            first_line: 6,
            purged: 5,
            segment: Some((6, 4096)),
            durable: 70,
            gaps: vec![Gap {
                lines: 60..77,
                reason: GapReason::DiskFull,
            }],
            marks: vec![10, 20],
            blob: Some(b"state".to_vec()),
        };
        let bytes = checkpoint.encode();
        assert_eq!(
            Checkpoint::decode(&bytes),
            Some(Ok(checkpoint)),
            "what is written is read"
        );
        for at in 0..bytes.len() {
            let (before, _) = bytes.split_at(at);
            let mut damaged = bytes.clone();
            damaged
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte ^= 0x10);
            assert_eq!(
                Checkpoint::decode(&damaged),
                None,
                "byte {at} is under the check"
            );
            assert_eq!(
                Checkpoint::decode(before),
                None,
                "cut at {at} it is not whole"
            );
        }
    }
}

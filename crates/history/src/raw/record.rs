//! The raw log's format.
//!
//! A header of 64 bytes: magic `MsRw`, version (2), flags (2; 1: goes on where the generation before ended),
//! generation (8), position of the first byte of output (8), time (8), 28 zero, CRC-32 of all that (4). Then
//! records, each at a multiple of 8: length of its data (lowest 24 bits) and kind (highest 8 bits of 4 bytes),
//! CRC-32 (4), data. Eight zero bytes end the log.
//!
//! The check of a record covers the header's check, the record's offset, and kind, length and data: files
//! are used again and again, and what an earlier generation left behind must never pass for a record.

use mainstay_protocol::Size;

use crate::bytes::Take;

pub(crate) const MAGIC: [u8; 4] = *b"MsRw";
pub(crate) const VERSION: u16 = 1;
const LINKED: u16 = 1;
/// Bytes before the first record.
pub(crate) const START: usize = 64;
/// Bytes before a record's data.
pub(crate) const HEAD: usize = 8;

/// Outputs are joined up to this, so that a log of one-byte reads doesn't become a million records.
const JOINED: usize = 256 * 1024;

const OUTPUT: u8 = 1;
const RESIZE: u8 = 2;
const OFF: u8 = 3;

/// Something that alters the model, as it was logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawRecord {
    /// Output of the program. Adjacent reads are joined: how output was split doesn't matter to the model.
    Output(Vec<u8>),
    /// The terminal got another size.
    Resize(Size),
}

/// What can be logged.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Output,
    Resize,
    /// From here on nothing is logged; the data says why.
    Off,
}

/// What a log's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogHeader {
    pub(crate) generation: u64,
    pub(crate) position: u64,
    /// Everything that the model saw since the generation before is in that one's log.
    pub(crate) linked: bool,
    pub(crate) time: u64,
}

impl LogHeader {
    /// The bytes, and the seed of the records' checks.
    pub(crate) fn encode(&self) -> ([u8; START], u32) {
        let mut out = [0; START];
        let flags = if self.linked { LINKED } else { 0 };
        let fields: [&[u8]; 6] = [
            &MAGIC,
            &VERSION.to_le_bytes(),
            &flags.to_le_bytes(),
            &self.generation.to_le_bytes(),
            &self.position.to_le_bytes(),
            &self.time.to_le_bytes(),
        ];
        let (front, check) = out.split_at_mut(START - 4);
        for (place, byte) in front.iter_mut().zip(fields.into_iter().flatten()) {
            *place = *byte;
        }
        let crc = crc32fast::hash(front);
        check.copy_from_slice(&crc.to_le_bytes());
        (out, crc)
    }
}

/// The eight bytes before a record's data.
pub(crate) fn head(seed: u32, offset: usize, kind: Kind, data: &[u8]) -> [u8; HEAD] {
    let kind = match kind {
        Kind::Output => OUTPUT,
        Kind::Resize => RESIZE,
        Kind::Off => OFF,
    };
    // A read is at most 64 KiB.
    let len = u32::try_from(data.len()).unwrap_or(0) & 0x00ff_ffff;
    let word = u32::from(kind) << 24 | len;
    let crc = check(seed, offset, word, data);
    let mut head = [0; HEAD];
    let (front, back) = head.split_at_mut(4);
    front.copy_from_slice(&word.to_le_bytes());
    back.copy_from_slice(&crc.to_le_bytes());
    head
}

fn check(seed: u32, offset: usize, word: u32, data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(seed);
    hasher.update(&(offset as u64).to_le_bytes());
    hasher.update(&word.to_le_bytes());
    hasher.update(data);
    hasher.finalize()
}

/// Where the record after one with `len` bytes of data at `offset` begins.
pub(crate) fn next(offset: usize, len: usize) -> usize {
    (offset + HEAD + len).next_multiple_of(8)
}

/// A raw log that was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) header: LogHeader,
    /// Seed of the records' checks.
    pub(crate) seed: u32,
    pub(crate) records: Vec<RawRecord>,
    /// Bytes of output in them.
    pub(crate) output: u64,
    /// Where the next record would be.
    pub(crate) end: usize,
    /// The log ends as it was left, not in something unreadable.
    pub(crate) whole: bool,
    /// Why logging was switched off at its end.
    pub(crate) off: Option<String>,
}

impl Log {
    /// Reads a log; nothing if there is none, the version if a newer program wrote it.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Result<Self, u16>> {
        let (front, check) = bytes.get(..START)?.split_last_chunk::<4>()?;
        let seed = u32::from_le_bytes(*check);
        let mut take = Take::new(front);
        if take.bytes(4)? != MAGIC || seed != crc32fast::hash(front) {
            return None;
        }
        let (version, flags) = (take.u16()?, take.u16()?);
        if version > VERSION {
            return Some(Err(version));
        }
        let header = LogHeader {
            generation: take.u64()?,
            position: take.u64()?,
            linked: flags & LINKED != 0,
            time: take.u64()?,
        };
        let mut log = Self {
            header,
            seed,
            records: Vec::new(),
            output: 0,
            end: START,
            whole: false,
            off: None,
        };
        while log.record(bytes).is_some() {}
        log.whole = bytes.get(log.end..log.end + HEAD) == Some(&[0; HEAD][..]);
        Some(Ok(log))
    }

    /// Takes the next record; nothing at the end.
    fn record(&mut self, bytes: &[u8]) -> Option<()> {
        let mut take = Take::new(bytes.get(self.end..)?);
        let (word, crc) = (take.u32()?, take.u32()?);
        let kind = (word >> 24) as u8;
        let data = take.bytes((word & 0x00ff_ffff) as usize)?;
        if kind == 0 || check(self.seed, self.end, word, data) != crc {
            return None;
        }
        match kind {
            OUTPUT => {
                self.output += data.len() as u64;
                match self.records.last_mut() {
                    Some(RawRecord::Output(before)) if before.len() < JOINED => {
                        before.extend_from_slice(data);
                    }
                    _ => self.records.push(RawRecord::Output(data.to_vec())),
                }
            }
            RESIZE => {
                let mut take = Take::new(data);
                self.records
                    .push(RawRecord::Resize(Size::clamped(take.u16()?, take.u16()?)));
            }
            OFF => self.off = Some(String::from_utf8_lossy(data).into_owned()),
            _ => return None,
        }
        self.end = next(self.end, data.len());
        Some(())
    }
}

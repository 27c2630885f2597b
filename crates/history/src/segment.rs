//! Segments: files of some megabytes, each a sequence of blocks.
//!
//! `<first line, 20 digits>.seg`. A full segment is sealed: behind its last block comes an index, so that a
//! line is found by a few reads. A segment without one is scanned from block header to block header.
//!
//! The index is one entry of 32 bytes per block (first line, line after the last, offset: 8 bytes each;
//! length: 4; kind and reason of a gap: 1 each; 2 zero), then a footer of 36 bytes: magic `MsIx`, version (2),
//! zero (2), number of entries (4), CRC-32 of the entries (4), length of all blocks (8), time of the last
//! block (8), CRC-32 of the footer before this field (4).

use std::fs::File;
use std::io;
use std::ops::Range;

use crate::block::read::Block;
use crate::block::{HEADER, Header, MAGIC, MAX_BODY, NoHeader};
use crate::bytes::Take;
use crate::folder::read_at;
use crate::note::GapReason;

const INDEX_MAGIC: [u8; 4] = *b"MsIx";
const INDEX_VERSION: u16 = 1;
const ENTRY: usize = 32;
const FOOTER: usize = 36;
/// More blocks than any segment has: bounds what a reader allocates.
const MAX_ENTRIES: u64 = 1 << 20;
/// Piece in which a damaged stretch is searched for the next block.
const WINDOW: usize = 256 * 1024;

/// Where a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) first: u64,
    pub(crate) end: u64,
    pub(crate) offset: u64,
    pub(crate) len: u32,
    pub(crate) gap: Option<GapReason>,
}

/// All blocks of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Index {
    /// In the order of their lines.
    pub(crate) entries: Vec<Entry>,
    /// Bytes up to the end of the last block.
    pub(crate) len: u64,
    /// Time of the last block.
    pub(crate) time: u64,
    /// Bytes that are no blocks.
    pub(crate) damaged: Vec<Range<u64>>,
    /// Some block was written by a newer program in this version.
    pub(crate) newer: Option<u16>,
}

impl Index {
    /// The number after the last line.
    pub(crate) fn end_line(&self) -> Option<u64> {
        self.entries.last().map(|entry| entry.end)
    }

    /// Adds the next block.
    pub(crate) fn push(&mut self, header: &Header) {
        self.entries.push(Entry {
            first: header.first,
            end: header.end,
            offset: self.len,
            // At most HEADER + MAX_BODY.
            len: u32::try_from(header.len()).unwrap_or(u32::MAX),
            gap: header.gap,
        });
        self.len += header.len() as u64;
        self.time = header.time;
    }

    /// What is written behind the last block of a sealed segment.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.entries.len() * ENTRY + FOOTER);
        for entry in &self.entries {
            for number in [entry.first, entry.end, entry.offset] {
                out.extend(number.to_le_bytes());
            }
            out.extend(entry.len.to_le_bytes());
            let reason = entry.gap.map_or(0, GapReason::code);
            out.extend([u8::from(entry.gap.is_some()), reason, 0, 0]);
        }
        let crc = crc32fast::hash(&out);
        let count = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let start = out.len();
        out.extend(INDEX_MAGIC);
        out.extend(INDEX_VERSION.to_le_bytes());
        out.extend([0, 0]);
        out.extend(count.to_le_bytes());
        out.extend(crc.to_le_bytes());
        out.extend(self.len.to_le_bytes());
        out.extend(self.time.to_le_bytes());
        let crc = crc32fast::hash(out.get(start..).unwrap_or_default());
        out.extend(crc.to_le_bytes());
        out
    }

    /// Reads the index of a sealed segment of `size` bytes; nothing if there is none that is right.
    pub(crate) fn sealed(file: &File, size: u64) -> Option<Self> {
        let footer_at = size.checked_sub(FOOTER as u64)?;
        let mut footer = [0; FOOTER];
        read_at(file, &mut footer, footer_at).ok()?;
        let (front, check) = footer.split_at(FOOTER - 4);
        let mut take = Take::new(front);
        let right = take.bytes(4)? == INDEX_MAGIC
            && take.u16()? == INDEX_VERSION
            && Take::new(check).u32()? == crc32fast::hash(front);
        if !right {
            return None;
        }
        take.u16()?;
        let (count, crc) = (u64::from(take.u32()?), take.u32()?);
        let (len, time) = (take.u64()?, take.u64()?);
        if count > MAX_ENTRIES || len.checked_add(count * ENTRY as u64)? != footer_at {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(count).ok()? * ENTRY];
        read_at(file, &mut bytes, len).ok()?;
        if crc32fast::hash(&bytes) != crc {
            return None;
        }
        let mut index = Self {
            len,
            time,
            ..Self::default()
        };
        let mut take = Take::new(&bytes);
        while !take.is_empty() {
            let (first, end, offset) = (take.u64()?, take.u64()?, take.u64()?);
            let (len, kind, reason) = (take.u32()?, take.u8()?, take.u8()?);
            take.u16()?;
            let gap = (kind != 0).then(|| GapReason::from_code(reason));
            let entry = Entry {
                first,
                end,
                offset,
                len,
                gap,
            };
            let possible = first < end
                && first >= index.end_line().unwrap_or(0)
                && len as usize <= HEADER + MAX_BODY
                && offset.checked_add(u64::from(len))? <= index.len;
            if !possible {
                return None;
            }
            index.entries.push(entry);
        }
        Some(index)
    }

    /// Finds the blocks in the first `size` bytes of a segment. Of blocks with lines from `checked` on the
    /// text is checked too, of those before only the header.
    pub(crate) fn scan(file: &File, size: u64, checked: u64) -> io::Result<Self> {
        let mut index = Self::default();
        let mut at = 0;
        let mut header = [0; HEADER];
        while at + HEADER as u64 <= size {
            read_at(file, &mut header, at)?;
            match Header::parse(&header) {
                Ok(header) if at + header.len() as u64 <= size => {
                    let next = at + header.len() as u64;
                    let right = header.first >= index.end_line().unwrap_or(0)
                        && (header.end <= checked || body_is_right(file, at, &header)?);
                    if right {
                        index.len = at;
                        index.push(&header);
                    } else {
                        index.damaged.push(at..next);
                    }
                    at = next;
                }
                // The rest of it is missing: nothing can follow.
                Ok(_) => break,
                Err(no_header) => {
                    if let NoHeader::Newer(version) = no_header {
                        index.newer = Some(version);
                    }
                    let next = next_block(file, at + 1, size)?;
                    index.damaged.push(at..next.unwrap_or(size));
                    match next {
                        Some(next) => at = next,
                        None => return Ok(index),
                    }
                }
            }
        }
        if at < size {
            index.damaged.push(at..size);
        }
        Ok(index)
    }
}

fn body_is_right(file: &File, at: u64, header: &Header) -> io::Result<bool> {
    let mut bytes = vec![0; header.len()];
    read_at(file, &mut bytes, at)?;
    Ok(Block::check(&bytes).is_some())
}

/// Where the next header begins that is right.
fn next_block(file: &File, from: u64, size: u64) -> io::Result<Option<u64>> {
    let mut window = Vec::new();
    let mut at = from;
    while at + HEADER as u64 <= size {
        let len = (size - at).min(WINDOW as u64);
        window.resize(usize::try_from(len).unwrap_or(WINDOW), 0);
        read_at(file, &mut window, at)?;
        let found = memchr::memmem::find_iter(&window, &MAGIC)
            .find(|found| Header::parse(window.get(*found..).unwrap_or_default()).is_ok());
        if let Some(found) = found {
            return Ok(Some(at + found as u64));
        }
        if at + len == size {
            break;
        }
        // The windows overlap, so that no header is cut in two.
        at += len - (HEADER as u64 - 1);
    }
    Ok(None)
}

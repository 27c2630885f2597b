//! Blocks: the self-checking pieces that a segment is a sequence of.
//!
//! | offset | bytes | field |
//! | --- | --- | --- |
//! | 0 | 4 | magic `MsHb` |
//! | 4 | 2 | format version |
//! | 6 | 1 | kind: 0 lines, 1 gap |
//! | 7 | 1 | reason of a gap |
//! | 8 | 8 | number of the first line |
//! | 16 | 8 | number after the last line |
//! | 24 | 8 | when it was written, milliseconds since 1970 |
//! | 32 | 4 | length of the text |
//! | 36 | 4 | length of the styles |
//! | 40 | 4 | length of the list of cut lines |
//! | 44 | 4 | CRC-32 of everything after the header |
//! | 48 | 4 | zero |
//! | 52 | 4 | CRC-32 of the header before this field |
//! | 56 | | text: UTF-8, every line ended by one line feed, so that a search runs straight over it |
//! | | | styles, see [`style`] |
//! | | | cut lines: index in the block, as the difference to the one before (LEB128) |
//!
//! Numbers are little-endian. Magic, version and header check stay where they are in every later version,
//! so that a newer file is told from a damaged one. A text is never split over two blocks.

pub(crate) mod build;
pub(crate) mod read;
pub(crate) mod style;

use crate::bytes::Take;
use crate::note::GapReason;

/// First bytes of every block.
pub(crate) const MAGIC: [u8; 4] = *b"MsHb";
/// The version written, and the newest that is understood.
pub(crate) const VERSION: u16 = 1;
/// Bytes of a block's header.
pub(crate) const HEADER: usize = 56;
/// Text after which a block is full.
pub(crate) const FULL: usize = 64 * 1024;
/// Longest text of one line; what is longer is cut off (the model cuts far earlier).
pub(crate) const MAX_LINE: usize = 1024 * 1024;
/// Most bytes of styles that one line may add; runs beyond are left out. Reached only by output that gives
/// thousands of characters a link each.
pub(crate) const MAX_LINE_STYLES: usize = 1024 * 1024;
/// Most bytes of a block after its header: what a reader is willing to take into memory.
pub(crate) const MAX_BODY: usize = 4 * (FULL + MAX_LINE + MAX_LINE_STYLES);

/// What a block's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Nothing: lines; else the reason why there are none.
    pub(crate) gap: Option<GapReason>,
    pub(crate) first: u64,
    pub(crate) end: u64,
    pub(crate) time: u64,
    pub(crate) text: usize,
    pub(crate) styles: usize,
    pub(crate) cuts: usize,
    pub(crate) crc: u32,
}

/// Why bytes are no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoHeader {
    /// Something else, or damaged.
    Damaged,
    /// Written by a newer program in this version.
    Newer(u16),
}

impl Header {
    /// Reads a header from at least [`HEADER`] bytes.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, NoHeader> {
        Self::checked(bytes).unwrap_or(Err(NoHeader::Damaged))
    }

    fn checked(bytes: &[u8]) -> Option<Result<Self, NoHeader>> {
        let (header, crc) = bytes.get(..HEADER)?.split_at_checked(HEADER - 4)?;
        let mut take = Take::new(header);
        let right = take.bytes(4)? == MAGIC && Take::new(crc).u32()? == crc32fast::hash(header);
        if !right {
            return None;
        }
        let version = take.u16()?;
        if version > VERSION {
            return Some(Err(NoHeader::Newer(version)));
        }
        let (kind, reason) = (take.u8()?, take.u8()?);
        let gap = match kind {
            0 => None,
            1 => Some(GapReason::from_code(reason)),
            _ => return None,
        };
        let header = Self {
            gap,
            first: take.u64()?,
            end: take.u64()?,
            time: take.u64()?,
            text: take.u32()? as usize,
            styles: take.u32()? as usize,
            cuts: take.u32()? as usize,
            crc: take.u32()?,
        };
        // Every line has at least its line feed.
        let possible = header.first < header.end
            && header.body() <= MAX_BODY
            && (gap.is_some() || header.end - header.first <= header.text as u64);
        possible.then_some(Ok(header))
    }

    /// Bytes after the header.
    pub(crate) fn body(&self) -> usize {
        self.text
            .saturating_add(self.styles)
            .saturating_add(self.cuts)
    }

    /// Bytes of the whole block.
    pub(crate) fn len(&self) -> usize {
        HEADER.saturating_add(self.body())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "lengths are within MAX_BODY"
    )]
    pub(crate) fn encode(&self) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        let kind = [
            u8::from(self.gap.is_some()),
            self.gap.map_or(0, GapReason::code),
        ];
        let fields: [&[u8]; 10] = [
            &MAGIC,
            &VERSION.to_le_bytes(),
            &kind,
            &self.first.to_le_bytes(),
            &self.end.to_le_bytes(),
            &self.time.to_le_bytes(),
            &(self.text as u32).to_le_bytes(),
            &(self.styles as u32).to_le_bytes(),
            &(self.cuts as u32).to_le_bytes(),
            &self.crc.to_le_bytes(),
        ];
        let (front, check) = out.split_at_mut(HEADER - 4);
        for (place, byte) in front.iter_mut().zip(fields.into_iter().flatten()) {
            *place = *byte;
        }
        check.copy_from_slice(&crc32fast::hash(front).to_le_bytes());
        out
    }
}

/// The block that records a gap.
pub(crate) fn gap_block(
    lines: &std::ops::Range<u64>,
    reason: GapReason,
    time: u64,
) -> [u8; HEADER] {
    let header = Header {
        gap: Some(reason),
        first: lines.start,
        end: lines.end,
        time,
        text: 0,
        styles: 0,
        cuts: 0,
        crc: crc32fast::hash(&[]),
    };
    header.encode()
}

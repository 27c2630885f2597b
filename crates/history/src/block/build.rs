//! Gathers lines into a block.

use mainstay_protocol::Line;

use super::style::StyleEncoder;
use super::{FULL, HEADER, Header, MAX_LINE};
use crate::bytes::put_varint;

/// The block that lines are appended to, and that nobody has written yet.
#[derive(Debug)]
pub(crate) struct Builder {
    /// Room for the header, then the text.
    bytes: Vec<u8>,
    styles: StyleEncoder,
    cuts: Vec<u8>,
    last_cut: u32,
    first: u64,
    count: u32,
}

impl Builder {
    /// An empty block whose first line will be this.
    pub(crate) fn new(first: u64) -> Self {
        let mut builder = Self {
            bytes: Vec::new(),
            styles: StyleEncoder::default(),
            cuts: Vec::new(),
            last_cut: 0,
            first,
            count: 0,
        };
        builder.begin(first, Vec::new());
        builder
    }

    /// Begins another block in the given buffer.
    fn begin(&mut self, first: u64, mut buffer: Vec<u8>) {
        buffer.clear();
        buffer.resize(HEADER, 0);
        self.bytes = buffer;
        self.styles.clear();
        self.cuts.clear();
        self.last_cut = 0;
        self.first = first;
        self.count = 0;
    }

    /// Number of the first line.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// Number after the last line.
    pub(crate) fn end(&self) -> u64 {
        self.first + u64::from(self.count)
    }

    /// True before the first line.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// True when it is time to write the block.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.len() >= HEADER + FULL || self.styles.bytes.len() >= FULL
    }

    /// Adds a line.
    pub(crate) fn push(&mut self, line: &Line) {
        let text = if line.text.len() <= MAX_LINE {
            line.text.as_str()
        } else {
            line.text
                .get(..line.text.floor_char_boundary(MAX_LINE))
                .unwrap_or_default()
        };
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        // A line feed inside would shift the numbers of all lines after it.
        if let Some(added) = self.bytes.get_mut(start..)
            && memchr::memchr(b'\n', added).is_some()
        {
            added
                .iter_mut()
                .filter(|byte| **byte == b'\n')
                .for_each(|byte| *byte = b' ');
        }
        self.bytes.push(b'\n');
        if !line.runs.is_empty() {
            self.styles.push(self.count, &line.runs);
        }
        if line.cut {
            put_varint(&mut self.cuts, self.count - self.last_cut);
            self.last_cut = self.count;
        }
        self.count += 1;
    }

    /// Takes the finished block out and begins the next one in `buffer`.
    pub(crate) fn finish(&mut self, time: u64, buffer: Vec<u8>) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.bytes);
        self.complete(&mut bytes, time);
        self.begin(self.end(), buffer);
        bytes
    }

    /// The finished block as it would be now.
    pub(crate) fn copy(&self, time: u64) -> Vec<u8> {
        let rest = self.styles.bytes.len() + self.cuts.len();
        let mut bytes = Vec::with_capacity(self.bytes.len() + rest);
        bytes.extend_from_slice(&self.bytes);
        self.complete(&mut bytes, time);
        bytes
    }

    fn complete(&self, bytes: &mut Vec<u8>, time: u64) {
        let text = bytes.len() - HEADER;
        bytes.extend_from_slice(&self.styles.bytes);
        bytes.extend_from_slice(&self.cuts);
        let crc = crc32fast::hash(bytes.get(HEADER..).unwrap_or_default());
        let header = Header {
            gap: None,
            first: self.first,
            end: self.end(),
            time,
            text,
            styles: self.styles.bytes.len(),
            cuts: self.cuts.len(),
            crc,
        };
        if let Some(place) = bytes.first_chunk_mut() {
            *place = header.encode();
        }
    }

    /// Forgets the lines; the next one keeps its number.
    pub(crate) fn drop_lines(&mut self) {
        let buffer = std::mem::take(&mut self.bytes);
        self.begin(self.end(), buffer);
    }

    /// Begins at another line; only an empty block can.
    pub(crate) fn skip_to(&mut self, first: u64) {
        debug_assert!(
            self.is_empty(),
            "lines of the open block would change their numbers"
        );
        self.first = first;
    }

    /// Gives memory back.
    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.styles.bytes.shrink_to_fit();
        self.cuts.shrink_to_fit();
    }
}

//! One cell of a screen, in 8 bytes.

use std::sync::Arc;

use crate::intern::Interner;
use crate::style::StyleId;

/// A character, half of a wide one, or nothing, and how it looks.
///
/// Nothing (*null*) is what cells hold before anything is written and after they are erased: it is shown like
/// a space but is no part of a line's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    content: u32,
    pub(crate) style: StyleId,
}

const PAYLOAD: u32 = (1 << 24) - 1;
/// The payload is a number in the table of clusters.
const CLUSTER: u32 = 1 << 24;
/// The left half of a wide character.
const WIDE: u32 = 1 << 25;
/// The right half of a wide character.
const SPACER: u32 = 1 << 26;

impl Cell {
    /// Nothing, on a background.
    pub(crate) const fn null(style: StyleId) -> Self {
        Self { content: 0, style }
    }

    pub(crate) const fn ascii(byte: u8, style: StyleId) -> Self {
        Self {
            content: byte as u32,
            style,
        }
    }

    pub(crate) const fn char(c: char, is_wide: bool, style: StyleId) -> Self {
        let wide = if is_wide { WIDE } else { 0 };
        Self {
            content: c as u32 | wide,
            style,
        }
    }

    pub(crate) const fn spacer(style: StyleId) -> Self {
        Self {
            content: SPACER,
            style,
        }
    }

    /// The same cell with a cluster in place of its character.
    pub(crate) const fn with_cluster(self, cluster: u32, is_wide: bool) -> Self {
        let wide = if is_wide { WIDE } else { 0 };
        Self {
            content: cluster & PAYLOAD | CLUSTER | wide,
            style: self.style,
        }
    }

    pub(crate) const fn is_null(self) -> bool {
        self.content == 0
    }

    pub(crate) const fn is_wide(self) -> bool {
        self.content & WIDE != 0
    }

    pub(crate) const fn is_spacer(self) -> bool {
        self.content & SPACER != 0
    }

    /// The number of its cluster, if it holds one.
    pub(crate) const fn cluster(self) -> Option<u32> {
        if self.content & CLUSTER == 0 {
            None
        } else {
            Some(self.content & PAYLOAD)
        }
    }

    /// Its character, if it holds a single one.
    pub(crate) const fn single(self) -> Option<char> {
        if self.content & (CLUSTER | SPACER) != 0 || self.content == 0 {
            return None;
        }
        char::from_u32(self.content & PAYLOAD)
    }

    /// For a cell that is null or ASCII: the byte, a space for null.
    pub(crate) const fn byte(self) -> u8 {
        let [byte, ..] = self.content.to_le_bytes();
        if byte == 0 { b' ' } else { byte }
    }
}

/// The texts of cells that hold more than one code point.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clusters(pub(crate) Interner<Arc<str>>);

impl Clusters {
    pub(crate) fn id(&mut self, text: &str) -> u32 {
        let known = self.0.find(text);
        known.unwrap_or_else(|| self.0.insert(text.into()))
    }

    /// Appends what a cell shows; nothing for null and for right halves.
    pub(crate) fn push_text(&self, cell: Cell, out: &mut String) {
        if let Some(c) = cell.single() {
            out.push(c);
        } else if let Some(text) = self.text(cell) {
            out.push_str(text);
        }
    }

    /// The text of a cell that holds a cluster.
    pub(crate) fn text(&self, cell: Cell) -> Option<&str> {
        self.0.get(cell.cluster()?).map(|text| &**text)
    }

    /// Bytes of what a cell adds to a line's text when text follows it.
    pub(crate) fn text_len(&self, cell: Cell) -> usize {
        if cell.is_null() {
            1
        } else if let Some(c) = cell.single() {
            c.len_utf8()
        } else {
            self.text(cell).map_or(0, str::len)
        }
    }
}

//! One cell of a screen, in 8 bytes.

use std::sync::Arc;

use crate::intern::{Interner, Marks};
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
        // Clusters and right halves are beyond the last character.
        match char::from_u32(self.content & !WIDE) {
            None | Some('\0') => None,
            single => single,
        }
    }

    /// For a cell that is null or ASCII: the byte, a space for null.
    pub(crate) const fn byte(self) -> u8 {
        let [byte, ..] = self.content.to_le_bytes();
        if byte == 0 { b' ' } else { byte }
    }
}

/// Clusters that were made last, by what they were made of; a power of two.
const RECENT: usize = 256;

/// A cluster and the two that it was made of: what a cell held, and a character that joined it.
#[derive(Debug, Clone, Copy, Default)]
struct Recent {
    held: u32,
    joined: u32,
    cluster: u32,
}

/// The texts of cells that hold more than one code point.
#[derive(Debug, Clone)]
pub(crate) struct Clusters {
    table: Interner<Arc<str>>,
    /// Each where its hash says; what was there before is forgotten.
    recent: Vec<Recent>,
}

impl Default for Clusters {
    fn default() -> Self {
        Self {
            table: Interner::default(),
            recent: vec![Recent::default(); RECENT],
        }
    }
}

impl Clusters {
    /// The number of a text; it need not be new.
    fn id(&mut self, text: &str) -> u32 {
        let known = self.table.find(text);
        known.unwrap_or_else(|| self.table.number(text.into()))
    }

    /// What a cell and a character make together, if that was made a short while ago.
    #[inline]
    pub(crate) fn recent(&self, cell: Cell, c: char) -> Option<u32> {
        let (held, joined) = (cell.content & !WIDE, u32::from(c));
        let found = self.recent.get(slot(held, joined))?;
        (found.held == held && found.joined == joined).then_some(found.cluster)
    }

    /// The number of the text that a cell and a character make together.
    pub(crate) fn extended(&mut self, cell: Cell, c: char, text: &str) -> u32 {
        let cluster = self.id(text);
        let (held, joined) = (cell.content & !WIDE, u32::from(c));
        if let Some(recent) = self.recent.get_mut(slot(held, joined)) {
            *recent = Recent {
                held,
                joined,
                cluster,
            };
        }
        cluster
    }

    /// A new text would be one too many, unless what is not used any more is dropped.
    pub(crate) fn has_no_room(&self, text: &str) -> bool {
        self.table.is_full() && self.table.find(text).is_none()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// Empty marks, large enough for all of them.
    pub(crate) fn marks(&self) -> Marks {
        self.table.marks()
    }

    /// Drops what is not marked.
    pub(crate) fn retain(&mut self, live: &Marks) {
        self.table.retain(live);
        self.recent.fill(Recent::default());
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
        self.table.get(cell.cluster()?).map(|text| &**text)
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

/// Where a cluster is remembered: the upper bits of a product depend on all bits of its factors.
fn slot(held: u32, joined: u32) -> usize {
    let mixed = (held ^ joined.rotate_left(16)).wrapping_mul(0x9E37_79B1);
    (mixed >> (u32::BITS - RECENT.ilog2())) as usize
}

//! The whole model as bytes, and back.
//!
//! A checkpoint is made of what terminals understand anyway: the snapshot, the bytes of the sequence that is
//! under way, and the rows of the tail as output that scrolled by. So another version of the model can read
//! it, whatever its cells look like inside. What cannot be said in output is in a header of JSON.

use mainstay_protocol::size::Size;
use mainstay_protocol::state::Screen;
use serde::{Deserialize, Serialize};

use crate::terminal::notify::Notes;

/// First bytes of a stored checkpoint.
const MAGIC: &[u8; 4] = b"MSTC";
/// Raised when an older program could not read it.
const VERSION: u32 = 1;

/// The whole state of a [`crate::Terminal`]; [`Checkpoint::to_bytes`] makes it storable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    pub(crate) header: Header,
    /// The rows of the tail as output.
    pub(crate) tail: Vec<u8>,
    pub(crate) snapshot: Vec<u8>,
    pub(crate) pending: Vec<u8>,
}

/// What output cannot say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) size: Size,
    pub(crate) position: u64,
    pub(crate) committed: u64,
    /// Rows in the tail, and which of them begin a line because the one before was too long.
    pub(crate) tail_rows: usize,
    pub(crate) cuts: Vec<usize>,
    /// How the first row of the main screen goes on from the tail.
    pub(crate) top_wrapped: bool,
    pub(crate) top_cut: bool,
    pub(crate) screen_cuts: Vec<usize>,
    pub(crate) kept_cursor: (usize, usize),
    pub(crate) screen: Screen,
    pub(crate) titles: Vec<String>,
    pub(crate) notes: Notes,
}

/// Why bytes are no checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The bytes do not have the form of a checkpoint, or say contradictory things.
    #[error("the checkpoint is damaged ({0}): use an older one")]
    Damaged(&'static str),
    /// Written by a version that this one does not understand.
    #[error(
        "the checkpoint has version {found}, this program knows up to {known}: use a newer program"
    )]
    Version {
        /// The version it has.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
}

impl Checkpoint {
    /// Size of the terminal.
    #[must_use]
    pub fn size(&self) -> Size {
        self.header.size
    }

    /// Bytes that had been fed.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.header.position
    }

    /// Number of the first line that had not been committed.
    #[must_use]
    pub fn committed(&self) -> u64 {
        self.header.committed
    }

    /// The checkpoint in the form it is stored in: magic, version, lengths of the header and of the three
    /// parts (32 bits, little endian), then these themselves.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = serde_json::to_vec(&self.header).unwrap_or_default();
        let parts = [&header, &self.tail, &self.snapshot, &self.pending];
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&VERSION.to_le_bytes());
        for part in parts {
            out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
        }
        for part in parts {
            out.extend_from_slice(part);
        }
        out
    }

    /// Reads what [`Checkpoint::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`RestoreError`] when the bytes are damaged or newer than this program.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RestoreError> {
        let rest = bytes
            .strip_prefix(MAGIC)
            .ok_or(RestoreError::Damaged("it begins with other bytes"))?;
        let (version, mut rest) = number(rest)?;
        if version > VERSION {
            return Err(RestoreError::Version {
                found: version,
                known: VERSION,
            });
        }
        let mut lengths = [0; 4];
        for length in &mut lengths {
            (*length, rest) = number(rest)?;
        }
        let mut parts = [&[][..]; 4];
        for (part, length) in parts.iter_mut().zip(lengths) {
            (*part, rest) = rest
                .split_at_checked(length as usize)
                .ok_or(RestoreError::Damaged("its end is missing"))?;
        }
        if !rest.is_empty() {
            return Err(RestoreError::Damaged("something follows it"));
        }
        let [header, tail, snapshot, pending] = parts;
        let header = serde_json::from_slice(header)
            .map_err(|_| RestoreError::Damaged("its header is unreadable"))?;
        Ok(Self {
            header,
            tail: tail.to_vec(),
            snapshot: snapshot.to_vec(),
            pending: pending.to_vec(),
        })
    }
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), RestoreError> {
    let (number, rest) = bytes
        .split_first_chunk()
        .ok_or(RestoreError::Damaged("its end is missing"))?;
    Ok((u32::from_le_bytes(*number), rest))
}

//! What a history can't tell, and why: gaps in its lines, and notes about damage.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// Lines that were there once and can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The lines that are missing.
    pub lines: Range<u64>,
    /// Why.
    pub reason: GapReason,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "lines {} to {}: {}",
            self.lines.start, self.lines.end, self.reason
        )
    }
}

/// Why lines are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapReason {
    /// Free disk space was below the floor of the settings.
    LowDisk,
    /// The disk was full, or a quota used up.
    DiskFull,
    /// Writing failed for another reason.
    WriteFailed,
    /// What was written can't be read any more.
    Damaged,
    /// They were purged on request.
    Purged,
}

impl GapReason {
    /// The number that stands for it in files.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Damaged => 0,
            Self::LowDisk => 1,
            Self::DiskFull => 2,
            Self::WriteFailed => 3,
            Self::Purged => 4,
        }
    }

    /// The reason of a number; one that isn't known is at least a reason.
    pub(crate) fn from_code(code: u8) -> Self {
        match code {
            1 => Self::LowDisk,
            2 => Self::DiskFull,
            3 => Self::WriteFailed,
            4 => Self::Purged,
            _ => Self::Damaged,
        }
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LowDisk => "not kept, too little disk space was free",
            Self::DiskFull => "not kept, the disk was full",
            Self::WriteFailed => "not kept, writing failed",
            Self::Damaged => "damaged on disk",
            Self::Purged => "purged",
        })
    }
}

/// Something that was found wrong with a history on disk, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The file in question.
    pub path: PathBuf,
    /// What was wrong and what was done, in words.
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.text)
    }
}

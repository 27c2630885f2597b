//! What a session's history may cost.

use std::sync::Arc;
use std::time::Duration;

use crate::disk::{Disk, SystemDisk};

/// How a writer works; the default is what a session has when nobody says otherwise.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How much is kept.
    pub retention: Retention,
    /// Bytes of output after which a checkpoint is wanted. More means longer recovery (the model reads
    /// some 100 MB/s), less means more checkpoints.
    pub raw_bytes: u64,
    /// Bytes of a segment, after which the next one is begun; retention deletes whole segments.
    pub segment_bytes: u64,
    /// Read output straight into a memory-mapped log where that is safe (Linux, on a file system that
    /// overwrites in place); else, and everywhere else, the log is written piece by piece.
    pub mapped_log: bool,
    /// Where free space is asked for.
    pub disk: Arc<dyn Disk>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            retention: Retention::default(),
            raw_bytes: 8 * 1024 * 1024,
            segment_bytes: 8 * 1024 * 1024,
            mapped_log: true,
            disk: Arc::new(SystemDisk),
        }
    }
}

/// How much history is kept. Applied at every checkpoint, to all segments but the one being written: in between
/// there may be some 10 MB more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Most bytes of all segments together; nothing is no limit. Raw log and checkpoints (at most some
    /// 50 MB) come on top.
    pub max_bytes: Option<u64>,
    /// Segments whose last line is older than this are deleted; nothing is no limit.
    pub max_age: Option<Duration>,
    /// Free disk space that is left alone.
    pub min_free: Floor,
}

/// Free disk space below which no lines are written: the smaller of the two, so that a small disk may be
/// used and a large one isn't given up with many gigabytes free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    /// Share of the whole disk, 0 to 100.
    pub percent: u8,
    /// Bytes.
    pub bytes: u64,
}

impl Floor {
    /// No floor: lines are written until the disk is full.
    pub const NONE: Self = Self {
        percent: 0,
        bytes: 0,
    };

    /// Bytes that are left alone on a disk of `total` bytes.
    #[must_use]
    pub fn of(self, total: u64) -> u64 {
        self.bytes
            .min(total / 100 * u64::from(self.percent.min(100)))
    }
}

impl Default for Floor {
    fn default() -> Self {
        Self {
            percent: 5,
            bytes: 2_000_000_000,
        }
    }
}

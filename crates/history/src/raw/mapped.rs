//! A raw log that is a piece of memory: what is read from the PTY lands in the system's page cache at once.
//!
//! The one place of this crate with `unsafe`. A mapped file has two dangers. Touching a page that has no
//! place on the disk, or lies behind the file's end, kills the process (`SIGBUS`): so only what `fallocate`
//! reserved is ever touched, only file systems that overwrite in place are used (one that copies on write
//! needs new room for every overwrite), and everywhere else [`super::buffered`] does the same by writing. And
//! another process may change the file: nobody but the owner can, and the lock keeps out our own programs;
//! bytes are bytes whatever they are, and everything read back is checked.
#![expect(unsafe_code, reason = "a memory-mapped file can't be had without")]

use std::fs::File;
use std::io;
use std::ops::Range;

use memmap2::{MmapOptions, MmapRaw};
use rustix::fs::{FallocateFlags, fallocate, fstatfs};

/// `f_type` of the file systems that overwrite in place (`linux/magic.h`): ext2 to ext4, XFS, tmpfs.
const IN_PLACE: [i64; 3] = [0xEF53, 0x5846_5342, 0x0102_1994];

/// A file mapped for reading and writing, of which the front part has its place on the disk.
#[derive(Debug)]
pub(crate) struct Mapped {
    map: MmapRaw,
    usable: usize,
}

impl Mapped {
    /// Maps `limit` bytes of a file, none of them usable yet; nothing where that isn't safe.
    pub(crate) fn new(file: &File, limit: usize) -> Option<Self> {
        let kind = fstatfs(file).ok()?.f_type;
        if !IN_PLACE
            .iter()
            .any(|known| i128::from(*known) == i128::from(kind))
        {
            return None;
        }
        let map = MmapOptions::new().len(limit).map_raw(file).ok()?;
        Some(Self { map, usable: 0 })
    }

    /// Makes the first `len` bytes usable.
    pub(crate) fn grow(&mut self, file: &File, len: usize) -> io::Result<()> {
        if len > self.map.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if len > self.usable {
            fallocate(file, FallocateFlags::empty(), 0, len as u64)?;
            self.usable = len;
        }
        Ok(())
    }

    /// Bytes that can be used.
    pub(crate) fn usable(&self) -> usize {
        self.usable
    }

    /// These bytes; empty if they aren't usable.
    pub(crate) fn bytes(&self, range: Range<usize>) -> &[u8] {
        if range.start > range.end || range.end > self.usable {
            return &[];
        }
        // SAFETY: the range is within the mapping (`usable` ≤ its length, both checked above and in `grow`),
        // which lives as long as `self`; its pages exist in the file (`grow`); every byte is initialised,
        // as file contents are; nobody writes while the borrow lasts: this process only through
        // `bytes_mut`, which needs `&mut self`, and no other process opens the file for writing (the
        // folder's lock).
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().add(range.start), range.len()) }
    }

    /// These bytes, to be changed; empty if they aren't usable.
    pub(crate) fn bytes_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        if range.start > range.end || range.end > self.usable {
            return &mut [];
        }
        // SAFETY: as in `bytes`; the mapping is writable (`map_raw` maps for reading and writing) and
        // `&mut self` makes this the only reference into it.
        unsafe {
            std::slice::from_raw_parts_mut(self.map.as_mut_ptr().add(range.start), range.len())
        }
    }
}

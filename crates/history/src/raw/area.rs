//! The bytes of a raw log, mapped or written.

use std::fs::File;
use std::io;
use std::ops::Range;

use super::buffered::Buffered;
#[cfg(target_os = "linux")]
use super::mapped::Mapped;
use super::record::{HEAD, START};

/// Where records are put together and kept.
#[derive(Debug)]
pub(crate) enum Area {
    /// Memory that is the file.
    #[cfg(target_os = "linux")]
    Mapped(Mapped),
    /// Memory that is written to the file.
    Buffered(Buffered),
}

impl Area {
    /// The best one for this file, which will have at most `limit` bytes.
    pub(crate) fn new(file: &File, limit: usize, mapped: bool) -> Self {
        #[cfg(target_os = "linux")]
        if mapped && let Some(mapped) = Mapped::new(file, limit) {
            return Self::Mapped(mapped);
        }
        let _unused = (file, limit, mapped);
        Self::Buffered(Buffered::default())
    }

    /// Reserves the first `len` bytes on the disk, where that can be done.
    pub(crate) fn grow(&mut self, file: &File, len: usize) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Mapped(mapped) => mapped.grow(file, len),
            Self::Buffered(_) => {
                let _unused = (file, len);
                Ok(())
            }
        }
    }

    /// Bytes that can be used without growing.
    pub(crate) fn usable(&self) -> usize {
        match self {
            #[cfg(target_os = "linux")]
            Self::Mapped(mapped) => mapped.usable(),
            Self::Buffered(_) => usize::MAX,
        }
    }

    /// The bytes of the record at `offset` whose data ends at `end`, to be filled in: its head, its data,
    /// and the head of the next record.
    pub(crate) fn record(&mut self, offset: usize, end: usize) -> &mut [u8] {
        let range = offset..end.next_multiple_of(8) + HEAD;
        match self {
            #[cfg(target_os = "linux")]
            Self::Mapped(mapped) => mapped.bytes_mut(range),
            Self::Buffered(buffered) => buffered.window(&range),
        }
    }

    /// Bytes of the record filled in last.
    pub(crate) fn bytes(&self, range: Range<usize>) -> &[u8] {
        match self {
            #[cfg(target_os = "linux")]
            Self::Mapped(mapped) => mapped.bytes(range),
            Self::Buffered(buffered) => buffered.bytes(&range),
        }
    }

    /// Makes the record valid that was filled in at `offset`: its head is `head`, its data ends at `end`.
    pub(crate) fn commit(
        &mut self,
        file: &File,
        offset: usize,
        end: usize,
        head: [u8; HEAD],
    ) -> io::Result<()> {
        let next = end.next_multiple_of(8);
        match self {
            #[cfg(target_os = "linux")]
            Self::Mapped(mapped) => {
                mapped.bytes_mut(next..next + HEAD).fill(0);
                // The end of the log comes first, then what moves it. The process may be killed between
                // the two, but sees its own stores in order; the fence holds back the compiler.
                std::sync::atomic::compiler_fence(std::sync::atomic::Ordering::SeqCst);
                if let Some(place) = mapped.bytes_mut(offset..offset + HEAD).first_chunk_mut() {
                    *place = head;
                }
                let _unused = file;
                Ok(())
            }
            Self::Buffered(buffered) => {
                let window = buffered.window(&(offset..next + HEAD));
                if let Some(place) = window.first_chunk_mut() {
                    *place = head;
                }
                if let Some(place) = window.last_chunk_mut::<HEAD>() {
                    place.fill(0);
                }
                buffered.write(file, &(offset..next + HEAD))
            }
        }
    }

    /// Begins an empty log: the end of the log, then the header.
    pub(crate) fn begin(&mut self, file: &File, header: &[u8; START]) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Mapped(mapped) => {
                mapped.bytes_mut(START..START + HEAD).fill(0);
                std::sync::atomic::compiler_fence(std::sync::atomic::Ordering::SeqCst);
                if let Some(place) = mapped.bytes_mut(0..START).first_chunk_mut() {
                    *place = *header;
                }
                let _unused = file;
                Ok(())
            }
            Self::Buffered(buffered) => {
                let window = buffered.window(&(0..START + HEAD));
                window.fill(0);
                if let Some(place) = window.first_chunk_mut() {
                    *place = *header;
                }
                buffered.write(file, &(0..START + HEAD))
            }
        }
    }

    /// Ends the log at `offset`, whatever was there.
    pub(crate) fn end_at(&mut self, file: &File, offset: usize) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Mapped(mapped) => {
                mapped.bytes_mut(offset..offset + HEAD).fill(0);
                let _unused = file;
                Ok(())
            }
            Self::Buffered(buffered) => {
                buffered.window(&(offset..offset + HEAD)).fill(0);
                buffered.write(file, &(offset..offset + HEAD))
            }
        }
    }
}

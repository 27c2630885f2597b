//! A raw log that is written piece by piece: for file systems and operating systems where
//! a mapped file isn't safe.

use std::fs::File;
use std::io;
use std::ops::Range;

use crate::folder::write_at;

/// A window of the file that is in memory: the record being read, and the one committed last.
#[derive(Debug, Default)]
pub(crate) struct Buffered {
    window: Vec<u8>,
    start: usize,
}

impl Buffered {
    fn local(&self, range: &Range<usize>) -> Option<Range<usize>> {
        Some(range.start.checked_sub(self.start)?..range.end.checked_sub(self.start)?)
    }

    /// These bytes, if they are within the window.
    pub(crate) fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.local(range)
            .and_then(|range| self.window.get(range))
            .unwrap_or_default()
    }

    /// Moves the window so that it has these bytes.
    pub(crate) fn window(&mut self, range: &Range<usize>) -> &mut [u8] {
        self.start = range.start;
        if self.window.len() < range.len() {
            self.window.resize(range.len(), 0);
        }
        self.window.get_mut(..range.len()).unwrap_or_default()
    }

    /// Writes these bytes of the window to the file.
    pub(crate) fn write(&self, file: &File, range: &Range<usize>) -> io::Result<()> {
        write_at(file, self.bytes(range), range.start as u64)
    }
}

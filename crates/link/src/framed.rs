//! Frames out of a byte stream.

use std::io::{self, Read};

use mainstay_protocol::frame::Frames;

use crate::error::LinkError;

/// Bytes asked of the system at once.
const CHUNK: usize = 16 * 1024;

/// Reads whole frames, blocking. Holds at most one frame and what came with it.
pub struct FrameReader<R> {
    from: R,
    frames: Frames,
    chunk: Vec<u8>,
}

impl<R> std::fmt::Debug for FrameReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrameReader")
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

impl<R: Read> FrameReader<R> {
    /// Reads frames from here.
    pub fn new(from: R) -> Self {
        Self {
            from,
            frames: Frames::default(),
            chunk: Vec::new(),
        }
    }

    /// The stream that is read.
    pub fn get_ref(&self) -> &R {
        &self.from
    }

    /// Whether more was read than [`Self::next`] has given out: at least the beginning of a frame whose rest is on
    /// its way.
    pub fn has_more(&self) -> bool {
        !self.frames.is_empty()
    }

    /// Waits for the next frame and gives its kind and payload to `f`.
    ///
    /// # Errors
    /// [`LinkError::Closed`] at the stream's end, [`LinkError::Frame`] for what is no frame, [`LinkError::Io`] else.
    pub fn next<T>(
        &mut self,
        f: impl FnOnce(u8, &[u8]) -> Result<T, LinkError>,
    ) -> Result<T, LinkError> {
        loop {
            if let Some((kind, payload)) = self.frames.next_frame()? {
                return f(kind, payload);
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), LinkError> {
        // Allocated at the first use and kept: an idle connection costs what it once needed.
        self.chunk.resize(CHUNK, 0);
        loop {
            match self.from.read(&mut self.chunk) {
                Ok(0) => return Err(LinkError::Closed),
                Ok(n) => {
                    self.frames.push(self.chunk.get(..n).unwrap_or_default());
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

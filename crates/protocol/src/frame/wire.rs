//! Frames as bytes: `u32` length of what follows, `u8` kind, payload. Numbers are little-endian.
//!
//! A payload is JSON where a frame is rare and its fields will change, and binary where it is frequent. A
//! receiver ignores kinds and JSON fields that it does not know.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longest frame: kind and payload, in bytes.
pub const MAX_FRAME: usize = 1024 * 1024;

const HEADER: usize = 4;

/// Why bytes are not a frame, or a frame can't be sent.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Longer than [`MAX_FRAME`], or empty.
    #[error(
        "a frame of {0} bytes; allowed are 1 to {MAX_FRAME}: the other side is not Mainstay or is damaged"
    )]
    Length(usize),
    /// The payload is not what its kind says.
    #[error("a frame of kind {kind:#04x} that can't be read: {reason}")]
    Payload {
        /// The frame's kind.
        kind: u8,
        /// What is wrong with it.
        reason: String,
    },
}

impl FrameError {
    pub(crate) fn payload(kind: u8, reason: impl std::fmt::Display) -> Self {
        Self::Payload {
            kind,
            reason: reason.to_string(),
        }
    }
}

/// Appends a frame with a binary payload, given in pieces.
///
/// # Errors
/// [`FrameError::Length`] if the frame would be too long; nothing is appended then.
pub fn put(out: &mut Vec<u8>, kind: u8, pieces: &[&[u8]]) -> Result<(), FrameError> {
    let length = 1 + pieces.iter().map(|piece| piece.len()).sum::<usize>();
    let prefix = u32::try_from(length).ok().filter(|_| length <= MAX_FRAME);
    let prefix = prefix.ok_or(FrameError::Length(length))?;
    out.reserve(HEADER + length);
    out.extend_from_slice(&prefix.to_le_bytes());
    out.push(kind);
    for piece in pieces {
        out.extend_from_slice(piece);
    }
    Ok(())
}

/// Appends a frame with a JSON payload.
///
/// # Errors
/// [`FrameError::Length`] if the frame would be too long.
pub fn put_json(out: &mut Vec<u8>, kind: u8, value: &impl Serialize) -> Result<(), FrameError> {
    let json = serde_json::to_vec(value).map_err(|error| FrameError::payload(kind, error))?;
    put(out, kind, &[&json])
}

pub(crate) fn json<T: DeserializeOwned>(kind: u8, payload: &[u8]) -> Result<T, FrameError> {
    serde_json::from_slice(payload).map_err(|error| FrameError::payload(kind, error))
}

/// Splits a number from the front of a payload.
pub(crate) fn number<const N: usize>(
    kind: u8,
    payload: &[u8],
) -> Result<([u8; N], &[u8]), FrameError> {
    payload
        .split_first_chunk::<N>()
        .map(|(number, rest)| (*number, rest))
        .ok_or_else(|| FrameError::payload(kind, "it is cut off"))
}

/// Cuts a stream of bytes into frames. Holds at most one frame and what was read with it.
#[derive(Debug, Default)]
pub struct Frames {
    bytes: Vec<u8>,
    start: usize,
}

impl Frames {
    /// Takes bytes as they came.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame: its kind and payload.
    ///
    /// # Errors
    /// [`FrameError::Length`] if what stands there can't be a frame; the connection is of no more use then.
    pub fn next_frame(&mut self) -> Result<Option<(u8, &[u8])>, FrameError> {
        let Some(pending) = self.bytes.get(self.start..) else {
            return Ok(None);
        };
        let Some((prefix, rest)) = pending.split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_le_bytes(*prefix)).unwrap_or(usize::MAX);
        if length == 0 || length > MAX_FRAME {
            return Err(FrameError::Length(length));
        }
        let Some((frame, _)) = rest.split_at_checked(length) else {
            return Ok(None);
        };
        self.start += HEADER + length;
        Ok(frame.split_first().map(|(&kind, payload)| (kind, payload)))
    }

    /// Whether the stream stands between two frames.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.len() == self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_split_of_the_bytes_gives_the_same_frames() {
        let mut stream = Vec::new();
        put(&mut stream, 1, &[b"ab", b"", b"c"]).expect("short");
        put(&mut stream, 2, &[]).expect("short");
        for step in 1..=stream.len() {
            let mut frames = Frames::default();
            let mut found = Vec::new();
            for piece in stream.chunks(step) {
                frames.push(piece);
                while let Some((kind, payload)) = frames.next_frame().expect("sound frames") {
                    found.push((kind, payload.to_vec()));
                }
            }
            assert_eq!(
                found,
                [(1, b"abc".to_vec()), (2, vec![])],
                "in steps of {step}"
            );
            assert!(frames.is_empty(), "nothing is left over in steps of {step}");
        }
    }

    #[test]
    fn a_length_out_of_bounds_is_an_error() {
        for length in [0u32, u32::try_from(MAX_FRAME).expect("fits") + 1, u32::MAX] {
            let mut frames = Frames::default();
            frames.push(&length.to_le_bytes());
            assert!(
                matches!(frames.next_frame(), Err(FrameError::Length(_))),
                "{length}"
            );
        }
        let huge = vec![0; MAX_FRAME];
        let mut out = Vec::new();
        assert!(put(&mut out, 1, &[&huge]).is_err(), "one byte too many");
        assert!(out.is_empty(), "and nothing was written");
    }
}

//! What a host says to its peers.

use serde::{Deserialize, Serialize};

use super::request::Reply;
use super::wire::{self, FrameError};
use crate::id::{RunId, SessionId};
use crate::journal;
use crate::outcome::Outcome;
use crate::size::Size;
use crate::state::{RunState, Screen};

/// Kinds of the frames that come from the host.
pub mod kind {
    /// [`super::FromHost::Welcome`].
    pub const WELCOME: u8 = 0x81;
    /// [`super::FromHost::Refused`].
    pub const REFUSED: u8 = 0x82;
    /// [`super::FromHost::Snapshot`].
    pub const SNAPSHOT: u8 = 0x83;
    /// [`super::FromHost::Output`].
    pub const OUTPUT: u8 = 0x84;
    /// [`super::FromHost::Screen`].
    pub const SCREEN: u8 = 0x85;
    /// [`super::FromHost::Note`].
    pub const NOTE: u8 = 0x86;
    /// [`super::FromHost::Reply`].
    pub const REPLY: u8 = 0x87;
    /// [`super::FromHost::Journal`].
    pub const JOURNAL: u8 = 0x88;
    /// [`super::FromHost::Ended`].
    pub const ENDED: u8 = 0x89;
    /// [`super::FromHost::Pong`].
    pub const PONG: u8 = 0x8a;
    /// [`super::FromHost::State`].
    pub const STATE: u8 = 0x8b;
}

/// A frame from the host.
#[derive(Debug, Clone, PartialEq)]
pub enum FromHost {
    /// The peer may go on.
    Welcome(Box<Welcome>),
    /// It may not; the connection ends.
    Refused(Refusal),
    /// View: a piece of a snapshot. The viewer resets its terminal at the first piece and has the session's
    /// screen after the last.
    Snapshot(Snapshot),
    /// View: output that follows. The position is that of the first byte.
    Output(u64, Vec<u8>),
    /// View: what the screen says of itself changed.
    Screen(Screen),
    /// View: something to do with the moment, not with the screen's content.
    Note(Note),
    /// History and requests: an answer or a piece of it.
    Reply(Box<Reply>),
    /// Journal: entries, in order, without gaps.
    Journal(Vec<journal::Entry>),
    /// The run ended; nothing more comes of the view.
    Ended(Outcome),
    /// Answers a ping.
    Pong(u64),
    /// To a peer that follows: what is true of the run now.
    State(Box<RunState>),
    /// A kind that this version does not know; to be ignored.
    Unknown(u8),
}

/// What a peer learns first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The session.
    pub session: SessionId,
    /// The run.
    pub run: RunId,
    /// Version of the host program.
    pub version: String,
    /// Process id of the host.
    pub host_pid: u32,
    /// Number of the newest journal entry.
    pub journal: u64,
    /// What is true right now.
    pub state: RunState,
}

/// Why a peer may not go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For programs.
    pub code: super::request::ErrorCode,
    /// For people: what was wrong and what to do.
    pub message: String,
}

/// A piece of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The position of the view stream that follows this snapshot.
    pub position: u64,
    /// Size of the terminal.
    pub size: Size,
    /// Number of the line at the top of the screen: the history before it continues the screen upwards.
    pub top_line: u64,
    /// This is the first piece.
    pub first: bool,
    /// This is the last piece.
    pub last: bool,
    /// Bytes for a terminal of that size.
    pub bytes: Vec<u8>,
}

const FIRST: u8 = 1;
const LAST: u8 = 2;

/// Something to do with the moment, not with the screen's content. Never sent again on replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// The bell rang.
    Bell,
    /// The program set a clipboard (`OSC 52`); at most 1 MiB, controls other than line breaks and tabs removed.
    Clipboard {
        /// Which clipboard: `c`, `p`, …
        selection: String,
        /// The text.
        text: String,
    },
    /// Another viewer decides the size now, or this one does.
    Control {
        /// The terminal follows this viewer's wish.
        mine: bool,
        /// Size of the terminal.
        size: Size,
    },
    /// Something this version does not know.
    #[serde(other)]
    Unknown,
}

/// Appends an output frame without taking the bytes: the frame that is sent most.
///
/// # Errors
/// [`FrameError::Length`] if it would be too long.
pub fn put_output(out: &mut Vec<u8>, position: u64, bytes: &[u8]) -> Result<(), FrameError> {
    wire::put(out, kind::OUTPUT, &[&position.to_le_bytes(), bytes])
}

impl FromHost {
    /// Appends the frame to `out`.
    ///
    /// # Errors
    /// [`FrameError::Length`] if it would be too long.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), FrameError> {
        match self {
            Self::Welcome(welcome) => wire::put_json(out, kind::WELCOME, welcome),
            Self::Refused(refusal) => wire::put_json(out, kind::REFUSED, refusal),
            Self::Snapshot(snapshot) => snapshot.encode(out),
            Self::Output(position, bytes) => put_output(out, *position, bytes),
            Self::Screen(screen) => wire::put_json(out, kind::SCREEN, screen),
            Self::Note(note) => wire::put_json(out, kind::NOTE, note),
            Self::Reply(reply) => wire::put_json(out, kind::REPLY, reply),
            Self::Journal(entries) => wire::put_json(out, kind::JOURNAL, entries),
            Self::Ended(outcome) => wire::put_json(out, kind::ENDED, outcome),
            Self::Pong(number) => wire::put(out, kind::PONG, &[&number.to_le_bytes()]),
            Self::State(state) => wire::put_json(out, kind::STATE, state),
            Self::Unknown(kind) => wire::put(out, *kind, &[]),
        }
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// [`FrameError::Payload`] if the payload is not what its kind says.
    pub fn decode(found: u8, payload: &[u8]) -> Result<Self, FrameError> {
        Ok(match found {
            kind::WELCOME => Self::Welcome(wire::json(found, payload)?),
            kind::REFUSED => Self::Refused(wire::json(found, payload)?),
            kind::SNAPSHOT => Self::Snapshot(Snapshot::decode(payload)?),
            kind::OUTPUT => {
                let (position, bytes) = wire::number(found, payload)?;
                Self::Output(u64::from_le_bytes(position), bytes.to_vec())
            }
            kind::SCREEN => Self::Screen(wire::json(found, payload)?),
            kind::NOTE => Self::Note(wire::json(found, payload)?),
            kind::REPLY => Self::Reply(wire::json(found, payload)?),
            kind::JOURNAL => Self::Journal(wire::json(found, payload)?),
            kind::ENDED => Self::Ended(wire::json(found, payload)?),
            kind::PONG => Self::Pong(u64::from_le_bytes(wire::number(found, payload)?.0)),
            kind::STATE => Self::State(Box::new(wire::json(found, payload)?)),
            _ => Self::Unknown(found),
        })
    }
}

impl Snapshot {
    /// Most bytes in one piece.
    pub const MAX_PIECE: usize = 512 * 1024;

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), FrameError> {
        let flags = if self.first { FIRST } else { 0 } | if self.last { LAST } else { 0 };
        let position = self.position.to_le_bytes();
        let cols = self.size.cols().to_le_bytes();
        let rows = self.size.rows().to_le_bytes();
        let top = self.top_line.to_le_bytes();
        wire::put(
            out,
            kind::SNAPSHOT,
            &[&position, &cols, &rows, &top, &[flags], &self.bytes],
        )
    }

    fn decode(payload: &[u8]) -> Result<Self, FrameError> {
        let (position, rest) = wire::number(kind::SNAPSHOT, payload)?;
        let (cols, rest) = wire::number(kind::SNAPSHOT, rest)?;
        let (rows, rest) = wire::number(kind::SNAPSHOT, rest)?;
        let (top_line, rest) = wire::number(kind::SNAPSHOT, rest)?;
        let ([flags], bytes) = wire::number(kind::SNAPSHOT, rest)?;
        Ok(Self {
            position: u64::from_le_bytes(position),
            size: Size::clamped(u16::from_le_bytes(cols), u16::from_le_bytes(rows)),
            top_line: u64::from_le_bytes(top_line),
            first: flags & FIRST != 0,
            last: flags & LAST != 0,
            bytes: bytes.to_vec(),
        })
    }
}

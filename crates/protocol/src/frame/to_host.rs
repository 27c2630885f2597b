//! What a peer says to a host.

use serde::{Deserialize, Serialize};

use super::request::Request;
use super::wire::{self, FrameError};
use crate::size::Size;

/// Kinds of the frames that go to the host.
pub mod kind {
    /// [`super::ToHost::Hello`].
    pub const HELLO: u8 = 0x01;
    /// [`super::ToHost::OpenView`].
    pub const OPEN_VIEW: u8 = 0x02;
    /// [`super::ToHost::AckView`].
    pub const ACK_VIEW: u8 = 0x03;
    /// [`super::ToHost::CloseView`].
    pub const CLOSE_VIEW: u8 = 0x04;
    /// [`super::ToHost::Input`].
    pub const INPUT: u8 = 0x05;
    /// [`super::ToHost::Wish`].
    pub const WISH: u8 = 0x06;
    /// [`super::ToHost::Focus`].
    pub const FOCUS: u8 = 0x07;
    /// [`super::ToHost::Request`].
    pub const REQUEST: u8 = 0x08;
    /// [`super::ToHost::Cancel`].
    pub const CANCEL: u8 = 0x09;
    /// [`super::ToHost::OpenJournal`].
    pub const OPEN_JOURNAL: u8 = 0x0a;
    /// [`super::ToHost::AckJournal`].
    pub const ACK_JOURNAL: u8 = 0x0b;
    /// [`super::ToHost::Ping`].
    pub const PING: u8 = 0x0c;
    /// [`super::ToHost::Follow`].
    pub const FOLLOW: u8 = 0x0d;
}

/// A frame to the host.
#[derive(Debug, Clone, PartialEq)]
pub enum ToHost {
    /// Who is there. The first frame.
    Hello(Hello),
    /// From now on this connection is a viewer.
    OpenView(OpenView),
    /// The viewer has shown everything up to this position of the view stream.
    AckView(u64),
    /// The connection is no viewer any more.
    CloseView,
    /// Bytes to be typed, in order, after everything that was sent before.
    Input(Vec<u8>),
    /// The size this viewer would like the terminal to have.
    Wish(Size),
    /// The viewer gained or lost the person's focus.
    Focus(bool),
    /// Asks for something; answered by `Reply` frames with the same id.
    Request(Request),
    /// Stops answering a request.
    Cancel(u32),
    /// From now on send the journal's entries after this one.
    OpenJournal(u64),
    /// The entries up to this one are safely stored: the host need not keep them.
    AckJournal(u64),
    /// Answered by `Pong` with the same number.
    Ping(u64),
    /// From now on send `State` whenever what is true of the run changed, at most once in so many milliseconds.
    Follow(u32),
    /// A kind that this version does not know; to be ignored.
    Unknown(u8),
}

/// Who is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The host's own token gives everything; the session's token only what a program inside the session may do.
    pub token: String,
    /// Name and version of the peer, for logs.
    #[serde(default)]
    pub client: String,
}

/// How a viewer wants to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenView {
    /// The size it would like the terminal to have; nothing leaves the size to others.
    #[serde(default)]
    pub size: Option<Size>,
    /// It has the person's focus now.
    #[serde(default)]
    pub focused: bool,
    /// Most bytes of output that may be on their way unacknowledged. Clamped to 4 KiB … 4 MiB.
    #[serde(default = "OpenView::default_window")]
    pub window: u32,
}

impl OpenView {
    fn default_window() -> u32 {
        256 * 1024
    }
}

impl Default for OpenView {
    fn default() -> Self {
        Self {
            size: None,
            focused: false,
            window: Self::default_window(),
        }
    }
}

impl ToHost {
    /// Appends the frame to `out`.
    ///
    /// # Errors
    /// [`FrameError::Length`] if it would be too long.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), FrameError> {
        match self {
            Self::Hello(hello) => wire::put_json(out, kind::HELLO, hello),
            Self::OpenView(view) => wire::put_json(out, kind::OPEN_VIEW, view),
            Self::AckView(position) => wire::put(out, kind::ACK_VIEW, &[&position.to_le_bytes()]),
            Self::CloseView => wire::put(out, kind::CLOSE_VIEW, &[]),
            Self::Input(bytes) => wire::put(out, kind::INPUT, &[bytes]),
            Self::Wish(size) => wire::put_json(out, kind::WISH, size),
            Self::Focus(focused) => wire::put(out, kind::FOCUS, &[&[u8::from(*focused)]]),
            Self::Request(request) => wire::put_json(out, kind::REQUEST, request),
            Self::Cancel(id) => wire::put(out, kind::CANCEL, &[&id.to_le_bytes()]),
            Self::OpenJournal(after) => wire::put(out, kind::OPEN_JOURNAL, &[&after.to_le_bytes()]),
            Self::AckJournal(seq) => wire::put(out, kind::ACK_JOURNAL, &[&seq.to_le_bytes()]),
            Self::Ping(number) => wire::put(out, kind::PING, &[&number.to_le_bytes()]),
            Self::Follow(every_ms) => wire::put(out, kind::FOLLOW, &[&every_ms.to_le_bytes()]),
            Self::Unknown(kind) => wire::put(out, *kind, &[]),
        }
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// [`FrameError::Payload`] if the payload is not what its kind says.
    pub fn decode(found: u8, payload: &[u8]) -> Result<Self, FrameError> {
        let u64_at_front = || wire::number(found, payload).map(|(n, _)| u64::from_le_bytes(n));
        Ok(match found {
            kind::HELLO => Self::Hello(wire::json(found, payload)?),
            kind::OPEN_VIEW => Self::OpenView(wire::json(found, payload)?),
            kind::ACK_VIEW => Self::AckView(u64_at_front()?),
            kind::CLOSE_VIEW => Self::CloseView,
            kind::INPUT => Self::Input(payload.to_vec()),
            kind::WISH => Self::Wish(wire::json(found, payload)?),
            kind::FOCUS => Self::Focus(wire::number::<1>(found, payload)?.0 != [0]),
            kind::REQUEST => Self::Request(wire::json(found, payload)?),
            kind::CANCEL => Self::Cancel(u32::from_le_bytes(wire::number(found, payload)?.0)),
            kind::OPEN_JOURNAL => Self::OpenJournal(u64_at_front()?),
            kind::ACK_JOURNAL => Self::AckJournal(u64_at_front()?),
            kind::PING => Self::Ping(u64_at_front()?),
            kind::FOLLOW => Self::Follow(u32::from_le_bytes(wire::number(found, payload)?.0)),
            _ => Self::Unknown(found),
        })
    }
}

//! What of the session is written to the outer terminal.
//!
//! Two ways of showing it, chosen anew at every snapshot:
//!
//! * **through**: the outer terminal has the session's size. It gets the view stream as it is and keeps the
//!   state itself.
//! * **clipped**: the sizes differ, because another viewer decides the size or the outer terminal is out of
//!   bounds. A model of the session's size gets the view stream, and as much of it as fits is drawn.
//!
//! Nothing here does I/O: frames go in, bytes for the outer terminal come out.

mod clipped;
mod note;

use mainstay_protocol::Size;
use mainstay_protocol::frame::Snapshot;
use mainstay_protocol::state::Screen;
use mainstay_protocol::text::cleaned;

use super::outer::{Extent, modes};
use clipped::Clipped;
pub(crate) use note::clipboard;

/// Longest title that is passed on, in characters; the limit of [`Screen::title`].
const TITLE: usize = 256;

/// Shows one session in an outer terminal.
#[derive(Debug)]
pub(crate) struct Display {
    extent: Extent,
    read_only: bool,
    /// The session's size follows this viewer.
    mine: bool,
    way: Way,
    /// The title the outer terminal has of us; nothing means its own.
    title: Option<String>,
}

#[derive(Debug)]
enum Way {
    /// Until a snapshot begins nothing that comes can be shown.
    Waiting,
    Through(Size),
    Clipped(Box<Clipped>),
}

impl Display {
    pub(crate) fn new(extent: Extent, read_only: bool) -> Self {
        Self {
            extent,
            read_only,
            mine: false,
            way: Way::Waiting,
            title: None,
        }
    }

    /// The outer terminal was taken over anew and knows nothing of what was written before.
    pub(crate) fn forget_outer(&mut self) {
        self.title = None;
        self.way = Way::Waiting;
    }

    /// A fresh snapshot was asked for: what comes until then belongs to the past.
    pub(crate) fn await_snapshot(&mut self) {
        self.way = Way::Waiting;
    }

    /// A piece of a snapshot.
    pub(crate) fn snapshot(&mut self, piece: &Snapshot, out: &mut Vec<u8>) {
        if piece.first {
            self.choose(piece.size, out);
        }
        match &mut self.way {
            Way::Waiting => {}
            Way::Through(_) => out.extend_from_slice(&piece.bytes),
            Way::Clipped(clipped) => clipped.feed(&piece.bytes),
        }
    }

    fn choose(&mut self, size: Size, out: &mut Vec<u8>) {
        if (self.extent.cols, self.extent.rows) == (size.cols(), size.rows()) {
            self.way = Way::Through(size);
            return;
        }
        if !matches!(self.way, Way::Clipped(_)) {
            out.extend_from_slice(modes(self.extent).as_bytes());
        }
        out.extend_from_slice(b"\x1b[H\x1b[2J");
        self.way = Way::Clipped(Box::new(Clipped::new(size)));
    }

    /// Output that follows what was shown so far.
    pub(crate) fn output(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match &mut self.way {
            Way::Waiting => {}
            Way::Through(_) => out.extend_from_slice(bytes),
            Way::Clipped(clipped) => clipped.feed(bytes),
        }
    }

    /// What the screen says of itself: the title goes to the outer terminal when it changes.
    pub(crate) fn screen(&mut self, screen: &Screen, out: &mut Vec<u8>) {
        let title = cleaned(&screen.title, TITLE);
        let known = self.title.as_deref().unwrap_or_default();
        if known != title {
            out.extend_from_slice(b"\x1b]2;");
            out.extend_from_slice(title.as_bytes());
            out.extend_from_slice(b"\x1b\\");
            self.title = Some(title);
        }
    }

    /// Another viewer decides the size now, or this one does.
    pub(crate) fn control(&mut self, mine: bool) {
        self.mine = mine;
        if let Way::Clipped(clipped) = &mut self.way {
            clipped.touch();
        }
    }

    /// Whether this viewer decides the size.
    pub(crate) fn is_mine(&self) -> bool {
        self.mine
    }

    /// The outer terminal may have another size now.
    pub(crate) fn resized(&mut self, extent: Extent, out: &mut Vec<u8>) {
        if extent == self.extent {
            return;
        }
        self.extent = extent;
        if let Way::Clipped(clipped) = &mut self.way {
            out.extend_from_slice(b"\x1b[0m\x1b[H\x1b[2J");
            clipped.forget_drawn();
        }
    }

    /// Whether only a fresh snapshot shows the session as it should be: the outer terminal has another size now and
    /// the session won't follow, or it has just the session's size and needs no clipping any more.
    pub(crate) fn needs_snapshot(&self) -> bool {
        let outer = (self.extent.cols, self.extent.rows);
        match &self.way {
            Way::Waiting => false,
            Way::Through(size) => {
                let follows = self.mine && Size::clamped(outer.0, outer.1) != *size;
                outer != (size.cols(), size.rows()) && !follows
            }
            Way::Clipped(clipped) => outer == (clipped.size().cols(), clipped.size().rows()),
        }
    }

    /// Draws what is not on the outer terminal yet; to be called when nothing more is there to be taken.
    pub(crate) fn settle(&mut self, out: &mut Vec<u8>) {
        if let Way::Clipped(clipped) = &mut self.way {
            let note = note::size_note(clipped.size(), self.mine, self.read_only);
            clipped.draw(self.extent, &note, out);
        }
    }
}

#[cfg(test)]
mod tests;

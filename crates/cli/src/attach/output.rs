//! The output thread: from the host to the outer terminal, acknowledged once it is written.

use std::sync::mpsc::SyncSender;

use mainstay_link::{LinkError, Receiver};
use mainstay_protocol::frame::{FromHost, Note};
use mainstay_protocol::state::RunState;
use mainstay_seams::failpoint;

use super::acks::Acks;
use super::display::{Display, clipboard};
use super::outer::{Extent, Hold};
use super::{Ending, View, end_with};
use crate::failpoints::PANIC;

/// Bytes written at once when more is there already.
const BATCH: usize = 64 * 1024;

/// Acknowledged at the latest after this many bytes: an eighth of the window, so that the host never waits for it.
const ACK_AFTER: u64 = View::WINDOW as u64 / 8;

pub(super) fn start(
    hold: Hold,
    mut receiver: Receiver,
    view: View,
    (extent, state): (Extent, &RunState),
    end: SyncSender<Ending>,
) -> std::io::Result<()> {
    let display = Display::new(extent, view.read_only);
    let mut output = Output {
        hold,
        acks: Acks::start(view.sender.clone())?,
        view,
        display,
        out: Vec::new(),
        shown: 0,
        acked: 0,
        ack_now: false,
    };
    let state = state.screen.clone();
    let work = move || {
        let ending = output
            .run(&mut receiver, state)
            .unwrap_or_else(|gone| gone.into());
        end_with(&end, ending);
    };
    std::thread::Builder::new()
        .name("output".into())
        .spawn(work)
        .map(drop)
}

/// Why there is nothing more to show.
enum Gone {
    Host(LinkError),
    Terminal,
}

impl From<LinkError> for Gone {
    fn from(error: LinkError) -> Self {
        Self::Host(error)
    }
}

impl From<std::io::Error> for Gone {
    fn from(_: std::io::Error) -> Self {
        Self::Terminal
    }
}

impl From<Gone> for Ending {
    fn from(gone: Gone) -> Self {
        match gone {
            Gone::Terminal => Self::TerminalGone,
            Gone::Host(LinkError::Closed) => Self::Lost,
            Gone::Host(error) => Self::Broken(error.to_string()),
        }
    }
}

struct Output {
    hold: Hold,
    view: View,
    acks: Acks,
    display: Display,
    /// On its way to the outer terminal.
    out: Vec<u8>,
    /// Position of the view stream up to which everything is in `out` or shown.
    shown: u64,
    /// The same, as the host was told.
    acked: u64,
    /// A snapshot is complete: the host waits to hear that before it sends another.
    ack_now: bool,
}

impl Output {
    fn run(
        &mut self,
        receiver: &mut Receiver,
        mut screen: mainstay_protocol::state::Screen,
    ) -> Result<Ending, Gone> {
        loop {
            let frame = receiver.recv()?;
            match frame {
                FromHost::Snapshot(piece) => {
                    if piece.first {
                        self.begin(&screen)?;
                    }
                    self.display.snapshot(&piece, &mut self.out);
                    if piece.last {
                        self.shown = piece.position;
                        self.ack_now = true;
                    }
                }
                FromHost::Output(position, bytes) => {
                    self.display.output(&bytes, &mut self.out);
                    self.shown = position + bytes.len() as u64;
                }
                FromHost::Screen(new) => {
                    self.display.screen(&new, &mut self.out);
                    screen = new;
                }
                FromHost::Note(note) => self.note(&note)?,
                FromHost::Pong(_) => self.resized()?,
                FromHost::Ended(outcome) => {
                    self.flush()?;
                    return Ok(Ending::Ended(outcome));
                }
                FromHost::Refused(refusal) => {
                    return Err(Gone::Host(LinkError::Refused(refusal)));
                }
                FromHost::Welcome(_)
                | FromHost::State(_)
                | FromHost::Reply(_)
                | FromHost::Journal(_)
                | FromHost::Unknown(_) => {}
            }
            if !receiver.has_more() || self.out.len() >= BATCH {
                self.flush()?;
            }
        }
    }

    /// A snapshot begins: the outer terminal is taken over if it isn't yet, and its size is looked at again.
    fn begin(&mut self, screen: &mainstay_protocol::state::Screen) -> Result<(), Gone> {
        if self.hold.begin()? {
            self.display.forget_outer();
            self.display.screen(screen, &mut self.out);
        }
        self.display
            .resized(self.hold.outer().extent(), &mut self.out);
        Ok(())
    }

    /// The host has done what it does about a new size of the outer terminal.
    fn resized(&mut self) -> Result<(), Gone> {
        if failpoint::fails(PANIC) {
            panicked();
        }
        self.display
            .resized(self.hold.outer().extent(), &mut self.out);
        self.snapshot_if_needed()
    }

    fn snapshot_if_needed(&mut self) -> Result<(), Gone> {
        if self.display.needs_snapshot() {
            self.display.await_snapshot();
            self.view
                .open(self.hold.outer().extent(), self.display.is_mine())?;
        }
        Ok(())
    }

    fn note(&mut self, note: &Note) -> Result<(), Gone> {
        match note {
            Note::Bell => self.out.push(b'\x07'),
            Note::Clipboard { selection, text } if self.display.is_mine() => {
                clipboard(selection, text, &mut self.out);
            }
            Note::Control { mine, .. } => {
                self.display.control(*mine);
                self.snapshot_if_needed()?;
            }
            Note::Clipboard { .. } | Note::Unknown => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Gone> {
        self.display.settle(&mut self.out);
        if !self.out.is_empty() {
            self.hold.write(&self.out)?;
            self.out.clear();
        }
        if std::mem::take(&mut self.ack_now) || self.shown.saturating_sub(self.acked) >= ACK_AFTER {
            self.acked = self.shown;
            self.acks.put(self.shown);
        }
        Ok(())
    }
}

#[expect(
    clippy::panic,
    reason = "only where a test armed it, to see the terminal given back"
)]
fn panicked() {
    panic!("the failpoint {PANIC} was armed");
}

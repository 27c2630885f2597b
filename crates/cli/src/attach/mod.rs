//! A session in the terminal one sits at.
//!
//! Threads, each waiting for one thing only, none of them on a clock:
//!
//! * **input** reads the outer terminal, finds the detach keys ([`keys`]) and sends the rest to the host;
//! * **output** receives from the host, turns frames into bytes ([`display`]) and writes them to the outer terminal
//!   ([`outer`]); what was written is acknowledged, so that a slow terminal slows the host's stream and nothing
//!   piles up here;
//! * **acks** tells the host what was shown;
//! * **signals** (Unix) turns signals into a suspension, an end, or a change that **changes** tells the host of;
//! * the **main** thread waits for the first reason to end, gives the terminal back and says why.
//!
//! No thread waits for another's output to be taken: a terminal that is stuck delays no input, no signal, no end.
//!
//! A new size takes the way through the host: the wish is followed by a ping, and its pong finds the output thread
//! after whatever the host did about the wish. So the output thread alone knows what is on the screen.

mod acks;
pub(crate) mod detach_key;
mod display;
mod ending;
mod input;
mod keys;
pub(crate) mod outer;
mod output;
#[cfg(unix)]
mod signals;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use mainstay_link::{Connection, Sender};
use mainstay_protocol::Size;
use mainstay_protocol::frame::{OpenView, ToHost, Welcome};

use crate::exit::Exit;
pub(crate) use detach_key::DetachKey;
pub(crate) use ending::Ending;
use outer::{Extent, Hold, Outer, OuterError, Until};

/// How to attach.
#[derive(Debug)]
pub(crate) struct Settings {
    /// What the person called the session; for messages.
    pub(crate) session: String,
    /// Nothing is typed and no size wished.
    pub(crate) read_only: bool,
    /// The keys that detach.
    pub(crate) detach_key: DetachKey,
}

/// Shows the session until something ends that, then says what on standard error.
pub(crate) fn attach(
    connection: Connection,
    welcome: &Welcome,
    outer: Outer,
    settings: &Settings,
) -> Result<Exit, OuterError> {
    let hold = Hold::take(outer)?;
    let (sender, receiver) = connection.split();
    let (end, ended) = sync_channel(1);
    let view = View {
        sender,
        read_only: settings.read_only,
    };
    let ending = match start(&hold, receiver, &view, welcome, settings, &end) {
        Ok(()) => first(&ended),
        Err(error) => Ending::Broken(error.to_string()),
    };
    hold.give_back(Until::Ever);
    view.sender.shutdown();
    Ok(ending.tell(settings))
}

fn start(
    hold: &Hold,
    receiver: mainstay_link::Receiver,
    view: &View,
    welcome: &Welcome,
    settings: &Settings,
    end: &SyncSender<Ending>,
) -> std::io::Result<()> {
    #[cfg(unix)]
    signals::start(hold.clone(), view.clone(), end.clone())?;
    let extent = hold.outer().extent();
    let opened = view.open(extent, true);
    output::start(
        hold.clone(),
        receiver,
        view.clone(),
        (extent, &welcome.state),
        end.clone(),
    )?;
    if opened.is_ok() {
        input::start(
            hold.clone(),
            view.clone(),
            settings.detach_key.clone(),
            end.clone(),
        )?;
    }
    Ok(())
}

fn first(ended: &Receiver<Ending>) -> Ending {
    ended
        .recv()
        .unwrap_or_else(|_| Ending::Broken("all threads ended".to_owned()))
}

/// Says why the attachment ends; only the first reason counts.
fn end_with(end: &SyncSender<Ending>, ending: Ending) {
    // Full means that there was a reason before this one.
    drop(end.try_send(ending));
}

/// What is asked of the host; for every thread.
#[derive(Debug, Clone)]
struct View {
    sender: Sender,
    read_only: bool,
}

type Sent = Result<(), mainstay_link::LinkError>;

impl View {
    /// Most bytes on their way to the outer terminal: enough to keep a fast one busy, little enough that after
    /// Ctrl-C a slow one is soon done.
    const WINDOW: u32 = 256 * 1024;

    /// Asks for the session's screen and what follows; once more: for a fresh snapshot. `focused` makes this viewer
    /// the one that decides the size.
    fn open(&self, extent: Extent, focused: bool) -> Sent {
        self.sender.send(&ToHost::OpenView(OpenView {
            size: self.wish(extent),
            focused: focused && !self.read_only,
            window: Self::WINDOW,
        }))
    }

    /// The outer terminal may have another size now; a pong follows whatever the host does about it.
    fn resized(&self, extent: Extent) -> Sent {
        if let Some(size) = self.wish(extent) {
            self.sender.send(&ToHost::Wish(size))?;
        }
        self.sender.send(&ToHost::Ping(0))
    }

    fn wish(&self, extent: Extent) -> Option<Size> {
        (!self.read_only).then(|| Size::clamped(extent.cols, extent.rows))
    }
}

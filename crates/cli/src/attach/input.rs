//! The input thread: from the outer terminal to the host, byte by byte as it is typed.

use std::sync::mpsc::SyncSender;

use mainstay_protocol::frame::ToHost;

use super::keys::{Keys, Typed};
use super::outer::Hold;
use super::{DetachKey, Ending, View, end_with};

/// Bytes read at once; a paste comes in pieces of what the terminal driver holds anyway.
const CHUNK: usize = 16 * 1024;

pub(super) fn start(
    hold: Hold,
    view: View,
    detach_key: DetachKey,
    end: SyncSender<Ending>,
) -> std::io::Result<()> {
    let work = move || {
        if let Some(ending) = run(&hold, &view, Keys::new(detach_key)) {
            end_with(&end, ending);
        }
    };
    std::thread::Builder::new()
        .name("input".into())
        .spawn(work)
        .map(drop)
}

/// Nothing if the connection broke: the output thread knows more about that.
fn run(hold: &Hold, view: &View, mut keys: Keys) -> Option<Ending> {
    let mut buffer = vec![0; CHUNK];
    #[cfg(windows)]
    let mut extent = hold.outer().extent();
    loop {
        let read = match hold.outer().read(&mut buffer) {
            Ok(0) => return Some(Ending::TerminalGone),
            Ok(read) => buffer.get(..read).unwrap_or_default(),
            Err(_) => return Some(Ending::TerminalGone),
        };
        let mut typed = Vec::with_capacity(read.len());
        let what = keys.take(read, &mut typed);
        if !view.read_only && !typed.is_empty() {
            view.sender.send(&ToHost::Input(typed)).ok()?;
        }
        if what == Typed::Detach {
            return Some(Ending::Detached);
        }
        // A console tells of a new size only by events that a plain read doesn't show.
        #[cfg(windows)]
        if hold.outer().extent() != extent {
            extent = hold.outer().extent();
            view.resized(extent).ok()?;
        }
    }
}

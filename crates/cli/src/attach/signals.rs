//! The signals thread.
//!
//! | signal | effect |
//! | --- | --- |
//! | SIGWINCH | the host is told the new size |
//! | SIGTSTP | the terminal is given back, then the process stops as it would have |
//! | SIGCONT | raw again, whatever stopped the process, and a fresh snapshot |
//! | SIGTERM, SIGHUP, SIGINT, SIGQUIT | the attachment ends; the process dies of the signal |
//!
//! Signals are taken at once, whatever the host does: what is to be said to it is said by a thread of its own.
//!
//! What the person types never makes a signal: in raw mode Ctrl-C and Ctrl-Z are bytes for the session.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::outer::{Hold, Until};
use super::{Ending, View, end_with};

pub(super) fn start(hold: Hold, view: View, end: SyncSender<Ending>) -> std::io::Result<()> {
    let signals = Signals::new([SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT, SIGQUIT])?;
    let continued = Arc::new(AtomicBool::new(false));
    let (changed, changes) = sync_channel(1);
    let telling = (hold.clone(), Arc::clone(&continued));
    let tell = move || tell(&telling.0, &view, &telling.1, &changes);
    std::thread::Builder::new()
        .name("changes".into())
        .spawn(tell)?;
    let work = move || take(signals, &hold, &continued, &changed, &end);
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(work)
        .map(drop)
}

fn take(
    mut signals: Signals,
    hold: &Hold,
    continued: &AtomicBool,
    changed: &SyncSender<()>,
    end: &SyncSender<Ending>,
) {
    for signal in signals.forever() {
        match signal {
            SIGTSTP => {
                hold.give_back(Until::Resumed);
                drop(emulate_default_handler(SIGTSTP));
            }
            SIGWINCH | SIGCONT => {
                if signal == SIGCONT {
                    hold.resume();
                    continued.store(true, Ordering::Release);
                }
                // Full means that the change before is not told yet: both are told together.
                changed.try_send(()).unwrap_or_default();
            }
            _ => end_with(end, Ending::Signal(signal)),
        }
    }
}

/// Tells the host of changes. A broken connection is the output thread's to report.
fn tell(hold: &Hold, view: &View, continued: &AtomicBool, changes: &Receiver<()>) {
    while changes.recv().is_ok() {
        let extent = hold.outer().extent();
        let told = if continued.swap(false, Ordering::AcqRel) {
            view.open(extent, true)
        } else {
            view.resized(extent)
        };
        if told.is_err() {
            return;
        }
    }
}

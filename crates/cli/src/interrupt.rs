//! Ctrl-C while results are printed.
//!
//! The first interrupt asks the search to stop and ends the process as soon as no piece is half written: the
//! terminal is left in its own colours and a file holds whole lines only. A reader that takes nothing, such as a
//! pager that waits for its person, is not waited for. Hosts that are still searching find the connection closed and
//! stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(unix)]
use std::time::Duration;

use crate::output::whole_pieces;

/// How long a half-written piece is waited for.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(200);

/// From now on an interrupt sets the returned flag and then ends the process.
#[cfg(unix)]
pub(crate) fn cancellable() -> std::io::Result<Arc<AtomicBool>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let cancel = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&cancel);
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let work = move || {
        if let Some(signal) = signals.forever().next() {
            asked.store(true, Ordering::Relaxed);
            wait_for_whole_piece();
            drop(signal_hook::low_level::emulate_default_handler(signal));
        }
    };
    std::thread::Builder::new()
        .name("interrupt".into())
        .spawn(work)?;
    Ok(cancel)
}

/// Returns at once, or never if there was an interrupt: then the process is just being ended.
pub(crate) fn await_end(cancel: &AtomicBool) {
    while cancel.load(Ordering::Relaxed) {
        std::thread::park();
    }
}

/// Afterwards no further piece is begun, since the lock is kept.
#[cfg(unix)]
fn wait_for_whole_piece() {
    let (whole, waited) = std::sync::mpsc::sync_channel(1);
    let work = move || {
        let kept = whole_pieces();
        whole.send(()).unwrap_or_default();
        // Until the process ends, which is at once.
        loop {
            std::thread::park();
            std::hint::black_box(&kept);
        }
    };
    if std::thread::Builder::new()
        .name("last-piece".into())
        .spawn(work)
        .is_ok()
    {
        waited.recv_timeout(PATIENCE).unwrap_or_default();
    }
}

/// A console's Ctrl-C ends the process at once; nothing of ours can be left behind.
#[cfg(windows)]
pub(crate) fn cancellable() -> std::io::Result<Arc<AtomicBool>> {
    let cancel = Arc::new(AtomicBool::new(false));
    cancel.store(false, Ordering::Relaxed);
    drop(whole_pieces());
    Ok(cancel)
}

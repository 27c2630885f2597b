//! The acks thread: what was shown is told to the host, whatever else is on its way there.
//!
//! The host reads nothing more from us while the program takes none of what we sent it to type. Then an ack waits
//! behind the input; the output thread must not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use mainstay_link::Sender;
use mainstay_protocol::frame::ToHost;

/// Takes positions of the view stream; the newest is told.
#[derive(Debug)]
pub(super) struct Acks {
    position: Arc<AtomicU64>,
    bell: SyncSender<()>,
}

impl Acks {
    pub(super) fn start(sender: Sender) -> std::io::Result<Self> {
        let position = Arc::new(AtomicU64::new(0));
        let (bell, rings) = sync_channel(1);
        let newest = Arc::clone(&position);
        std::thread::Builder::new()
            .name("acks".into())
            .spawn(move || serve(&sender, &newest, &rings))?;
        Ok(Self { position, bell })
    }

    /// Everything up to here is shown. Never waits.
    pub(super) fn put(&self, position: u64) {
        self.position.store(position, Ordering::Release);
        // Full means that it will look again; it is gone only if the connection is.
        self.bell.try_send(()).unwrap_or_default();
    }
}

/// A broken connection is the output thread's to report.
fn serve(sender: &Sender, newest: &AtomicU64, rings: &Receiver<()>) {
    while rings.recv().is_ok() {
        let position = newest.load(Ordering::Acquire);
        if sender.send(&ToHost::AckView(position)).is_err() {
            return;
        }
    }
}

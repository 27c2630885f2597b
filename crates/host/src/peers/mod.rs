//! Peers: who connects to the host, what they may do, what they are told.
//!
//! Each peer has two threads: one reads its frames and acts on them, one writes what the [`crate::hub::Hub`] has for it. A
//! peer that reads nothing blocks its own writing thread and nobody else.

mod reader;
mod requests;
mod search;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use mainstay_link::Listener;
use parking_lot::{Condvar, Mutex};

use crate::run::Host;

/// Peers at the same time, those included that have not said who they are.
const MAX_PEERS: usize = 256;
/// Stack of a peer's threads. Address space only: pages count once they are used.
const STACK: usize = 512 * 1024;

/// Longest wait after a peer could not be let in for want of something, most likely descriptors. One that leaves ends it; of
/// what others in the process or on the machine give back nobody is told.
const SCARCE: Duration = Duration::from_millis(100);

/// Lets peers in until the process ends.
pub fn serve(host: &Arc<Host>, listener: &Listener) {
    let connected = Arc::new(Connected::default());
    loop {
        let stream = match listener.accept() {
            Ok(stream) => stream,
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                tracing::warn!(%error, "a peer was turned away");
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "no peer can be let in");
                connected.until_one_leaves();
                continue;
            }
        };
        if *connected.count.lock() >= MAX_PEERS {
            tracing::warn!("more than {MAX_PEERS} peers: the new one was turned away");
            continue;
        }
        let guard = Guard::new(&connected);
        let host = Arc::clone(host);
        let thread = std::thread::Builder::new()
            .name("peer".to_owned())
            .stack_size(STACK)
            .spawn(move || {
                let result = reader::serve(&host, &stream);
                tracing::debug!(?result, "a peer left");
                // Its descriptor first: whoever waits for a peer to leave waits for that.
                drop(stream);
                drop(guard);
                host.peer_left();
            });
        if let Err(error) = thread {
            tracing::error!(%error, "no thread for a peer");
        }
    }
}

/// How many peers there are.
#[derive(Debug, Default)]
struct Connected {
    count: Mutex<usize>,
    left: Condvar,
}

impl Connected {
    fn until_one_leaves(&self) {
        self.left.wait_for(&mut self.count.lock(), SCARCE);
    }
}

/// Counts a peer for as long as it lives.
struct Guard(Arc<Connected>);

impl Guard {
    fn new(connected: &Arc<Connected>) -> Self {
        *connected.count.lock() += 1;
        Self(Arc::clone(connected))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        *self.0.count.lock() -= 1;
        self.0.left.notify_all();
    }
}

//! Peers: who connects to the host, what they may do, what they are told.
//!
//! Each peer has two threads: one reads its frames and acts on them, one writes what the [`crate::hub::Hub`] has for it. A
//! peer that reads nothing blocks its own writing thread and nobody else.

mod reader;
mod requests;
mod search;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mainstay_link::Listener;

use crate::run::Host;

/// Peers at the same time, those included that have not said who they are.
const MAX_PEERS: usize = 256;
/// Stack of a peer's threads. Address space only: pages count once they are used.
const STACK: usize = 512 * 1024;

/// Lets peers in until the process ends.
pub fn serve(host: &Arc<Host>, listener: &Listener) {
    let connected = Arc::new(AtomicUsize::new(0));
    loop {
        let stream = match listener.accept() {
            Ok(stream) => stream,
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                tracing::warn!(%error, "a peer was turned away");
                continue;
            }
            Err(error) => {
                // Most likely too many open files: a little later there may be fewer.
                tracing::error!(%error, "no peer can be let in");
                std::thread::sleep(std::time::Duration::from_millis(100));
                continue;
            }
        };
        if connected.load(Ordering::Relaxed) >= MAX_PEERS {
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
                drop(guard);
                host.peer_left();
            });
        if let Err(error) = thread {
            tracing::error!(%error, "no thread for a peer");
        }
    }
}

/// Counts a peer for as long as it lives.
struct Guard(Arc<AtomicUsize>);

impl Guard {
    fn new(connected: &Arc<AtomicUsize>) -> Self {
        connected.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(connected))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

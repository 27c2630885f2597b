//! The system's and the person's way to say that it is enough.

use std::io;

/// Waits for Ctrl-C, a request to end, or the end of the terminal.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    each: [tokio::signal::unix::Signal; 3],
}

impl Signals {
    /// From here on the signals don't end the process.
    pub(super) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let hangup = signal(SignalKind::hangup())?;
            let each = [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                hangup,
            ];
            Ok(Self { each })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate, hangup] = &mut self.each;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            // There is no console to press it in.
            std::future::pending::<()>().await;
        }
    }
}

//! Holds the outer terminal in raw mode and gives it back on every way out, a panic included.
//!
//! ```text
//! Given     --begin-->      Held         the first snapshot is there
//! Held      --give_back-->  Suspended    SIGTSTP     --resume-->  Given      SIGCONT
//! Held      --give_back-->  Over         every way out
//! ```

use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::reset::{enter, leave};
use super::{Outer, OuterError};

/// How long the way out waits for a terminal that takes no output.
const PATIENCE: Duration = Duration::from_millis(500);

/// Exit code after a panic, the one Rust programs have.
const PANICKED: i32 = 101;

const GIVEN: u8 = 0;
const HELD: u8 = 1;
const SUSPENDED: u8 = 2;
const OVER: u8 = 3;

/// Whom the terminal is given back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// The shell, until this process is continued.
    #[cfg_attr(windows, expect(dead_code, reason = "nothing suspends there"))]
    Resumed,
    /// The shell, for good.
    Ever,
}

/// The outer terminal while a session is shown in it.
///
/// All writing goes through one lock. Once the terminal was given back nothing more is written to it.
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    outer: Outer,
    /// Read without the lock only where a stale answer does no harm.
    state: AtomicU8,
    writing: Mutex<()>,
}

impl Hold {
    /// Takes the terminal's input over; from now on a panic gives it back, too. Its screen stays as it is until
    /// [`Self::begin`].
    pub(crate) fn take(outer: Outer) -> Result<Self, OuterError> {
        let shared = Shared {
            outer,
            state: AtomicU8::new(GIVEN),
            writing: Mutex::new(()),
        };
        let hold = Self {
            shared: Arc::new(shared),
        };
        hold.on_panic();
        hold.outer().set_raw().map_err(OuterError::Setup)?;
        Ok(hold)
    }

    /// The terminal itself, for its input and its size.
    pub(crate) fn outer(&self) -> &Outer {
        &self.shared.outer
    }

    /// Makes room on the screen if it is not the session's yet; says whether it was not.
    pub(crate) fn begin(&self) -> io::Result<bool> {
        let writing = self
            .shared
            .writing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let taken = self.swap(GIVEN, HELD);
        if taken {
            self.outer()
                .write_all(enter(self.outer().extent()).as_bytes())?;
        }
        drop(writing);
        Ok(taken)
    }

    /// Writes, unless the terminal is not the session's now.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let _writing = self
            .shared
            .writing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if self.shared.state.load(Ordering::Acquire) == HELD {
            self.outer().write_all(bytes)
        } else {
            Ok(())
        }
    }

    /// Gives it back as it was found, the cursor below what is shown. A terminal that takes no output is left
    /// after half a second with its settings restored and its modes not.
    pub(crate) fn give_back(&self, until: Until) {
        let next = if until == Until::Ever {
            OVER
        } else {
            SUSPENDED
        };
        let (done, finished) = sync_channel::<()>(1);
        let hold = self.clone();
        let writer = std::thread::Builder::new()
            .name("give-back".into())
            .spawn(move || {
                let writing = hold
                    .shared
                    .writing
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                if hold.shared.state.swap(next, Ordering::AcqRel) == HELD {
                    hold.write_leave();
                }
                drop((writing, done));
            });
        if writer.is_ok() {
            // The other end is dropped without a word: whatever comes back means to go on.
            finished.recv_timeout(PATIENCE).unwrap_or_default();
        }
        self.shared.state.store(next, Ordering::Release);
        drop(self.outer().set_cooked());
    }

    /// The process was continued: raw again, whatever it was stopped by. The screen follows at [`Self::begin`].
    #[cfg_attr(windows, expect(dead_code, reason = "nothing suspends there"))]
    pub(crate) fn resume(&self) {
        if self.shared.state.load(Ordering::Acquire) != OVER {
            drop(self.outer().set_raw());
            self.swap(SUSPENDED, GIVEN);
        }
    }

    fn swap(&self, from: u8, to: u8) -> bool {
        let state = &self.shared.state;
        state
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// A terminal that is gone needs nothing back, so errors don't count.
    fn write_leave(&self) {
        drop(
            self.outer()
                .write_all(leave(self.outer().extent()).as_bytes()),
        );
    }

    /// A panic in any thread gives the terminal back before it is reported, and ends the process: the other
    /// threads would go on in a terminal that is no longer theirs.
    fn on_panic(&self) {
        let hold = self.clone();
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // Not through the lock: the panicking thread may hold it.
            if hold.shared.state.swap(OVER, Ordering::AcqRel) == HELD {
                hold.write_leave();
            }
            drop(hold.outer().set_cooked());
            report(panic);
            std::process::exit(PANICKED);
        }));
    }
}

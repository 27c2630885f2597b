//! Who is at work in a manager, so that closing it can wait for them; and work that nobody waits for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mainstay_protocol::Problem;
use mainstay_seams::Clock;
use parking_lot::{Condvar, Mutex};

use crate::error::closing;
use crate::notice::Notice;

/// Stack of the manager's own threads. Address space only: pages count once they are used. Settling a session replays
/// output through the terminal model.
pub(crate) const STACK: usize = 1024 * 1024;

/// Counts who is at work.
#[derive(Debug, Default)]
pub(crate) struct Work {
    closing: AtomicBool,
    busy: AtomicUsize,
    notice: Notice,
}

/// Somebody at work, until dropped.
#[derive(Debug)]
pub(crate) struct Busy {
    work: Arc<Work>,
}

impl Work {
    /// Begins some work.
    ///
    /// # Errors
    /// [`mainstay_protocol::Code::Closing`] once closing began.
    pub(crate) fn begin(self: &Arc<Self>) -> Result<Busy, Problem> {
        self.busy.fetch_add(1, Ordering::SeqCst);
        let busy = Busy {
            work: Arc::clone(self),
        };
        if self.is_closing() {
            return Err(closing());
        }
        Ok(busy)
    }

    /// Whether nothing new is begun.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    /// Lets nothing new begin; false if that was so already.
    pub(crate) fn close(&self) -> bool {
        !self.closing.swap(true, Ordering::SeqCst)
    }

    /// Waits until nobody is at work.
    pub(crate) fn wait(&self, clock: &dyn Clock) {
        self.notice.wait(clock, None, || {
            (self.busy.load(Ordering::SeqCst) == 0).then_some(())
        });
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.work.busy.fetch_sub(1, Ordering::SeqCst);
        self.work.notice.tell();
    }
}

/// Lets so many in at once.
#[derive(Debug)]
pub(crate) struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

/// Somebody who was let in, until dropped.
#[derive(Debug)]
pub(crate) struct Inside<'a>(&'a Gate);

impl Gate {
    /// A gate for so many.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            free: Mutex::new(most),
            freed: Condvar::new(),
        }
    }

    /// Waits to be let in.
    pub(crate) fn enter(&self) -> Inside<'_> {
        let mut free = self.free.lock();
        while *free == 0 {
            self.freed.wait(&mut free);
        }
        *free -= 1;
        Inside(self)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        *self.0.free.lock() += 1;
        self.0.freed.notify_one();
    }
}

/// A piece of work that nobody waits for.
type Chore = Box<dyn FnOnce() + Send>;

/// Does work that nobody waits for, some at once. There is at most one chore per session and kind, so the queue is bounded by
/// the number of sessions.
#[derive(Debug, Default)]
pub(crate) struct Chores {
    state: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    queue: VecDeque<Chore>,
    threads: usize,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting")
            .field("queue", &self.queue.len())
            .field("threads", &self.threads)
            .finish()
    }
}

/// Chores done at once. Most of them wait for hosts.
const AT_ONCE: usize = 8;

impl Chores {
    /// Does it soon, in another thread; in this one if there is none to be had.
    pub(crate) fn add(self: &Arc<Self>, work: Busy, chore: impl FnOnce() + Send + 'static) {
        let mut waiting = self.state.lock();
        waiting.queue.push_back(Box::new(move || {
            chore();
            drop(work);
        }));
        if waiting.threads >= AT_ONCE {
            return;
        }
        waiting.threads += 1;
        drop(waiting);
        let chores = Arc::clone(self);
        let spawned = std::thread::Builder::new()
            .name("chores".to_owned())
            .stack_size(STACK)
            .spawn(move || chores.serve());
        if let Err(error) = spawned {
            tracing::warn!(%error, "no thread for a chore; done at once");
            self.serve();
        }
    }

    fn serve(&self) {
        loop {
            let chore = {
                let mut waiting = self.state.lock();
                let Some(chore) = waiting.queue.pop_front() else {
                    waiting.threads -= 1;
                    return;
                };
                chore
            };
            chore();
        }
    }
}

//! Ending, pausing and continuing a whole tree with signals.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use parking_lot::Mutex;
use rustix::process::Signal;

use super::listing::{self, Process};
use super::reap::{self, Ending};

/// Looks at a process that was sent a stop, and the time between two: a signal is acted on later than it is sent. Nobody but
/// its parent is told of it.
const LOOKS: usize = 500;
const BETWEEN_LOOKS: Duration = Duration::from_micros(200);
/// Passes over the tree after which it is left alone: somebody forks faster than we look.
const MAX_PASSES: usize = 1000;

/// Makes this process the one that inherits the orphans of its tree, where the system can.
///
/// # Errors
/// The system's error.
pub fn adopt_orphans() -> io::Result<()> {
    listing::adopt_orphans()
}

/// The processes of one run.
#[derive(Debug)]
pub struct Tree {
    program: u32,
    /// Who we stopped, and who had stopped already and must stay so.
    pause: Mutex<Option<Pause>>,
}

#[derive(Debug, Default)]
struct Pause {
    order: Vec<Process>,
    before: BTreeSet<i32>,
}

impl Tree {
    /// The tree of this program.
    #[must_use]
    pub fn of(program: u32) -> Self {
        Self {
            program,
            pause: Mutex::new(None),
        }
    }

    /// Whether nothing of it lives any more.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        listing::descendants(self.program).is_empty()
    }

    /// Asks every process to end: `SIGTERM`; `SIGHUP` for shells, which ignore the first; `SIGCONT` so that a stopped one
    /// hears it. What handles `SIGTERM` and not `SIGHUP` is spared the second: it would end before it has tidied up.
    pub fn ask_to_end(&self) {
        *self.pause.lock() = None;
        let all = listing::descendants(self.program);
        let hears_hang_up = |process: &&Process| listing::hears_hang_up(process);
        let hung_up: Vec<Process> = all.iter().filter(hears_hang_up).copied().collect();
        for (signal, whom) in [
            (Signal::TERM, &all),
            (Signal::HUP, &hung_up),
            (Signal::CONT, &all),
        ] {
            for process in whom {
                listing::signal(process, signal);
            }
        }
    }

    /// Kills every process there is now. A process that forked meanwhile may have left a child: do it again until
    /// [`Tree::is_empty`].
    pub fn kill(&self) {
        *self.pause.lock() = None;
        for process in &listing::descendants(self.program) {
            listing::signal(process, Signal::KILL);
        }
    }

    /// Stops every process, parents before their children: a shell with job control must not see its job stop. What had
    /// stopped by itself before is remembered and stays stopped afterwards.
    ///
    /// # Errors
    /// None here.
    pub fn pause(&self) -> io::Result<()> {
        let mut slot = self.pause.lock();
        let pause = slot.get_or_insert_default();
        for pass in 0..MAX_PASSES {
            let known: BTreeSet<i32> = pause.order.iter().map(|process| process.pid).collect();
            let fresh: Vec<Process> = listing::descendants(self.program)
                .into_iter()
                .filter(|process| !known.contains(&process.pid))
                .filter(|process| !pause.before.contains(&process.pid))
                .collect();
            if fresh.is_empty() {
                return Ok(());
            }
            for process in fresh {
                // In a later pass a stopped one can only be a child that was forked and stopped in between by us … or by
                // its parent, which is stopped now: either way it was not stopped when the pause began.
                if process.stopped && pass == 0 {
                    pause.before.insert(process.pid);
                } else {
                    listing::signal(&process, Signal::STOP);
                    until_stopped(&process);
                    pause.order.push(process);
                }
            }
        }
        Ok(())
    }

    /// Waits for the ends of the program and of what descends from it, until nothing is left. Blocks.
    pub fn reap_all(&self, ended: impl FnMut(Ending)) {
        reap::reap_all(ended);
    }

    /// Continues what [`Tree::pause`] stopped, children before their parents.
    pub fn unpause(&self) {
        if let Some(pause) = self.pause.lock().take() {
            for process in pause.order.iter().rev() {
                listing::signal(process, Signal::CONT);
            }
        }
    }
}

/// Waits until a process has really stopped, so that it can't see its children stop. One that the kernel is busy with is not
/// waited for: it sees nothing either until it is through.
fn until_stopped(process: &Process) {
    for _ in 0..LOOKS {
        if listing::has_stopped(process) {
            return;
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

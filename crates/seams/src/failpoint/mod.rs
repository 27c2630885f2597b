//! Named places where a test takes hold of a running process.
//!
//! Product code calls [`hit`] where a crash or a race would hurt most and [`fails`] where an operation can fail.
//! Nothing happens there (one relaxed load) until a program arms points, which it does once at its start from
//! the environment variable [`ENV`]:
//!
//! ```text
//! MAINSTAY_FAILPOINTS="keep.logged=kill@7;keep.outcome=pause:/tmp/t/gate;history.append=error@3+"
//! ```
//!
//! | action | effect |
//! | --- | --- |
//! | `kill` | the process gets SIGKILL (is aborted on Windows) |
//! | `pause:GATE` | the thread announces itself at the test's [`Gate`] and waits until it is let go |
//! | `error` | [`fails`] is true: the operation ends as if the system had refused it |
//!
//! `@n` picks the n-th hit (from 1), `@n+` every hit from the n-th on; without it `kill` means the first hit and
//! the others mean every hit. Each crate lists its names in one constant, so that a test can go through all of
//! them.

mod gate;
mod plan;

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

pub use gate::{Gate, Held};
pub use plan::ArmError;
use plan::{Action, Plan};

/// The environment variable that arms points. Programs read it at their edge and pass it to [`arm_from`].
pub const ENV: &str = "MAINSTAY_FAILPOINTS";

static ARMED: AtomicBool = AtomicBool::new(false);
static PROCESS: OnceLock<Plan> = OnceLock::new();

thread_local! {
    static THREAD: RefCell<Option<Arc<Plan>>> = const { RefCell::new(None) };
}

/// Passes a point.
#[inline]
pub fn hit(name: &'static str) {
    if ARMED.load(Ordering::Relaxed) {
        passed(name);
    }
}

/// Passes a point where an operation can fail; true if it shall.
#[inline]
#[must_use]
pub fn fails(name: &'static str) -> bool {
    ARMED.load(Ordering::Relaxed) && passed(name)
}

/// Arms points of this process. Only the first call has an effect; an empty text arms nothing.
///
/// # Errors
/// If the text isn't as the module's documentation says.
pub fn arm_from(text: &str) -> Result<(), ArmError> {
    let plan = Plan::parse(text)?;
    if !plan.is_empty() && PROCESS.set(plan).is_ok() {
        ARMED.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// Arms points for the calling thread until the guard is dropped: for tests inside one process, which run beside
/// others.
///
/// # Errors
/// If the text isn't as the module's documentation says.
pub fn arm_thread(text: &str) -> Result<Armed, ArmError> {
    let plan = Arc::new(Plan::parse(text)?);
    ARMED.store(true, Ordering::Relaxed);
    THREAD.with(|thread| thread.replace(Some(plan)));
    Ok(Armed {
        _of_this_thread: std::marker::PhantomData,
    })
}

/// Keeps the points of [`arm_thread`] armed.
#[derive(Debug)]
#[must_use = "the points are disarmed when this is dropped"]
pub struct Armed {
    _of_this_thread: std::marker::PhantomData<*const ()>,
}

impl Drop for Armed {
    fn drop(&mut self) {
        THREAD.with(|thread| thread.replace(None));
    }
}

#[cold]
fn passed(name: &'static str) -> bool {
    let of_thread = THREAD
        .try_with(|thread| thread.borrow().clone())
        .ok()
        .flatten();
    let plans = of_thread.as_deref().into_iter().chain(PROCESS.get());
    let mut fails = false;
    for plan in plans {
        for (action, hit) in plan.due(name) {
            match action {
                Action::Kill => kill_self(),
                Action::Pause(at) => gate::hold(at, name, hit),
                Action::Error => fails = true,
            }
        }
    }
    fails
}

#[cfg(unix)]
fn kill_self() {
    let myself = rustix::process::getpid();
    if rustix::process::kill_process(myself, rustix::process::Signal::KILL).is_err() {
        // A process may always send itself signals; where a sandbox forbids it, this comes nearest.
        std::process::abort();
    }
}

#[cfg(not(unix))]
fn kill_self() {
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_arms_for_itself() {
        let armed = arm_thread("seams.a=error@2;seams.b=error").expect("a good text");
        assert!(!fails("seams.a"), "only the second hit fails");
        assert!(fails("seams.a"), "this is the second");
        assert!(!fails("seams.a"), "the third is another");
        assert!(fails("seams.b") && fails("seams.b"), "every hit fails");
        assert!(!fails("seams.c"), "not armed");
        let elsewhere = std::thread::spawn(|| fails("seams.b"));
        assert!(
            !elsewhere.join().expect("the thread ends"),
            "other threads are not concerned"
        );
        drop(armed);
        assert!(!fails("seams.b"), "disarmed with the guard");
    }
}

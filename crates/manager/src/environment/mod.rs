//! The environment that the person's programs run in (D5).
//!
//! A program started from a desktop has the desktop's environment, without what the person's shell start-up files set. So
//! the person's login shell is run once and asked ([`LoginShell`]); the answer is kept until somebody wants it fresh.

#[cfg(unix)]
mod answer;
mod person;
#[cfg(unix)]
mod shell;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use mainstay_seams::Clock;
use parking_lot::Mutex;

pub use person::Person;
#[cfg(unix)]
pub use shell::LoginShell;

/// The person's environment, taken once. Shared by reference.
#[derive(Debug)]
pub struct LoginEnv {
    source: Box<dyn Source>,
    /// Held while it is taken: whoever wants it meanwhile waits for the same answer.
    taken: Mutex<Option<Arc<Taken>>>,
}

/// Where the environment comes from.
pub trait Source: Send + Sync + Debug {
    /// Takes it. May block for as long as the person's start-up files take, 10 s at most.
    fn take(&self) -> Taken;
}

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// The variables.
    pub vars: BTreeMap<String, String>,
    /// What went wrong and what holds instead, in words.
    pub note: Option<String>,
}

/// The source that this system has: a login shell that is started with our own environment, or where there are none that
/// environment itself.
#[must_use]
pub fn source_of_system(own: BTreeMap<String, String>, clock: Arc<dyn Clock>) -> Box<dyn Source> {
    #[cfg(unix)]
    return Box::new(LoginShell::new(own, clock));
    #[cfg(not(unix))]
    {
        drop(clock);
        Box::new(Fixed(own))
    }
}

/// An environment that is known already: the process's own on Windows, where there are no login shells, and in tests.
#[derive(Debug, Clone)]
pub struct Fixed(pub BTreeMap<String, String>);

impl Source for Fixed {
    fn take(&self) -> Taken {
        Taken {
            vars: self.0.clone(),
            note: None,
        }
    }
}

impl LoginEnv {
    /// An environment that comes from there when it is first wanted.
    #[must_use]
    pub fn new(source: Box<dyn Source>) -> Self {
        Self {
            source,
            taken: Mutex::new(None),
        }
    }

    /// The environment. The first call takes it and may block; so do those that come meanwhile.
    #[must_use]
    pub fn get(&self) -> Arc<Taken> {
        let mut taken = self.taken.lock();
        let known = taken.get_or_insert_with(|| Arc::new(self.source.take()));
        Arc::clone(known)
    }

    /// Takes it anew. Blocks as [`Self::get`] does.
    #[must_use]
    pub fn refresh(&self) -> Arc<Taken> {
        let mut taken = self.taken.lock();
        let fresh = Arc::new(self.source.take());
        *taken = Some(Arc::clone(&fresh));
        fresh
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Debug, Default)]
    struct Counting(AtomicUsize);

    impl Source for Arc<Counting> {
        fn take(&self) -> Taken {
            let before = self.0.fetch_add(1, Ordering::Relaxed);
            Taken {
                vars: BTreeMap::from([("N".to_owned(), before.to_string())]),
                note: None,
            }
        }
    }

    #[test]
    fn it_is_taken_once_and_anew_when_asked() {
        let source = Arc::new(Counting::default());
        let env = LoginEnv::new(Box::new(Arc::clone(&source)));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(env.get().vars["N"], "0"));
            }
        });
        assert_eq!(env.refresh().vars["N"], "1");
        assert_eq!(env.get().vars["N"], "1", "the fresh one is kept");
        assert_eq!(source.0.load(Ordering::Relaxed), 2);
    }
}

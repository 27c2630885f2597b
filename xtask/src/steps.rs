//! A task as named steps: each with a heading and a time, the first failure ends it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::report;

/// The steps taken so far.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// Takes one step and returns what it made. Its error names the step.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        report::heading(name);
        let start = now();
        let outcome = work();
        let took = start.elapsed();
        self.done.push((name.to_owned(), took));
        let made = outcome
            .with_context(|| format!("step `{name}` failed after {}", report::seconds(took)))?;
        report::line(&format!("--- {name}: ok, {}", report::seconds(took)));
        Ok(made)
    }

    pub(crate) fn finish(self) {
        report::times(&self.done);
    }
}

/// The time now, for durations only.
#[expect(
    clippy::disallowed_methods,
    reason = "xtask depends on no crate of the workspace, so not on its clock either"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

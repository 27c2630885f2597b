//! A piece of writing that waits for its turn, and the answer to who asked for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;

use crate::{StoreError, Write};

/// What the writer's thread sees of a job.
pub(crate) trait Job: Send {
    /// Does the work, once.
    ///
    /// # Errors
    /// Whatever keeps the job's changes from being stored; it is the answer, too.
    fn run(&mut self, write: &mut Write<'_>) -> Result<(), StoreError>;

    /// Tells who asked how it ended: with its own error, else with that of its group.
    fn answer(self: Box<Self>, group: &Result<(), StoreError>);
}

/// A job with its result.
pub(crate) struct Asked<T, F> {
    work: Option<F>,
    done: Option<Result<T, StoreError>>,
    asker: SyncSender<Result<T, StoreError>>,
}

impl<T, F> Asked<T, F> {
    pub(crate) fn new(work: F, asker: SyncSender<Result<T, StoreError>>) -> Self {
        Self {
            work: Some(work),
            done: None,
            asker,
        }
    }
}

impl<T, F> Job for Asked<T, F>
where
    T: Send,
    F: FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, write: &mut Write<'_>) -> Result<(), StoreError> {
        let Some(work) = self.work.take() else {
            return Ok(());
        };
        // A job that panics must not take the writer, and with it everybody's writing, along.
        let done = catch_unwind(AssertUnwindSafe(|| work(write)))
            .unwrap_or_else(|panic| Err(StoreError::Panicked(words(panic.as_ref()))));
        let failed = done.as_ref().err().cloned();
        self.done = Some(done);
        failed.map_or(Ok(()), Err)
    }

    fn answer(self: Box<Self>, group: &Result<(), StoreError>) {
        let answer = match (self.done, group) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(of_group)) => Err(of_group.clone()),
            (Some(done), Ok(())) => done,
            (None, Ok(())) => Err(StoreError::Closed),
        };
        if self.asker.send(answer).is_err() {
            // Who asked is gone; what was stored stays.
        }
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".to_owned())
}

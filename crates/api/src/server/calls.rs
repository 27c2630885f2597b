//! The one place where a request waits for the manager, whose calls block.

use std::sync::Arc;

use bytes::Bytes;
use mainstay_manager::Manager;
use mainstay_protocol::SessionId;
use mainstay_protocol::problem::{Code, Problem};
use tokio::sync::OwnedSemaphorePermit;

use super::guard;
use super::problem::{Answer, Refused};
use super::state::Shared;

/// Most calls of the manager at once. Each holds a thread, which waits for the disk or, in a deletion, for a program's end.
pub(crate) const MAX_CALLS: usize = 256;

/// Most input that waits for programs to read it; each holds a thread, too. Together they are fewer than the threads that the
/// runtime has for this (512).
pub(crate) const MAX_INPUTS: usize = 64;

/// Calls the manager in a thread where it may block. A call that has begun goes on to its end, also when the client who
/// asked is gone.
pub(crate) async fn on_manager<T: Send + 'static>(
    shared: &Shared,
    call: impl FnOnce(&Manager) -> Result<T, Problem> + Send + 'static,
) -> Answer<T> {
    let room = Arc::clone(&shared.calls).acquire_owned().await;
    let room = room.map_err(|_| guard::closing())?;
    in_thread(shared, room, call).await
}

/// Types into a session, which lasts until its program has read what was typed before.
pub(crate) async fn type_into(shared: &Shared, reference: String, bytes: Bytes) -> Answer<()> {
    let busy = |_| {
        Refused(Problem::new(
            Code::Busy,
            "too much input waits for programs that read nothing; stop those, then try again",
        ))
    };
    let room = Arc::clone(&shared.inputs)
        .try_acquire_owned()
        .map_err(busy)?;
    let type_it = move |manager: &Manager| {
        let id = manager.resolve(&reference)?;
        manager.input(&id, &bytes)
    };
    in_thread(shared, room, type_it).await
}

async fn in_thread<T: Send + 'static>(
    shared: &Shared,
    room: OwnedSemaphorePermit,
    call: impl FnOnce(&Manager) -> Result<T, Problem> + Send + 'static,
) -> Answer<T> {
    let manager = shared.manager.clone();
    let called = tokio::task::spawn_blocking(move || {
        let result = call(&manager);
        drop(room);
        result
    });
    match called.await {
        Ok(result) => result.map_err(Refused),
        Err(error) => {
            tracing::error!(%error, "a call of the manager did not end well");
            Err(Refused(Problem::new(
                Code::Internal,
                "the manager failed in the middle of this; look at the session, and report this with the manager's log",
            )))
        }
    }
}

/// The same for a session that somebody named by its id, its name or the beginning of its id.
pub(crate) async fn on_session<T: Send + 'static>(
    shared: &Shared,
    reference: String,
    call: impl FnOnce(&Manager, &SessionId) -> Result<T, Problem> + Send + 'static,
) -> Answer<T> {
    on_manager(shared, move |manager| {
        let id = manager.resolve(&reference)?;
        call(manager, &id)
    })
    .await
}

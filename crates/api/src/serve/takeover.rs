//! Becoming the one manager, where there may be another.

use std::time::Duration;

use mainstay_keep::Places;
use mainstay_manager::{Manager, OpenError, OpenReport};
use mainstay_protocol::problem::Code;

use super::{Kind, ServeError, last_known};
use crate::client::{Client, ClientError};
use crate::lock::{self, Lock, LockError, Share};

/// How long another one may take to start: it finds all its sessions again meanwhile.
const START: Duration = Duration::from_secs(60);
/// How long another one may take to close: 10 s for its clients, and what it has to write.
const CLOSE: Duration = Duration::from_secs(30);

/// Takes the lock of whoever starts a manager.
pub(super) async fn start_lock(places: &Places) -> Result<Lock, ServeError> {
    Ok(lock::wait(&places.start_lock(), Share::Exclusive, START).await?)
}

/// Opens the manager. Where one runs it is asked to make room, or this gives up; where one is just closing, this waits for
/// its end. The start lock is held meanwhile, so no third one comes between.
pub(super) async fn open(
    config: mainstay_manager::Config,
    places: &Places,
    kind: Kind,
    replace: bool,
) -> Result<(Manager, OpenReport), ServeError> {
    if lock::take(&places.manager_lock())?.is_none() {
        make_room(places, kind, replace).await?;
        until_free(places).await?;
    }
    match blocking(move || Manager::open(config)).await? {
        Ok(opened) => Ok(opened),
        Err(OpenError::Held { path }) => Err(ServeError::Stuck {
            pid: last_known(places).map(|info| info.pid),
            path,
            after: Duration::ZERO,
        }),
        Err(error) => Err(ServeError::Open(error)),
    }
}

/// Sees to it that the manager which holds the lock goes, if it is to go.
async fn make_room(places: &Places, kind: Kind, replace: bool) -> Result<(), ServeError> {
    let other = match Client::meet(places).await {
        Ok(other) => other,
        Err(error) if is_leaving(&error) => return Ok(()),
        Err(error) => return Err(stays(places, &error)),
    };
    if !replace {
        return Err(ServeError::Running(Box::new(other.info().clone())));
    }
    if other.info().kind == Kind::App && kind != Kind::App {
        return Err(ServeError::App(Box::new(other.info().clone())));
    }
    match other.ask_to_yield(kind).await {
        Ok(info) => {
            tracing::info!(pid = info.pid, "the manager before this one makes room");
            Ok(())
        }
        Err(error) if is_leaving(&error) => Ok(()),
        Err(error) => Err(stays(places, &error)),
    }
}

/// It closes already: it says so, or its socket is gone, or it went in the middle of the answer.
fn is_leaving(error: &ClientError) -> bool {
    match error {
        ClientError::NotRunning { .. } | ClientError::Broken(_) => true,
        error => error
            .problem()
            .is_some_and(|problem| problem.code == Code::Closing),
    }
}

fn stays(places: &Places, error: &ClientError) -> ServeError {
    ServeError::Stays {
        pid: last_known(places).map(|info| info.pid),
        reason: error.to_string(),
    }
}

async fn until_free(places: &Places) -> Result<(), ServeError> {
    let path = places.manager_lock();
    match lock::wait(&path, Share::Exclusive, CLOSE).await {
        Ok(free) => {
            drop(free);
            Ok(())
        }
        Err(LockError::Late { path, after }) => Err(ServeError::Stuck {
            pid: last_known(places).map(|info| info.pid),
            path,
            after,
        }),
        Err(error) => Err(error.into()),
    }
}

/// Runs what blocks in a thread that may.
pub(super) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServeError> {
    let called = tokio::task::spawn_blocking(call).await;
    called.map_err(|error| ServeError::Broken(error.to_string()))
}

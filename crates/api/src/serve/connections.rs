//! Accepting connections and serving them, until it is time to close.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse as _;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use mainstay_protocol::problem::{Code, Problem};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::stall::Stalling;
use crate::local::{Listener, Stream};
use crate::server::closing::Closing;
use crate::server::problem::Refused;

/// The head of a request must be here within this time; also how long a connection may lie idle.
const HEAD: Duration = Duration::from_secs(10);
/// Longest head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;
/// An answer of which the other end takes nothing for so long is given up.
const STALL: Duration = Duration::from_secs(60);
/// Connections beyond the limit that are told so at once; more than that are closed without a word.
const REFUSALS: usize = 32;
/// After an error such as too many open files, the pause before the next attempt.
const PAUSE: Duration = Duration::from_millis(100);
/// Who is being served when the manager closes has this long.
const IN_FLIGHT: Duration = Duration::from_secs(10);
/// Who has got an answer by then, or has only just connected, has this long to take it or to ask.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serves until closing begins, then ends what is under way and returns.
pub(super) async fn serve(mut listener: Listener, router: Router, limit: usize, closing: Closing) {
    let mut serving = JoinSet::new();
    let busy = Router::new().fallback(|| async { busy() });
    loop {
        tokio::select! {
            biased;
            _ = closing.begun() => break,
            Some(_) = serving.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok(stream) if serving.len() < limit => {
                    serving.spawn(connection(stream, router.clone(), closing.clone()));
                }
                Ok(stream) if serving.len() < limit + REFUSALS => {
                    serving.spawn(connection(stream, busy.clone(), closing.clone()));
                }
                Ok(_) => tracing::warn!("a connection was closed: there are too many"),
                Err(error) => refused(&error).await,
            },
        }
    }
    // From here on nobody finds this manager. Who found it before is answered, if only that it is closing.
    for stream in listener.close() {
        serving.spawn(connection(stream, router.clone(), closing.clone()));
    }
    if timeout(IN_FLIGHT, closing.idle()).await.is_err() {
        tracing::warn!("requests that did not end in time are broken off");
    }
    let ended = async { while serving.join_next().await.is_some() {} };
    // Dropping the set breaks off the rest.
    timeout(LAST_WORDS, ended).await.ok();
}

async fn refused(error: &io::Error) {
    if error.kind() == io::ErrorKind::PermissionDenied {
        tracing::warn!(%error, "a connection was refused");
    } else {
        tracing::error!(%error, "no connection can be accepted");
        sleep(PAUSE).await;
    }
}

fn busy() -> axum::response::Response {
    Refused(Problem::new(
        Code::Busy,
        "too many connections to the manager are open; close event streams and other programs that use it, then try again",
    ))
    .into_response()
}

async fn connection(stream: Stream, router: Router, closing: Closing) {
    let asked = Arc::new(AtomicBool::new(false));
    let service = service_fn({
        let (asked, router) = (Arc::clone(&asked), TowerToHyperService::new(router));
        move |request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            router.call(request)
        }
    });
    let io = TokioIo::new(Stalling::new(stream, STALL));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(MAX_HEAD);
    let connection = http.serve_connection(io, service);
    tokio::pin!(connection);
    let served = tokio::select! {
        served = &mut connection => served,
        _ = closing.begun() => {
            // Who has only just come shall hear that nothing was done, instead of nothing.
            if asked.load(Ordering::Relaxed) {
                connection.as_mut().graceful_shutdown();
            }
            connection.await
        }
    };
    if let Err(error) = served {
        // A client that went away, a head that was none or did not come.
        tracing::debug!(%error, "a connection broke");
    }
}

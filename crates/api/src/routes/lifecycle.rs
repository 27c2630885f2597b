//! The runs of a session: stopped, paused, resumed, started again.

use axum::Json as Reply;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use mainstay_manager::Manager;
use mainstay_protocol::SessionId;
use mainstay_protocol::problem::Problem;
use mainstay_protocol::session::{Session, Start, Stop};

use super::sessions::created;
use crate::server::body::Json;
use crate::server::calls::{on_manager, on_session};
use crate::server::problem::Answer;
use crate::server::state::Shared;
use crate::wire::NotStopped;

/// Does something to a session and shows what it is then.
async fn then_show(
    shared: &Shared,
    reference: String,
    act: impl FnOnce(&Manager, &SessionId) -> Result<(), Problem> + Send + 'static,
) -> Answer<Reply<Session>> {
    let shown = on_session(shared, reference, |manager, id| {
        act(manager, id)?;
        manager.show(id)
    });
    Ok(Reply(shown.await?))
}

/// `POST /v1/sessions/{ref}/stop`; answers when the program was asked, not when it has ended.
pub(crate) async fn stop(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    Json(stop): Json<Stop>,
) -> Answer<Reply<Session>> {
    then_show(&shared, reference, move |manager, id| {
        manager.stop(id, stop)
    })
    .await
}

/// `POST /v1/manager/stop-all`; gives those that could not be asked.
pub(crate) async fn stop_all(
    State(shared): State<Shared>,
    Json(stop): Json<Stop>,
) -> Answer<Reply<NotStopped>> {
    let refused = on_manager(&shared, move |manager| manager.stop_all(stop)).await?;
    let problems = refused
        .into_iter()
        .map(|(id, problem)| problem.of(&id))
        .collect();
    Ok(Reply(NotStopped { problems }))
}

/// `POST /v1/sessions/{ref}/pause`
pub(crate) async fn pause(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
) -> Answer<Reply<Session>> {
    then_show(&shared, reference, |manager, id| manager.pause(id)).await
}

/// `POST /v1/sessions/{ref}/unpause`
pub(crate) async fn unpause(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
) -> Answer<Reply<Session>> {
    then_show(&shared, reference, |manager, id| manager.unpause(id)).await
}

/// `POST /v1/sessions/{ref}/resume`
pub(crate) async fn resume(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    Json(start): Json<Start>,
) -> Answer<Reply<Session>> {
    let session = on_session(&shared, reference, |manager, id| manager.resume(id, start)).await?;
    Ok(Reply(session))
}

/// `POST /v1/sessions/{ref}/again`
pub(crate) async fn again(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    Json(start): Json<Start>,
) -> Answer<Reply<Session>> {
    let session = on_session(&shared, reference, |manager, id| manager.again(id, start)).await?;
    Ok(Reply(session))
}

/// `POST /v1/sessions/{ref}/duplicate`; gives the new session.
pub(crate) async fn duplicate(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    Json(start): Json<Start>,
) -> Answer<impl IntoResponse> {
    let copy = on_session(&shared, reference, |manager, id| {
        manager.duplicate(id, start)
    })
    .await?;
    Ok(created(copy))
}

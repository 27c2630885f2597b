//! The terminal of a session: input, size, what is kept of its output.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;

use crate::server::body::{self, Json};
use crate::server::calls::{on_session, type_into};
use crate::server::problem::Answer;
use crate::server::state::Shared;
use crate::wire::{self, Input, Resize};

/// `POST /v1/sessions/{ref}/input`: bytes as they are, or `{"text": …}`.
pub(crate) async fn input(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    request: Request,
) -> Answer<StatusCode> {
    let (parts, body) = request.into_parts();
    let sent = body::whole(body, body::MAX_INPUT).await?;
    let bytes = match body::media_type(&parts.headers) {
        Some(wire::BYTES) => sent,
        Some(wire::JSON) => body::object::<Input>(&sent)?.text.into(),
        other => {
            let wanted = format!("{} or {}", wire::BYTES, wire::JSON);
            return Err(body::wrong_type(other, &wanted));
        }
    };
    type_into(&shared, reference, bytes).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/sessions/{ref}/resize`
pub(crate) async fn resize(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    Json(size): Json<Resize>,
) -> Answer<StatusCode> {
    on_session(&shared, reference, move |manager, id| {
        manager.resize(id, size)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/sessions/{ref}/purge`: nothing of what was printed is kept, the session stays.
pub(crate) async fn purge(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
) -> Answer<StatusCode> {
    on_session(&shared, reference, |manager, id| manager.purge(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

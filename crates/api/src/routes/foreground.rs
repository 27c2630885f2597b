//! What the person looks at.

use axum::Json as Reply;
use axum::extract::State;
use mainstay_protocol::problem::{Code, Problem};

use crate::server::body::Json;
use crate::server::calls::on_session;
use crate::server::problem::Answer;
use crate::server::state::Shared;
use crate::wire::Foreground;

/// `GET /v1/foreground`
pub(crate) async fn show(State(shared): State<Shared>) -> Reply<Foreground> {
    let session = shared.manager.foreground().map(String::from);
    Reply(Foreground { session })
}

/// `PUT /v1/foreground`
pub(crate) async fn set(
    State(shared): State<Shared>,
    Json(wanted): Json<Foreground>,
) -> Answer<Reply<Foreground>> {
    let missing = "the session to show is missing; send {\"session\": …}";
    let missing = || Problem::new(Code::Invalid, missing).at("session");
    let reference = wanted.session.ok_or_else(missing)?;
    let shown = on_session(&shared, reference, |manager, id| {
        manager.set_foreground(id)?;
        Ok(id.to_string())
    });
    let session = Some(shown.await?);
    Ok(Reply(Foreground { session }))
}

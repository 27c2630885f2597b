//! The manager itself.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use mainstay_manager::Health;
use mainstay_protocol::problem::{Code, Problem};

use crate::server::body::Json;
use crate::server::calls::on_manager;
use crate::server::closing::Ended;
use crate::server::problem::Answer;
use crate::server::state::Shared;
use crate::wire::{Info, Kind, Yield};

/// `GET /v1/version`
pub(crate) async fn version(State(shared): State<Shared>) -> Reply<Info> {
    Reply(Info {
        log_id: shared.manager.log_id(),
        ..shared.info.clone()
    })
}

/// `GET /v1/health`
pub(crate) async fn health(State(shared): State<Shared>) -> Answer<Reply<Health>> {
    let health = on_manager(&shared, |manager| Ok(manager.health())).await?;
    Ok(Reply(health))
}

/// `POST /v1/manager/yield`: answers, then closes, so that another manager can take over. The app makes room for nobody but
/// itself.
pub(crate) async fn give_way(
    State(shared): State<Shared>,
    Json(to): Json<Yield>,
) -> Answer<(StatusCode, Reply<Info>)> {
    if shared.info.kind == Kind::App && to.whom != Kind::App {
        return Err(Problem::new(Code::WrongState, shared.info.app_stays()).into());
    }
    tracing::info!(to = %to.whom, "closing to make room");
    shared.closing.begin(Ended::Yielded(to.whom));
    Ok((StatusCode::ACCEPTED, Reply(shared.info.clone())))
}

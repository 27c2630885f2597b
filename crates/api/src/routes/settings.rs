//! How sessions are run: profiles, the settings of the whole program, the person's environment.

use axum::Json as Reply;
use axum::extract::State;
use mainstay_manager::{Defaults, Profile};
use serde_json::{Map, Value};

use crate::server::body::Json;
use crate::server::calls::on_manager;
use crate::server::problem::Answer;
use crate::server::state::Shared;
use crate::wire::{Notes, Profiles};

/// `GET /v1/profiles`
pub(crate) async fn profiles(State(shared): State<Shared>) -> Answer<Reply<Profiles<Profile>>> {
    let profiles = on_manager(&shared, |manager| Ok(manager.profiles())).await?;
    Ok(Reply(Profiles { profiles }))
}

/// `GET /v1/settings`
pub(crate) async fn show(State(shared): State<Shared>) -> Answer<Reply<Defaults>> {
    let settings = on_manager(&shared, |manager| Ok(manager.settings())).await?;
    Ok(Reply(settings))
}

/// `PATCH /v1/settings`; null takes a setting away.
pub(crate) async fn change(
    State(shared): State<Shared>,
    Json(patch): Json<Map<String, Value>>,
) -> Answer<Reply<Defaults>> {
    let settings = on_manager(&shared, move |manager| manager.set_settings(&patch)).await?;
    Ok(Reply(settings))
}

/// `POST /v1/environment/refresh`
pub(crate) async fn refresh_environment(State(shared): State<Shared>) -> Answer<Reply<Notes>> {
    let notes = on_manager(&shared, |manager| manager.refresh_environment()).await?;
    Ok(Reply(Notes { notes }))
}

//! Which request goes where.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, patch, post, put};
use mainstay_protocol::problem::Code;

use super::guard;
use super::problem::Refused;
use super::state::Shared;
use crate::routes::{events, foreground, lifecycle, manager, sessions, settings, stream, terminal};

/// All routes, behind the guard.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        .merge(of_manager())
        .merge(of_sessions())
        .merge(of_events())
        .merge(of_settings())
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown)
        // Bodies are read with limits of their own.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(shared.clone(), guard::pass))
        .with_state(shared)
}

fn of_manager() -> Router<Shared> {
    Router::new()
        .route("/v1/version", get(manager::version))
        .route("/v1/health", get(manager::health))
        .route("/v1/manager/yield", post(manager::give_way))
        .route("/v1/manager/stop-all", post(lifecycle::stop_all))
}

fn of_sessions() -> Router<Shared> {
    let one = get(sessions::show)
        .patch(sessions::change)
        .delete(sessions::delete);
    Router::new()
        .route("/v1/sessions", get(sessions::list).post(sessions::create))
        .route("/v1/sessions/{ref}", one)
        .route("/v1/sessions/{ref}/runs", get(sessions::runs))
        .route("/v1/sessions/{ref}/stop", post(lifecycle::stop))
        .route("/v1/sessions/{ref}/pause", post(lifecycle::pause))
        .route("/v1/sessions/{ref}/unpause", post(lifecycle::unpause))
        .route("/v1/sessions/{ref}/resume", post(lifecycle::resume))
        .route("/v1/sessions/{ref}/again", post(lifecycle::again))
        .route("/v1/sessions/{ref}/duplicate", post(lifecycle::duplicate))
        .route("/v1/sessions/{ref}/input", post(terminal::input))
        .route("/v1/sessions/{ref}/resize", post(terminal::resize))
        .route("/v1/sessions/{ref}/purge", post(terminal::purge))
}

fn of_events() -> Router<Shared> {
    Router::new()
        .route("/v1/events", get(events::list))
        .route("/v1/events/counts", get(events::counts))
        .route("/v1/events/stream", get(stream::stream))
}

fn of_settings() -> Router<Shared> {
    Router::new()
        .route(
            "/v1/foreground",
            get(foreground::show).merge(put(foreground::set)),
        )
        .route("/v1/profiles", get(settings::profiles))
        .route(
            "/v1/settings",
            get(settings::show).merge(patch(settings::change)),
        )
        .route(
            "/v1/environment/refresh",
            post(settings::refresh_environment),
        )
}

async fn unknown(request: Request) -> Refused {
    let path = request.uri().path();
    Refused::with_status(
        Code::UnknownRoute,
        StatusCode::NOT_FOUND,
        format!("there is nothing at {path}; all addresses begin with /v1/, as /v1/sessions does"),
    )
}

async fn wrong_method(request: Request) -> Refused {
    let (method, path) = (request.method(), request.uri().path());
    Refused::with_status(
        Code::UnknownRoute,
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{method} is not possible at {path}; the header Allow says what is"),
    )
}

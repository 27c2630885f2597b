//! Sessions: made, listed, shown, changed, deleted.

use axum::Json as Reply;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use mainstay_protocol::SessionId;
use mainstay_protocol::problem::{Code, Problem};
use mainstay_protocol::session::{
    Change, Delete, NewSession, Order, Session, SessionPage, SessionQuery, Settings, SortBy, Start,
};
use serde::Deserialize;
use serde_json::Value;

use crate::server::body::{Json, field_of};
use crate::server::calls::{on_manager, on_session};
use crate::server::problem::Answer;
use crate::server::query::Parameters;
use crate::server::state::Shared;
use crate::wire::{Deleted, Runs};

/// `POST /v1/sessions`
pub(crate) async fn create(
    State(shared): State<Shared>,
    Json(body): Json<Value>,
) -> Answer<impl IntoResponse> {
    let new = new_session(&body)?;
    let session = on_manager(&shared, move |manager| manager.create(new)).await?;
    Ok(created(session))
}

/// The answer for a session that was made.
pub(crate) fn created(session: Session) -> impl IntoResponse {
    let place = format!("/v1/sessions/{}", session.id);
    (
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Reply(session),
    )
}

/// Reads the three parts of [`NewSession`] one by one: as one flat object it couldn't say which field is wrong.
fn new_session(body: &Value) -> Result<NewSession, Problem> {
    #[derive(Deserialize)]
    struct Id {
        #[serde(default)]
        id: Option<SessionId>,
    }
    Ok(NewSession {
        id: field_of::<Id>(body)?.id,
        settings: field_of::<Settings>(body)?,
        start: field_of::<Start>(body)?,
    })
}

/// `GET /v1/sessions`
pub(crate) async fn list(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
) -> Answer<Reply<SessionPage>> {
    let query = list_query(query.as_deref())?;
    let page = on_manager(&shared, move |manager| manager.list(&query)).await?;
    Ok(Reply(page))
}

fn list_query(query: Option<&str>) -> Result<SessionQuery, Problem> {
    let mut given = Parameters::of(query);
    let all = SessionQuery::default();
    let read = SessionQuery {
        status: given.list("status")?,
        project: given.text("project")?,
        profile: given.text("profile")?,
        environment: given.text("environment")?,
        text: given.text("text")?,
        deleted: given.flag("deleted")?,
        sort: given.word::<SortBy>("sort")?.unwrap_or(all.sort),
        order: given.word::<Order>("order")?.unwrap_or(all.order),
        limit: given.value("limit")?.unwrap_or(all.limit),
        after: given.text("after")?,
    };
    given.finish()?;
    Ok(read)
}

/// `GET /v1/sessions/{ref}`
pub(crate) async fn show(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
) -> Answer<Reply<Session>> {
    let shown = on_session(&shared, reference, |manager, id| manager.show(id)).await?;
    Ok(Reply(shown))
}

/// `PATCH /v1/sessions/{ref}`
pub(crate) async fn change(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    Json(change): Json<Change>,
) -> Answer<Reply<Session>> {
    let changed = on_session(&shared, reference, |manager, id| manager.change(id, change)).await?;
    Ok(Reply(changed))
}

/// `DELETE /v1/sessions/{ref}`; answers when the session is gone. One that isn't there is gone already.
pub(crate) async fn delete(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<Reply<Deleted>> {
    let mut given = Parameters::of(query.as_deref());
    let delete = Delete {
        force: given.flag("force")?,
        keep_workspace: given.flag("keep_workspace")?,
    };
    given.finish()?;
    let id = on_manager(&shared, move |manager| match manager.resolve(&reference) {
        Ok(id) => manager.delete(&id, delete).map(|()| Some(id)),
        Err(problem) if problem.code == Code::UnknownSession => Ok(None),
        Err(problem) => Err(problem),
    });
    Ok(Reply(Deleted { id: id.await? }))
}

/// `GET /v1/sessions/{ref}/runs`
pub(crate) async fn runs(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
) -> Answer<Reply<Runs>> {
    let runs = on_session(&shared, reference, |manager, id| manager.runs(id)).await?;
    Ok(Reply(Runs { runs }))
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::session::Status;

    use super::*;

    #[test]
    fn a_wrong_field_of_a_new_session_is_named() {
        for (body, field) in [
            (r#"{"id": "a b"}"#, "id"),
            (r#"{"command": "htop"}"#, "command"),
            (r#"{"env": {"A": 1}}"#, "env.A"),
            (r#"{"timeouts": {"run_ms": -1}}"#, "timeouts.run_ms"),
            (r#"{"terminal": {"cols": "x", "rows": 2}}"#, "terminal.cols"),
        ] {
            let body = serde_json::from_str(body).expect("JSON");
            let problem = new_session(&body).expect_err("a wrong field");
            assert_eq!(problem.field.as_deref(), Some(field), "{problem}");
            assert_eq!(problem.code, Code::BadJson, "{problem}");
        }
    }

    #[test]
    fn conditions_of_a_list_are_read() {
        let query = list_query(Some(
            "status=running,paused&sort=name&order=ascending&limit=5",
        ));
        let query = query.expect("known parameters");
        assert_eq!(query.status, [Status::Running, Status::Paused]);
        assert_eq!(
            (query.sort, query.order, query.limit),
            (SortBy::Name, Order::Ascending, 5)
        );
        assert_eq!(list_query(None).expect("none"), SessionQuery::default());
        let error = list_query(Some("statsu=running")).expect_err("misspelt");
        assert!(error.detail.contains("status"), "{error}");
    }
}

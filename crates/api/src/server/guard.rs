//! What every request must pass.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mainstay_protocol::problem::{Code, Problem};
use tokio::time::Instant;

use super::counted::Counted;
use super::problem::Refused;
use super::state::Shared;

/// Lets a request through that shows the token, while the manager isn't closing. It counts as being served until the last
/// byte of its answer was taken.
pub(crate) async fn pass(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let serving = shared.closing.serve();
    let mut response = match check(&shared, &request) {
        Ok(()) => logged(request, next).await,
        Err(refused) => refused.into_response(),
    };
    if shared.closing.has_begun() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response.map(|body| Body::new(Counted::new(body, serving)))
}

fn check(shared: &Shared, request: &Request) -> Result<(), Refused> {
    let shown = request.headers().get(header::AUTHORIZATION);
    if !shown.is_some_and(|shown| shared.token.is_shown_by(shown.as_bytes())) {
        let detail = if shown.is_some() {
            "the token is wrong or of an earlier start; read it again from the file api-token in the data directory"
        } else {
            "the token is missing; send \"Authorization: Bearer\" with what stands in the file api-token in the data directory"
        };
        return Err(Problem::new(Code::Denied, detail).into());
    }
    if shared.closing.has_begun() {
        return Err(closing());
    }
    Ok(())
}

/// The answer of a manager that closes: nothing was done.
pub(crate) fn closing() -> Refused {
    Problem::new(
        Code::Closing,
        "this manager is closing and did nothing; try again, another one may be taking over",
    )
    .into()
}

async fn logged(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    // The pattern, for what people call their sessions is nobody's business.
    let path = request.extensions().get::<MatchedPath>().cloned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let took: Duration = begun.elapsed();
    let path = path.as_ref().map_or("(unknown)", MatchedPath::as_str);
    tracing::debug!(%method, path, status = response.status().as_u16(), ?took, "request");
    response
}

//! Problems as answers (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mainstay_protocol::problem::{Code, Problem};
use serde::Serialize;

use crate::wire;

/// Why a request was not done, as the answer to it.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) Problem);

/// What every handler gives.
pub(crate) type Answer<T> = Result<T, Refused>;

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl Refused {
    /// A problem whose HTTP status says more than that of its code.
    pub(crate) fn with_status(code: Code, status: StatusCode, detail: impl Into<String>) -> Self {
        Self(Problem {
            status: status.as_u16(),
            ..Problem::new(code, detail)
        })
    }
}

#[derive(Serialize)]
struct Document<'a> {
    /// Nothing is to be read at an address of its own: the code is what programs go by.
    r#type: &'static str,
    #[serde(flatten)]
    problem: &'a Problem,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let document = Document {
            r#type: "about:blank",
            problem: &self.0,
        };
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // It is plain data; an empty body says as much as the status.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(wire::PROBLEM),
        );
        if self.0.code == Code::Denied {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

//! Reading the body of a request: its type, its size, its JSON.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use mainstay_protocol::problem::{Code, Problem};
use serde::de::DeserializeOwned;

use super::problem::Refused;
use crate::wire;

/// Most bytes of a body: a session with a large environment has some 10 KiB.
pub(crate) const MAX_BODY: usize = 1024 * 1024;
/// Most bytes of input for a session in one request.
pub(crate) const MAX_INPUT: usize = 4 * 1024 * 1024;
/// A body must be here within this time: who sends more slowly only holds a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// The body as an object of type `T`. No body at all is an empty object.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        let (parts, body) = request.into_parts();
        let bytes = whole(body, MAX_BODY).await?;
        if bytes.is_empty() {
            return Ok(Self(object(b"{}")?));
        }
        match media_type(&parts.headers) {
            Some(wire::JSON) => Ok(Self(object(&bytes)?)),
            other => Err(wrong_type(other, wire::JSON)),
        }
    }
}

/// All of a body.
pub(crate) async fn whole(body: Body, limit: usize) -> Result<Bytes, Refused> {
    let collected = tokio::time::timeout(PATIENCE, Limited::new(body, limit).collect()).await;
    match collected {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refused::with_status(
            Code::Invalid,
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body has more than {limit} bytes; send less at once"),
        )),
        Ok(Err(error)) => Err(Refused::with_status(
            Code::BadJson,
            StatusCode::BAD_REQUEST,
            format!("the body did not arrive whole: {error}; send it again"),
        )),
        Err(_) => Err(Refused::with_status(
            Code::BadJson,
            StatusCode::REQUEST_TIMEOUT,
            format!(
                "the body did not arrive within {} s; send it again",
                PATIENCE.as_secs()
            ),
        )),
    }
}

/// The type that the headers give the body, without its parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (essence, _) = value.split_once(';').unwrap_or((value, ""));
    Some(essence.trim())
}

/// The answer to a body of a type that isn't wanted.
pub(crate) fn wrong_type(found: Option<&str>, wanted: &str) -> Refused {
    let found = found.map_or_else(
        || "no type".to_owned(),
        |found| format!("the type {found:?}"),
    );
    Refused::with_status(
        Code::BadJson,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("the body has {found}; send it with Content-Type: {wanted}"),
    )
}

/// Reads a JSON object. What is wrong is told with its place: the field, line and column.
pub(crate) fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes
        .trim_ascii_start()
        .first()
        .is_some_and(|&first| first != b'{')
    {
        // Lists would do for objects otherwise, by the order of their fields.
        return Err(Problem::new(
            Code::BadJson,
            "the body must be a JSON object, as in {\"name\": \"build\"}",
        ));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read: T = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        bad(error.inner(), &path)
    })?;
    json.end().map_err(|error| bad(&error, ""))?;
    Ok(read)
}

/// Reads a type out of an object that holds more than that.
pub(crate) fn field_of<T: DeserializeOwned>(object: &serde_json::Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(object.clone()).map_err(|error| {
        let path = error.path().to_string();
        bad(error.inner(), &path)
    })
}

/// The problem of a JSON text; `path` leads to the field.
fn bad(error: &serde_json::Error, path: &str) -> Problem {
    // What has no place in the text came through a flattened struct.
    let words = error.to_string();
    let is_field = !matches!(path, "" | "." | "?") && error.is_data();
    let problem = if is_field {
        Problem::new(Code::BadJson, format!("{path}: {words}"))
    } else if error.is_data() {
        Problem::new(Code::BadJson, words)
    } else {
        Problem::new(Code::BadJson, format!("the body is no JSON: {words}"))
    };
    if is_field { problem.at(path) } else { problem }
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::session::Stop;

    use super::*;

    fn problem(text: &str) -> Problem {
        object::<Stop>(text.as_bytes()).expect_err("it is wrong")
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let broken = problem("{\n \"force\": tru }");
        assert!(broken.detail.contains("line 2 column"), "{broken}");
        assert_eq!(broken.code, Code::BadJson);
        let field = problem(r#"{"grace_ms": "soon"}"#);
        assert_eq!(field.field.as_deref(), Some("grace_ms"), "{field}");
        assert!(field.detail.contains("line 1 column 19"), "{field}");
        for text in ["[true, 5]", "7", "{} {}", "{", "\"\"", "null"] {
            assert_eq!(problem(text).code, Code::BadJson, "{text}");
        }
        let stop: Stop = object(b" {\"later\": 1} ").expect("unknown fields are ignored");
        assert_eq!(stop, Stop::default());
    }
}

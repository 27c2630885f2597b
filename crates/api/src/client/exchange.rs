//! One request and its answer, over a connection of their own.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use mainstay_keep::Places;
use mainstay_protocol::problem::Problem;
use serde::de::DeserializeOwned;

use super::ClientError;
use super::call::Call;
use crate::local::{self, ConnectError, Stream};
use crate::serve::last_known;
use crate::token::Token;
use crate::wire;

/// Longest answer: more than 10,000 sessions with large environments have.
const MAX_ANSWER: usize = 256 * 1024 * 1024;

/// An answer of which the head is there; never a problem.
pub(super) type Answer = Response<Incoming>;

type Result<T> = std::result::Result<T, ClientError>;

/// Sends a request to the manager that listens now.
pub(super) async fn attempt(places: &Places, call: &Call) -> Result<Answer> {
    let (stream, path) = connect(places).await?;
    let token = Token::read(places).map_err(|source| match source.kind() {
        // It takes the token away when it closes.
        std::io::ErrorKind::NotFound => ClientError::NotRunning { path },
        _ => ClientError::Token {
            path: places.api_token(),
            source,
        },
    })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    // It ends with the answer's body, or with the sender if there is none.
    tokio::spawn(connection);
    let answer = sender
        .send_request(request(call, &token)?)
        .await
        .map_err(|error| broken(&error))?;
    if answer.status().is_success() {
        Ok(answer)
    } else {
        Err(problem(answer).await)
    }
}

/// Where the manager said that it listens, else where it would with the same environment.
async fn connect(places: &Places) -> Result<(Stream, PathBuf)> {
    if let Some(path) = last_known(places).map(|info| info.socket) {
        match local::connect(&path).await {
            Ok(stream) => return Ok((stream, path)),
            Err(ConnectError::NobodyThere(_)) => {}
            Err(error) => return Err(unreachable(error, &path)),
        }
    }
    let path = places.manager_socket()?;
    match local::connect(&path).await {
        Ok(stream) => Ok((stream, path)),
        Err(error) => Err(unreachable(error, &path)),
    }
}

fn unreachable(error: ConnectError, path: &Path) -> ClientError {
    let path = path.to_owned();
    match error {
        ConnectError::NobodyThere(_) => ClientError::NotRunning { path },
        #[cfg(unix)]
        ConnectError::OtherUser { uid, ours } => ClientError::OtherUser { path, uid, ours },
        ConnectError::Io(source) => ClientError::Unreachable { path, source },
    }
}

fn request(call: &Call, token: &Token) -> Result<Request<Full<Bytes>>> {
    let mut request = Request::builder()
        .method(&call.method)
        .uri(&call.target)
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, token.header())
        .header(header::CONNECTION, "close");
    if let Some(content_type) = call.content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    let request = request.body(Full::new(call.body.clone()));
    request.map_err(|error| ClientError::Answer(error.to_string()))
}

/// The whole body of an answer.
pub(super) async fn whole(answer: Answer) -> Result<Bytes> {
    match Limited::new(answer.into_body(), MAX_ANSWER).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ClientError::Answer(format!(
            "it has more than {MAX_ANSWER} bytes"
        ))),
        Err(error) => Err(ClientError::Broken(error.to_string())),
    }
}

/// The answer as JSON.
pub(super) async fn json<T: DeserializeOwned>(answer: Answer) -> Result<T> {
    let bytes = whole(answer).await?;
    serde_json::from_slice(&bytes).map_err(|error| ClientError::Answer(error.to_string()))
}

async fn problem(answer: Answer) -> ClientError {
    let status = answer.status();
    let given = answer.headers().get(header::CONTENT_TYPE);
    let is_problem = given.is_some_and(|given| given.as_bytes() == wire::PROBLEM.as_bytes());
    match json::<Problem>(answer).await {
        Ok(problem) if is_problem => ClientError::Problem(problem),
        _ => ClientError::Answer(format!("it has the status {status}")),
    }
}

fn broken(error: &hyper::Error) -> ClientError {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words.push_str(&format!(": {error}"));
        cause = error.source();
    }
    ClientError::Broken(words)
}

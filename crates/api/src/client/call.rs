//! A request, in a form that can be sent more than once.

use std::fmt::Display;

use bytes::Bytes;
use hyper::Method;
use mainstay_protocol::problem::{Code, Problem};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::ClientError;
use crate::wire;

/// What stands in an address as it is (RFC 3986, section 2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) target: String,
    pub(super) content_type: Option<&'static str>,
    pub(super) body: Bytes,
}

impl Call {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            target: path.into(),
            content_type: None,
            body: Bytes::new(),
        }
    }

    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// About one session; `rest` begins with a slash or is empty.
    pub(super) fn about(method: Method, session: &str, rest: &str) -> Result<Self, ClientError> {
        if session.is_empty() {
            return Err(ClientError::Usage(Problem::new(
                Code::UnknownSession,
                "no session is named by an empty text; give an id, the beginning of one, or a name",
            )));
        }
        let session = utf8_percent_encode(session, PLAIN);
        Ok(Self::new(method, format!("/v1/sessions/{session}{rest}")))
    }

    /// With a JSON body.
    pub(super) fn with(mut self, body: &impl Serialize) -> Result<Self, ClientError> {
        let json = serde_json::to_vec(body).map_err(|error| {
            let detail = format!("the request can't be written as JSON: {error}");
            ClientError::Usage(Problem::new(Code::Invalid, detail))
        })?;
        self.body = json.into();
        self.content_type = Some(wire::JSON);
        Ok(self)
    }

    /// With bytes as they are.
    pub(super) fn with_bytes(mut self, bytes: Bytes) -> Self {
        self.body = bytes;
        self.content_type = Some(wire::BYTES);
        self
    }

    /// With one more parameter.
    pub(super) fn and(mut self, name: &str, value: impl Display) -> Self {
        let value = value.to_string();
        let value = utf8_percent_encode(&value, PLAIN);
        let sign = if self.target.contains('?') { '&' } else { '?' };
        self.target.push_str(&format!("{sign}{name}={value}"));
        self
    }

    /// With one more parameter, where there is a value for it.
    pub(super) fn and_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.and(name, value),
            None => self,
        }
    }

    /// It changes nothing, so it can be sent again if nobody knows what became of it.
    pub(super) fn only_looks(&self) -> bool {
        self.method == Method::GET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_people_call_their_sessions_fits_into_an_address() {
        let call = Call::about(Method::GET, "a/b ?#%ä", "/runs").expect("a name");
        assert_eq!(call.target, "/v1/sessions/a%2Fb%20%3F%23%25%C3%A4/runs");
        let call = call
            .and("text", "x&y=z+")
            .and_some("no", None::<u8>)
            .and("n", 1);
        assert!(
            call.target.ends_with("/runs?text=x%26y%3Dz%2B&n=1"),
            "{}",
            call.target
        );
        Call::about(Method::GET, "", "").expect_err("that would be the list");
    }
}

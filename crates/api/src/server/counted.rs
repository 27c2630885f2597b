//! A body that counts as being served until it was taken or given up.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::closing::Serving;

/// A body with the guard of its request.
#[derive(Debug)]
pub(super) struct Counted {
    inner: Body,
    _serving: Serving,
}

impl Counted {
    pub(super) fn new(inner: Body, serving: Serving) -> Self {
        Self {
            inner,
            _serving: serving,
        }
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

//! The event log as it grows: `GET /v1/events/stream`, server-sent events.
//!
//! What came after `since` (or the header `Last-Event-ID`) is replayed, then what happens follows; without either only what
//! happens from now on. The number of an event is its `id`. A comment every 15 s shows that the stream lives. A stream ends
//! when the manager closes, and when the event log becomes another one (header `mainstay-log`).

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use mainstay_protocol::event::SessionEvent;
use mainstay_protocol::problem::{Code, Problem};
use mainstay_protocol::session::EventQuery;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until};

use super::events::Conditions;
use crate::server::calls::on_manager;
use crate::server::feed::{Next, Told};
use crate::server::problem::Answer;
use crate::server::query::Parameters;
use crate::server::state::Shared;
use crate::wire;

/// How often a stream without events shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Most events that are read from the store at once.
const STORED: u32 = 256;
/// A comment, which readers pass over.
const ALIVE: Bytes = Bytes::from_static(b":\n\n");

/// `GET /v1/events/stream`
pub(crate) async fn stream(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer<Response> {
    let mut given = Parameters::of(query.as_deref());
    let since = given.value("since")?;
    let conditions = Conditions::take(&mut given)?;
    given.finish()?;
    let since = last_event_id(&headers)?.or(since);
    let room = Arc::clone(&shared.streams)
        .try_acquire_owned()
        .map_err(|_| {
            Problem::new(
                Code::Busy,
                "too many event streams are open; close some of them",
            )
        })?;
    let log = shared.feed.log();
    let (filter, newest, log_id) = on_manager(&shared, move |manager| {
        let filter = conditions.resolve(manager)?;
        let newest = manager.last_seq()?;
        Ok((filter, newest, manager.log_id()))
    })
    .await?;
    let follower = Follower {
        position: position(since, newest)?,
        log,
        filter,
        heartbeat: Instant::now() + HEARTBEAT,
        shared,
        _room: room,
    };
    let body = stream::unfold(follower, |mut follower| async move {
        let chunk = follower.next().await?;
        Some((Ok::<_, Infallible>(chunk), follower))
    });
    let text = |text: String| HeaderValue::from_str(&text).ok();
    let mut response = Body::from_stream(body).into_response();
    let answer = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, text("text/event-stream".to_owned())),
        (header::CACHE_CONTROL, text("no-store".to_owned())),
        (HeaderName::from_static(wire::LOG_HEADER), text(log_id)),
        (
            HeaderName::from_static(wire::NEWEST_HEADER),
            text(newest.to_string()),
        ),
    ] {
        answer.extend(value.map(|value| (name, value)));
    }
    Ok(response)
}

/// Where a reader that was cut off goes on.
fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers
        .get("last-event-id")
        .filter(|value| !value.is_empty())
    else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    let wrong = || {
        Problem::new(
            Code::Invalid,
            "Last-Event-ID is no number of an event; leave it out",
        )
    };
    number.map(Some).ok_or_else(wrong)
}

fn position(since: Option<u64>, newest: u64) -> Result<u64, Problem> {
    match since {
        Some(since) if since > newest => Err(Problem::new(
            Code::Invalid,
            format!(
                "there is no event {since}: the log ends at {newest}, as after a restore of the database; begin with since=0"
            ),
        )
        .at("since")),
        since => Ok(since.unwrap_or(newest)),
    }
}

/// One stream.
struct Follower {
    shared: Shared,
    /// Number of the last event that was looked at.
    position: u64,
    /// The event log that the number belongs to.
    log: u64,
    filter: EventQuery,
    heartbeat: Instant,
    _room: OwnedSemaphorePermit,
}

impl Follower {
    /// What is sent next; nothing at the end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let mut news = self.shared.feed.news();
            if self.shared.closing.has_begun() {
                return None;
            }
            let told = match self.shared.feed.next(self.log, self.position) {
                Next::Here(told) => told,
                Next::Stored(up_to) => {
                    let stored = self.stored().await?;
                    if stored.is_empty() {
                        // What was there was too old to be kept.
                        self.position = up_to;
                        continue;
                    }
                    stored
                }
                Next::Over => return None,
            };
            if let Some(last) = told.last() {
                self.position = last.event.seq;
                let chunk = self.wanted(&told);
                if !chunk.is_empty() {
                    self.heartbeat = Instant::now() + HEARTBEAT;
                    return Some(chunk);
                }
                continue;
            }
            tokio::select! {
                _ = news.changed() => {}
                _ = self.shared.closing.begun() => return None,
                () = sleep_until(self.heartbeat) => {
                    self.heartbeat = Instant::now() + HEARTBEAT;
                    return Some(ALIVE);
                }
            }
        }
    }

    /// Events that the feed keeps no more.
    async fn stored(&self) -> Option<Vec<Arc<Told>>> {
        let query = EventQuery {
            since: self.position,
            limit: Some(STORED),
            ..EventQuery::default()
        };
        let read = on_manager(&self.shared, move |manager| manager.events(&query)).await;
        match read {
            Ok(events) => Some(
                events
                    .into_iter()
                    .map(|event| Arc::new(Told::new(Arc::new(event))))
                    .collect(),
            ),
            Err(refused) => {
                // The reader comes again with the number of the last event it got.
                tracing::warn!(problem = %refused.0, "a stream of events can't go on");
                None
            }
        }
    }

    fn wanted(&self, told: &[Arc<Told>]) -> Bytes {
        let mut chunk = BytesMut::new();
        for told in told.iter().filter(|told| fits(&self.filter, &told.event)) {
            chunk.extend_from_slice(&told.frame);
        }
        chunk.freeze()
    }
}

fn fits(filter: &EventQuery, event: &SessionEvent) -> bool {
    filter
        .session
        .as_ref()
        .is_none_or(|session| *session == event.session_id)
        && filter
            .run
            .as_ref()
            .is_none_or(|run| event.run_id.as_ref() == Some(run))
        && (filter.types.is_empty() || filter.types.iter().any(|name| name == event.kind.name()))
}

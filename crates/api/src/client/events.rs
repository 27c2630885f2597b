//! The event log.

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use mainstay_protocol::event::{EventCount, SessionEvent};
use mainstay_protocol::{RunId, Timestamp};

use super::call::Call;
use super::exchange::Answer;
use super::sse::Events;
use super::{Client, ClientError, Result, until_started};
use crate::wire;

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of the session with this id, name or beginning of an id.
    pub session: Option<String>,
    /// Of this run.
    pub run: Option<RunId>,
    /// Of these types (`session.started`); none means all.
    pub types: Vec<String>,
}

impl EventFilter {
    fn on(&self, call: Call) -> Call {
        let call = call
            .and_some("session", self.session.as_ref())
            .and_some("run", self.run.as_ref());
        self.types
            .iter()
            .fold(call, |call, name| call.and("type", name))
    }
}

impl Client {
    /// Events after number `since`, the oldest first, at most `limit` (1,000).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn events(
        &self,
        since: u64,
        filter: &EventFilter,
        limit: Option<u32>,
    ) -> Result<Vec<SessionEvent>> {
        let call = Call::get("/v1/events")
            .and("since", since)
            .and_some("limit", limit);
        let found: wire::Events = self.json(filter.on(call)).await?;
        Ok(found.events)
    }

    /// How many events of each type there were in each hour, from `from` up to, not including, `to`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn event_counts(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Vec<EventCount>> {
        let call = Call::get("/v1/events/counts")
            .and_some("from", from)
            .and_some("to", to);
        let found: wire::Counts = self.json(call).await?;
        Ok(found.counts)
    }

    /// The event log as it grows: what came after number `since`, then what happens. Nothing for `since`: only what
    /// happens from now on.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn follow(&self, since: Option<u64>, filter: &EventFilter) -> Result<EventStream> {
        let (position, body, log_id) = self.open(since, filter).await?;
        Ok(EventStream {
            client: self.clone(),
            filter: filter.clone(),
            body,
            events: Events::default(),
            position,
            log_id,
            fruitless: 0,
        })
    }

    async fn open(
        &self,
        since: Option<u64>,
        filter: &EventFilter,
    ) -> Result<(u64, Incoming, String)> {
        let call = filter.on(Call::get("/v1/events/stream").and_some("since", since));
        let answer = self.send(&call).await?;
        let newest = header(&answer, wire::NEWEST_HEADER)?;
        let newest = newest
            .parse()
            .map_err(|_| ClientError::Answer(format!("no number: {newest:?}")))?;
        let log_id = header(&answer, wire::LOG_HEADER)?;
        Ok((since.unwrap_or(newest), answer.into_body(), log_id))
    }
}

fn header(answer: &Answer, name: &str) -> Result<String> {
    let value = answer
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok());
    let missing = || ClientError::Answer(format!("the header {name} is missing"));
    value.map(str::to_owned).ok_or_else(missing)
}

/// The event log as it grows.
#[derive(Debug)]
pub struct EventStream {
    client: Client,
    filter: EventFilter,
    body: Incoming,
    events: Events,
    position: u64,
    log_id: String,
    /// How often in a row the stream began anew and gave nothing.
    fruitless: u32,
}

impl EventStream {
    /// The next event. Where another manager takes over, it goes on there, without a gap or a double.
    ///
    /// # Errors
    /// [`ClientError::NotRunning`] when the manager is gone and nobody is starting another one;
    /// [`ClientError::Answer`] when the event log has become another one, whose numbers say nothing of those before. Ask
    /// for a new stream then.
    pub async fn next(&mut self) -> Result<SessionEvent> {
        loop {
            if let Some(data) = self.events.next() {
                let event: SessionEvent = serde_json::from_str(&data)
                    .map_err(|error| ClientError::Answer(error.to_string()))?;
                self.position = event.seq;
                self.fruitless = 0;
                return Ok(event);
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.events.push(data).map_err(ClientError::Answer)?;
                        self.fruitless = 0;
                    }
                }
                Some(Err(_)) | None => self.begin_anew().await?,
            }
        }
    }

    /// Number of the last event that was given, or where the stream began.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Name of the event log.
    #[must_use]
    pub fn log_id(&self) -> &str {
        &self.log_id
    }

    /// The stream broke off: the manager closed, was killed, or gave this reader up for its slowness.
    async fn begin_anew(&mut self) -> Result<()> {
        self.fruitless += 1;
        if self.fruitless > 3 {
            return Err(ClientError::Broken(
                "the stream of events breaks off again and again".to_owned(),
            ));
        }
        // A stream starts no manager: whoever ended the one there was may have meant it.
        until_started(self.client.places()).await?;
        let found = Client::connect(self.client.places()).await?;
        let (_, body, log_id) = found.open(Some(self.position), &self.filter).await?;
        if log_id != self.log_id {
            return Err(ClientError::Answer(
                "the event log is another one now, as after a restore; begin again with its first event".to_owned(),
            ));
        }
        (self.body, self.events) = (body, Events::default());
        Ok(())
    }
}

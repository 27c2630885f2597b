//! The event log: pages of it and counts.

use axum::Json as Reply;
use axum::extract::{RawQuery, State};
use mainstay_manager::Manager;
use mainstay_protocol::Timestamp;
use mainstay_protocol::problem::Problem;
use mainstay_protocol::session::EventQuery;

use crate::server::calls::on_manager;
use crate::server::problem::Answer;
use crate::server::query::Parameters;
use crate::server::state::Shared;
use crate::wire::{Counts, Events};

/// Conditions on events, with the session as somebody named it.
#[derive(Debug)]
pub(crate) struct Conditions {
    session: Option<String>,
    query: EventQuery,
}

impl Conditions {
    /// Takes `session`, `run` and `type` out of the parameters.
    pub(crate) fn take(given: &mut Parameters) -> Result<Self, Problem> {
        Ok(Self {
            session: given.text("session")?,
            query: EventQuery {
                run: given.value("run")?,
                types: given.list("type")?,
                ..EventQuery::default()
            },
        })
    }

    /// Finds the session that is meant.
    pub(crate) fn resolve(self, manager: &Manager) -> Result<EventQuery, Problem> {
        let session = self
            .session
            .map(|text| manager.resolve(&text))
            .transpose()?;
        Ok(EventQuery {
            session,
            ..self.query
        })
    }
}

/// `GET /v1/events`
pub(crate) async fn list(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
) -> Answer<Reply<Events>> {
    let mut given = Parameters::of(query.as_deref());
    let since = given.value("since")?.unwrap_or(0);
    let limit = given.value("limit")?;
    let conditions = Conditions::take(&mut given)?;
    given.finish()?;
    let events = on_manager(&shared, move |manager| {
        let query = conditions.resolve(manager)?;
        manager.events(&EventQuery {
            since,
            limit,
            ..query
        })
    });
    Ok(Reply(Events {
        events: events.await?,
    }))
}

/// Later than any event: the last second of the year 9999.
const EVER: Timestamp = Timestamp(253_402_300_799_000);

/// `GET /v1/events/counts`: by hour and type, from `from` up to, not including, `to`.
pub(crate) async fn counts(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
) -> Answer<Reply<Counts>> {
    let mut given = Parameters::of(query.as_deref());
    let from = given.value("from")?.unwrap_or(Timestamp(0));
    let to = given.value("to")?.unwrap_or(EVER);
    given.finish()?;
    let counts = on_manager(&shared, move |manager| manager.event_counts(from, to)).await?;
    Ok(Reply(Counts { counts }))
}

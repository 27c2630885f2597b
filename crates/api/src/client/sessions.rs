//! Sessions. `session` is an id, a name, or the beginning of an id that no other session has. The errors of all of these
//! are those of [`ClientError`](super::ClientError).

use bytes::Bytes;
use hyper::Method;
use mainstay_protocol::session::{
    Change, Delete, NewSession, Run, Session, SessionPage, SessionQuery, Start, Stop,
};
use mainstay_protocol::{Problem, SessionId, Size};
use serde::Serialize;

use super::call::Call;
use super::{Client, Result};
use crate::wire;

/// Most bytes of input in one request.
const INPUT: usize = crate::server::body::MAX_INPUT;

impl Client {
    /// Makes a session and starts it.
    ///
    /// # Errors
    /// The problem names the session where a failed one stays.
    pub async fn create(&self, new: &NewSession) -> Result<Session> {
        self.json(Call::post("/v1/sessions").with(new)?).await
    }

    /// A page of the list.
    ///
    /// # Errors
    /// See the module.
    pub async fn sessions(&self, query: &SessionQuery) -> Result<SessionPage> {
        self.json(list(query)).await
    }

    /// All pages of the list.
    ///
    /// # Errors
    /// See the module.
    pub async fn all_sessions(&self, query: &SessionQuery) -> Result<Vec<Session>> {
        let mut query = query.clone();
        let mut all = Vec::new();
        loop {
            let page = self.sessions(&query).await?;
            all.extend(page.sessions);
            query.after = page.next;
            if query.after.is_none() {
                return Ok(all);
            }
        }
    }

    /// One session.
    ///
    /// # Errors
    /// See the module.
    pub async fn show(&self, session: &str) -> Result<Session> {
        self.json(Call::about(Method::GET, session, "")?).await
    }

    /// Changes what was given.
    ///
    /// # Errors
    /// See the module.
    pub async fn change(&self, session: &str, change: &Change) -> Result<Session> {
        self.json(Call::about(Method::PATCH, session, "")?.with(change)?)
            .await
    }

    /// Deletes a session and returns when it is gone; gives its id, or nothing where there was none.
    ///
    /// # Errors
    /// See the module.
    pub async fn delete(&self, session: &str, delete: Delete) -> Result<Option<SessionId>> {
        let call = Call::about(Method::DELETE, session, "")?
            .and("force", delete.force)
            .and("keep_workspace", delete.keep_workspace);
        let deleted: wire::Deleted = self.json(call).await?;
        Ok(deleted.id)
    }

    /// The runs of a session, the first one first.
    ///
    /// # Errors
    /// See the module.
    pub async fn runs(&self, session: &str) -> Result<Vec<Run>> {
        let found: wire::Runs = self
            .json(Call::about(Method::GET, session, "/runs")?)
            .await?;
        Ok(found.runs)
    }

    /// Asks the program of a session to end; returns when it was asked.
    ///
    /// # Errors
    /// See the module.
    pub async fn stop(&self, session: &str, stop: Stop) -> Result<Session> {
        self.act(session, "/stop", &stop).await
    }

    /// Asks all programs to end; gives the problems of those that could not be asked.
    ///
    /// # Errors
    /// See the module.
    pub async fn stop_all(&self, stop: Stop) -> Result<Vec<Problem>> {
        let call = Call::post("/v1/manager/stop-all").with(&stop)?;
        let told: wire::NotStopped = self.json(call).await?;
        Ok(told.problems)
    }

    /// Holds a session's processes.
    ///
    /// # Errors
    /// See the module.
    pub async fn pause(&self, session: &str) -> Result<Session> {
        self.json(Call::about(Method::POST, session, "/pause")?)
            .await
    }

    /// Lets them go on.
    ///
    /// # Errors
    /// See the module.
    pub async fn unpause(&self, session: &str) -> Result<Session> {
        self.json(Call::about(Method::POST, session, "/unpause")?)
            .await
    }

    /// Goes on where the last run ended.
    ///
    /// # Errors
    /// See the module.
    pub async fn resume(&self, session: &str, start: &Start) -> Result<Session> {
        self.act(session, "/resume", start).await
    }

    /// Runs the same again.
    ///
    /// # Errors
    /// See the module.
    pub async fn again(&self, session: &str, start: &Start) -> Result<Session> {
        self.act(session, "/again", start).await
    }

    /// Makes and starts a session with the same settings.
    ///
    /// # Errors
    /// See the module.
    pub async fn duplicate(&self, session: &str, start: &Start) -> Result<Session> {
        self.act(session, "/duplicate", start).await
    }

    /// Types bytes into a session, as they are.
    ///
    /// # Errors
    /// See the module. Of more than 4 MiB a part may have been typed.
    pub async fn input(&self, session: &str, bytes: impl Into<Bytes>) -> Result<()> {
        let mut rest = bytes.into();
        loop {
            let part = rest.split_to(rest.len().min(INPUT));
            let call = Call::about(Method::POST, session, "/input")?;
            self.done(call.with_bytes(part)).await?;
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// Changes the size of a session's terminal.
    ///
    /// # Errors
    /// See the module.
    pub async fn resize(&self, session: &str, size: Size) -> Result<()> {
        let call = Call::about(Method::POST, session, "/resize")?;
        self.done(call.with(&size)?).await
    }

    /// Removes what a session printed; the session stays.
    ///
    /// # Errors
    /// See the module.
    pub async fn purge(&self, session: &str) -> Result<()> {
        self.done(Call::about(Method::POST, session, "/purge")?)
            .await
    }

    async fn act(&self, session: &str, what: &str, body: &impl Serialize) -> Result<Session> {
        self.json(Call::about(Method::POST, session, what)?.with(body)?)
            .await
    }
}

fn list(query: &SessionQuery) -> Call {
    let word = |value: &dyn Fn() -> serde_json::Result<serde_json::Value>| {
        value()
            .ok()
            .and_then(|word| word.as_str().map(str::to_owned))
    };
    let statuses = query.status.iter();
    statuses
        .fold(Call::get("/v1/sessions"), |call, status| {
            call.and("status", status)
        })
        .and_some("project", query.project.as_ref())
        .and_some("profile", query.profile.as_ref())
        .and_some("environment", query.environment.as_ref())
        .and_some("text", query.text.as_ref())
        .and("deleted", query.deleted)
        .and_some("sort", word(&|| serde_json::to_value(query.sort)))
        .and_some("order", word(&|| serde_json::to_value(query.order)))
        .and("limit", query.limit)
        .and_some("after", query.after.as_ref())
}

//! Waiting until a session has a status, by its events.
//!
//! Nothing is asked again and again: each event of the session says what became of it, and only where it leaves a doubt
//! the session is looked at. A status that lasted for a moment only is seen, too.

use std::collections::VecDeque;

use mainstay_api::client::{Client, ClientError, EventFilter, EventStream};
use mainstay_protocol::event::{EventKind, Phase};
use mainstay_protocol::outcome::EndReason;
use mainstay_protocol::session::{Session, Status};

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::ensure;

/// The events of one session from a moment on.
pub(crate) struct Watch<'a> {
    context: &'a Context<'a>,
    client: Client,
    session: Session,
    stream: EventStream,
}

/// What became of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It had this status.
    Had(Status),
    /// Its status has to be looked at.
    Look,
    /// The same, unless a run is under way: then it is no more than a title or a folder.
    Glance,
    /// It is no more.
    Deleted,
}

impl<'a> Watch<'a> {
    /// Begins to watch the session that a person means.
    pub(crate) async fn begin(
        context: &'a Context<'a>,
        client: Client,
        typed: &str,
    ) -> Result<Self, Failure> {
        let session = client.show(typed).await?;
        let stream = follow(&client, None, &session).await?;
        // What happened until the stream began.
        let session = client.show(session.id.as_str()).await?;
        Ok(Self {
            context,
            client,
            session,
            stream,
        })
    }

    /// The session as it was seen last.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Waits until its status is one that is wanted, and gives the session with that status. `passing` is told each
    /// status that is not wanted.
    pub(crate) async fn until(
        &mut self,
        wanted: impl Fn(Status) -> bool,
        mut passing: impl FnMut(&Session),
    ) -> Result<Session, Failure> {
        let mut doubt = Doubt::default();
        let mut last = self.session.status;
        let mut steps = VecDeque::from([Step::Had(last)]);
        loop {
            while let Some(step) = steps.pop_front() {
                let status = match step {
                    Step::Deleted => return Err(self.deleted()),
                    Step::Had(status) => status,
                    Step::Glance if last.is_live() => continue,
                    Step::Look | Step::Glance => {
                        self.session = self.client.show(self.session.id.as_str()).await?;
                        self.session.status
                    }
                };
                last = status;
                self.session.status = status;
                if wanted(status) {
                    let session = self.client.show(self.session.id.as_str()).await?;
                    return Ok(Session { status, ..session });
                }
                if step == Step::Look {
                    passing(&self.session);
                }
            }
            steps.extend(self.next(&mut doubt).await?);
        }
    }

    async fn next(&mut self, doubt: &mut Doubt) -> Result<Vec<Step>, Failure> {
        match self.stream.next().await {
            Ok(event) => Ok(doubt.steps(&event.kind)),
            Err(ClientError::NotRunning { .. }) => {
                self.client = ensure(self.context).await?;
                let same = self.client.info().log_id == self.stream.log_id();
                let since = same.then(|| self.stream.position());
                self.stream = follow(&self.client, since, &self.session).await?;
                Ok(vec![Step::Look])
            }
            // The log was made anew.
            Err(ClientError::Answer(_)) => {
                self.stream = follow(&self.client, None, &self.session).await?;
                Ok(vec![Step::Look])
            }
            Err(error) => Err(error.into()),
        }
    }

    fn deleted(&self) -> Failure {
        Failure::new(
            Exit::NoSession,
            format_args!("session {} was deleted", self.session.id),
        )
    }
}

async fn follow(
    client: &Client,
    since: Option<u64>,
    session: &Session,
) -> Result<EventStream, Failure> {
    let filter = EventFilter {
        session: Some(session.id.to_string()),
        ..EventFilter::default()
    };
    Ok(client.follow(since, &filter).await?)
}

/// An end by itself is a success if the event after it says so, else a failure.
#[derive(Debug, Default)]
struct Doubt {
    ended: bool,
}

impl Doubt {
    /// What the next event says about the status.
    fn steps(&mut self, kind: &EventKind) -> Vec<Step> {
        let mut steps = Vec::new();
        match kind {
            // It may be a retry, or run again.
            EventKind::Updated => return vec![Step::Glance],
            EventKind::Foreground { .. } | EventKind::Background => return steps,
            _ => {}
        }
        if std::mem::take(&mut self.ended) && *kind != EventKind::Completed {
            steps.push(Step::Had(Status::Failed));
        }
        steps.extend(match kind {
            EventKind::Created | EventKind::Resuming => Some(Step::Had(Status::Pending)),
            EventKind::Started { .. } => Some(Step::Had(Status::Running)),
            EventKind::Paused => Some(Step::Had(Status::Paused)),
            EventKind::Completed => Some(Step::Had(Status::Completed)),
            EventKind::Interrupted { .. } => Some(Step::Had(Status::Interrupted)),
            EventKind::Error {
                phase: Phase::Start,
                ..
            } => Some(Step::Had(Status::Failed)),
            EventKind::Exited { reason, .. } => Some(self.end(*reason)),
            EventKind::Deleted => Some(Step::Deleted),
            EventKind::Unpaused | EventKind::Unknown => Some(Step::Look),
            _ => None,
        });
        steps
    }

    fn end(&mut self, reason: EndReason) -> Step {
        match reason {
            EndReason::Stopped | EndReason::RunTimeout | EndReason::OutOfMemory => {
                Step::Had(Status::Terminated)
            }
            EndReason::StartTimeout | EndReason::StartFailed => Step::Had(Status::Failed),
            EndReason::HostDied => Step::Had(Status::Interrupted),
            EndReason::Natural => {
                self.ended = true;
                Step::Look
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::event::EventKind;
    use mainstay_protocol::outcome::EndReason;
    use mainstay_protocol::session::Status;

    use super::{Doubt, Step};

    fn exited(reason: EndReason) -> EventKind {
        EventKind::Exited {
            exit_code: Some(0),
            signal: None,
            reason,
        }
    }

    fn steps(kinds: &[EventKind]) -> Vec<Step> {
        let mut doubt = Doubt::default();
        kinds.iter().flat_map(|kind| doubt.steps(kind)).collect()
    }

    #[test]
    fn a_success_is_said_after_the_end() {
        let kinds = [exited(EndReason::Natural), EventKind::Completed];
        assert_eq!(steps(&kinds), [Step::Look, Step::Had(Status::Completed)]);
    }

    #[test]
    fn a_failure_is_seen_although_the_session_goes_on_at_once() {
        let kinds = [exited(EndReason::Natural), EventKind::Resuming];
        let failed = Step::Had(Status::Failed);
        assert_eq!(
            steps(&kinds),
            [Step::Look, failed, Step::Had(Status::Pending)]
        );
    }

    #[test]
    fn other_ends_leave_no_doubt() {
        let kinds = [exited(EndReason::Stopped), EventKind::Deleted];
        assert_eq!(
            steps(&kinds),
            [Step::Had(Status::Terminated), Step::Deleted]
        );
    }
}

//! Requests of one peer and their answers.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use mainstay_keep::KeepError;
use mainstay_link::Role;
use mainstay_protocol::Line;
use mainstay_protocol::frame::{
    Answer, ErrorCode, Failure, FromHost, Lines, Operation, Query, Reply, Request,
};
use mainstay_protocol::journal::{Event, Notification, Urgency};
use mainstay_protocol::outcome::EndReason;
use mainstay_protocol::text::cleaned;

use super::search::Searches;
use crate::hub::PeerId;
use crate::run::Host;

/// Longest text of an answer: the frame around it needs some room, JSON up to twice the text.
const MAX_TEXT: usize = 400 * 1024;
/// Bytes of text in one answer with lines, docs/PROTOCOL.md.
const MAX_LINES: usize = 256 * 1024;
/// Bytes such an answer may have as a frame, generously estimated.
const MAX_ANSWER: usize = 900 * 1024;
/// Bytes of JSON that an event reported from inside may carry.
const MAX_EVENT: usize = 16 * 1024;

type Answered = Result<Answer, Failure>;

/// What one peer has asked for.
pub(super) struct Requests {
    host: Arc<Host>,
    peer: PeerId,
    role: Role,
    searches: Searches,
}

impl Requests {
    pub(super) fn new(host: &Arc<Host>, peer: PeerId, role: Role) -> Self {
        Self {
            host: Arc::clone(host),
            peer,
            role,
            searches: Searches::default(),
        }
    }

    /// Answers a request, or begins to.
    pub(super) fn take(&mut self, request: Request) {
        let id = request.id;
        let answered = match request.operation {
            operation if self.role == Role::Inside && !is_allowed_inside(&operation) => {
                Err(failure(
                    ErrorCode::Denied,
                    "a program inside the session may not ask for this",
                ))
            }
            Operation::Search(query) => match self.search(id, query) {
                Ok(()) => return,
                Err(failure) => Err(failure),
            },
            operation => self.answer(operation),
        };
        let answer = answered.unwrap_or_else(Answer::Failed);
        self.host
            .hub
            .send(self.peer, &FromHost::Reply(Box::new(Reply { id, answer })));
    }

    pub(super) fn cancel(&mut self, id: u32) {
        self.searches.cancel(id);
    }

    fn search(&mut self, id: u32, query: Query) -> Result<(), Failure> {
        self.searches.start(&self.host, self.peer, id, query)
    }

    fn answer(&self, operation: Operation) -> Answered {
        let host = &self.host;
        match operation {
            Operation::State => Ok(Answer::State(Box::new(host.state()))),
            Operation::Screen { history } => self.screen(history),
            Operation::Lines { from, count } => self.lines(from, count),
            Operation::Stop { grace_ms } => done(host.stop(EndReason::Stopped, grace_ms)),
            Operation::Pause => done(host.pause()),
            Operation::Unpause => done(host.unpause()),
            Operation::Resize { size } => done(host.resize(size)),
            Operation::ClearView => done(host.clear_view()),
            Operation::Purge => done(host.purge()),
            Operation::ReportReady => done(host.report_ready()),
            Operation::Notify { title, body } => {
                done(host.journal(Event::Notification(Notification {
                    title: cleaned(&title, 256),
                    body: cleaned(&body, 1024),
                    id: None,
                    urgency: Urgency::Normal,
                })))
            }
            Operation::Event { name, data } => self.event(name, data),
            Operation::Search(_) | Operation::Unknown => Err(failure(
                ErrorCode::Unsupported,
                "this host does not know the operation; it is older than you: start the session again to update it",
            )),
        }
    }

    fn screen(&self, history: u32) -> Answered {
        let mut text = self.host.screen_text(history)?;
        if text.len() > MAX_TEXT {
            // The end is what matters; cut at a line's beginning.
            let from = text.len() - MAX_TEXT;
            let line = text
                .char_indices()
                .find(|&(at, c)| at >= from && c == '\n')
                .map_or(text.len(), |(at, _)| at + 1);
            text.drain(..line);
        }
        Ok(Answer::Text { text })
    }

    fn lines(&self, from: u64, count: u32) -> Answered {
        let past = self.host.past();
        let mut lines = past
            .lines(from, count, MAX_LINES)
            .map_err(|error| storage(&error))?;
        // Styles and JSON around the text count too: whoever asks again gets the rest.
        while lines.lines.len() > 1 && weight(&lines) > MAX_ANSWER {
            lines.lines.truncate(lines.lines.len() / 2);
        }
        Ok(Answer::Lines(lines))
    }

    fn event(&self, name: String, data: serde_json::Value) -> Answered {
        let is_word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        };
        let good = name.len() <= 128 && name.contains('.') && name.split('.').all(is_word);
        if !good {
            return Err(failure(
                ErrorCode::Invalid,
                "the name of an event has the form namespace.name, of letters, digits, '-' and '_', at most 128",
            ));
        }
        if data.to_string().len() > MAX_EVENT {
            return Err(failure(
                ErrorCode::Invalid,
                "the data of an event has at most 16 KiB of JSON; send a reference instead",
            ));
        }
        done(self.host.journal(Event::Custom { name, data }))
    }
}

fn is_allowed_inside(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::State
            | Operation::ReportReady
            | Operation::Notify { .. }
            | Operation::Event { .. }
            | Operation::Unknown
    )
}

fn done(result: Result<(), Failure>) -> Answered {
    result.map(|()| Answer::Done)
}

pub(super) fn failure(code: ErrorCode, message: &str) -> Failure {
    Failure {
        code,
        message: message.to_owned(),
    }
}

pub(super) fn storage(error: &KeepError) -> Failure {
    failure(ErrorCode::Storage, &error.to_string())
}

/// Bytes of lines as JSON: each style has some 200 bytes, a text's escapes at most double it.
fn weight(lines: &Lines) -> usize {
    let line = |line: &Line| {
        let links: usize = line
            .runs
            .iter()
            .filter_map(|run| Some(run.link.as_ref()?.len()))
            .sum();
        line.text.len() * 2 + line.runs.len() * 200 + links + 64
    };
    lines.lines.iter().map(line).sum()
}

/// A flag that ends a search.
pub(super) type Cancel = Arc<AtomicBool>;

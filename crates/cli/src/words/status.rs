//! A session's status in words, symbols and colours.

use std::time::Duration;

use mainstay_protocol::outcome::{EndReason, Exit};
use mainstay_protocol::session::{Session, Status};
use mainstay_protocol::state::Progress;
use mainstay_protocol::{Timestamp, text::cleaned};

use super::duration;
use crate::table::{Look, Style};

/// Longest reason in a table.
const MAX_REASON: usize = 200;

/// The status with its symbol where symbols are used: colour isn't the only thing that tells them apart.
#[must_use]
pub(crate) fn status(status: Status, look: Look) -> String {
    if !look.symbols {
        return status.to_string();
    }
    let symbol = match status {
        Status::Pending => '○',
        Status::Running => '●',
        Status::Paused => '=',
        Status::Completed => '✓',
        Status::Failed => '✗',
        Status::Terminated => '■',
        Status::Interrupted => '!',
    };
    format!("{symbol} {status}")
}

/// How it looks in colour.
#[must_use]
pub(crate) fn style(status: Status) -> Style {
    match status {
        Status::Pending => Style::Cyan,
        Status::Running => Style::Green,
        Status::Paused | Status::Interrupted => Style::Yellow,
        Status::Failed => Style::Red,
        Status::Completed | Status::Terminated => Style::Dim,
    }
}

/// What one should know beside the status: that it is being stopped, its exit code, its progress. Empty where there is
/// nothing.
#[must_use]
pub(crate) fn note(session: &Session, now: Timestamp) -> String {
    if session.deleted.is_some() {
        return String::from("deleted");
    }
    if session.stopping {
        return String::from("stopping");
    }
    if let Some(retry) = &session.retrying {
        let pause = duration(whole_seconds(retry.at.since(now)));
        return format!("retry {} of {} in {pause}", retry.attempt, retry.of);
    }
    if session.status.is_live() {
        return match session.progress {
            Progress::None => String::new(),
            Progress::Percent(percent) => format!("{percent} %"),
            Progress::Error(percent) => format!("{percent} %, error"),
            Progress::Indeterminate => String::from("busy"),
            Progress::Paused(percent) => format!("{percent} %, waiting"),
        };
    }
    let exit = session.outcome.as_ref().map(|outcome| &outcome.exit);
    match (exit, why(session)) {
        (Some(Exit::Code { code: 0 }), None) if session.status == Status::Completed => {
            String::new()
        }
        (Some(Exit::Code { code }), None) => format!("exit code {code}"),
        (Some(Exit::Signal { name, .. }), None) => cleaned(name, 32),
        (Some(Exit::NotStarted { error }), None) => cleaned(error, MAX_REASON),
        (_, why) => why.unwrap_or_default(),
    }
}

/// The reason, where it says more than how the program ended by itself.
#[must_use]
pub(crate) fn why(session: &Session) -> Option<String> {
    let by_itself = session.outcome.as_ref().is_some_and(|outcome| {
        outcome.reason == EndReason::Natural && outcome.exit != Exit::Unknown
    });
    let reason = session.reason.as_ref().filter(|_| !by_itself)?;
    Some(cleaned(reason, MAX_REASON))
}

/// Where a session has come to, in a sentence's end: `is running`, `has failed: exit code 3 after 12 s`.
#[must_use]
pub(crate) fn reached(session: &Session) -> String {
    let how = match (&session.outcome, why(session)) {
        (_, Some(reason)) => format!(": {reason}"),
        (Some(outcome), None) => format!(": {}", super::outcome(outcome)),
        (None, None) => String::new(),
    };
    match session.status {
        Status::Pending => String::from("is starting"),
        Status::Running => String::from("is running"),
        Status::Paused => String::from("is paused"),
        Status::Completed => format!("has completed{how}"),
        Status::Failed => format!("has failed{how}"),
        Status::Terminated => format!("was ended{how}"),
        Status::Interrupted => format!("was interrupted{how}"),
    }
}

fn whole_seconds(length: Duration) -> Duration {
    Duration::from_secs(length.as_secs().max(1))
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::session::Status;

    use crate::table::{Look, width};

    #[test]
    fn symbols_are_one_cell_and_all_different() {
        let look = Look {
            symbols: true,
            ..Look::default()
        };
        let mut seen = Vec::new();
        for status in Status::ALL {
            let text = super::status(status, look);
            let (symbol, name) = text.split_once(' ').expect("a symbol and a word");
            assert_eq!(width(symbol), 1, "{text}");
            assert_eq!(name, status.as_str(), "the word stays");
            assert!(!seen.contains(&symbol.to_owned()), "{symbol} is new");
            seen.push(symbol.to_owned());
            assert_eq!(super::status(status, Look::default()), status.as_str());
        }
    }
}

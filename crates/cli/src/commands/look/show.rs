//! `mainstay show`

use std::time::Duration;

use mainstay_api::client::{Client, EventFilter};
use mainstay_protocol::event::EventKind;
use mainstay_protocol::outcome::EndReason;
use mainstay_protocol::session::{Run, Session, Settings};
use mainstay_protocol::{SessionEvent, Timestamp};
use mainstay_seams::{Clock, SystemClock};

use crate::commands::Context;
use crate::commands::common::OneOrJson;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;
use crate::output::{Output, plain};
use crate::table::{Cell, Column, Look, Style, details, render};
use crate::words;

/// Runs and events that are shown to a person.
const LAST: usize = 8;

/// Show all that is known of a session: its settings, its runs and its last events.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(flatten)]
    target: OneOrJson,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let typed = &args.target.one.session;
    let (session, runs, events) = talk(context, async |client| {
        let session = client.show(typed).await?;
        let runs = client.runs(session.id.as_str()).await?;
        let events = if args.target.json {
            Vec::new()
        } else {
            last_events(&client, &session).await?
        };
        Ok((session, runs, events))
    })?;
    let mut output = Output::new(context.outside.env);
    if args.target.json {
        let mut object = serde_json::to_value(&session).map_err(std::io::Error::from)?;
        if let Some(object) = object.as_object_mut() {
            let runs = serde_json::to_value(&runs).map_err(std::io::Error::from)?;
            object.insert("all_runs".to_owned(), runs);
        }
        output.json(&object)?;
        return Ok(Exit::Done);
    }
    let view = View {
        look: output.look(),
        now: SystemClock.now(),
    };
    let mut text = view.session(&session);
    text.push_str(&view.runs(&runs));
    text.push_str(&view.events(&events));
    output.piece(&text)?;
    Ok(Exit::Done)
}

/// The newest events; that something was updated says nothing here.
async fn last_events(client: &Client, session: &Session) -> Result<Vec<SessionEvent>, Failure> {
    let says_something = |name: &&&str| **name != EventKind::Updated.name();
    let names = EventKind::NAMES.iter().filter(says_something);
    let filter = EventFilter {
        session: Some(session.id.to_string()),
        types: names.map(|&name| name.to_owned()).collect(),
        ..EventFilter::default()
    };
    let mut last = Vec::new();
    let mut since = 0;
    loop {
        let page = client.events(since, &filter, None).await?;
        let Some(newest) = page.last() else {
            return Ok(last);
        };
        since = newest.seq;
        last.extend(page);
        last.drain(..last.len().saturating_sub(LAST));
    }
}

struct View {
    look: Look,
    now: Timestamp,
}

impl View {
    fn session(&self, session: &Session) -> String {
        let settings = &session.settings;
        let mut rows = vec![
            ("id", Cell::new(session.id.as_str())),
            ("status", self.status(session)),
        ];
        let mut add = |name, value: String| {
            if !value.is_empty() {
                rows.push((name, Cell::new(value)));
            }
        };
        let text = |text: &Option<String>| text.as_deref().map(plain).unwrap_or_default();
        let time = |time: Option<Timestamp>| {
            time.map(|time| words::ago(time, self.now))
                .unwrap_or_default()
        };
        add("name", text(&session.name));
        let is_new = |text: &str| session.name.as_deref() != Some(text);
        let summary = Some(&session.summary).filter(|text| is_new(text));
        add(
            "summary",
            summary.map(|text| plain(text)).unwrap_or_default(),
        );
        let is_new = |text: &str| is_new(text) && session.summary != text;
        let title = Some(&session.title).filter(|text| is_new(text));
        add("title", title.map(|text| plain(text)).unwrap_or_default());
        add("profile", plain(&settings.profile));
        add("command", command(&settings.command));
        add("folder", plain(&settings.cwd));
        let moved = session.current_dir.as_ref() != Some(&settings.cwd);
        add(
            "now in",
            text(&session.current_dir.clone().filter(|_| moved)),
        );
        add("project", plain(&session.project));
        let variables = settings.env.iter();
        let variables: Vec<String> = variables
            .map(|(name, value)| plain(&format!("{name}={value}")))
            .collect();
        add("variables", variables.join("\n"));
        add("limits", limits(settings));
        add(
            "pid",
            session.pid.map(|pid| pid.to_string()).unwrap_or_default(),
        );
        add("terminal", terminal(session));
        add(
            "private",
            if settings.private {
                "yes".into()
            } else {
                String::new()
            },
        );
        add("created", time(Some(session.created)));
        add("started", time(session.started));
        add("active", time(session.last_active));
        add("ended", time(session.ended));
        add("deleted", time(session.deleted));
        details(&rows, self.look)
    }

    fn status(&self, session: &Session) -> Cell {
        let mut text = words::status(session.status, self.look);
        let how = session
            .outcome
            .as_ref()
            .filter(|_| !session.status.is_live());
        // The reason says it in better words than what nobody knows of the program's end.
        let known = how.filter(|outcome| outcome.reason != EndReason::HostDied);
        let more = [
            known.map(words::outcome).unwrap_or_default(),
            match how {
                Some(_) if session.retrying.is_none() && !session.stopping => {
                    words::why(session).unwrap_or_default()
                }
                _ => words::note(session, self.now),
            },
        ];
        for more in more.iter().filter(|more| !more.is_empty()) {
            text.push_str(&format!(", {more}"));
        }
        Cell::styled(text, words::style(session.status))
    }

    fn runs(&self, runs: &[Run]) -> String {
        const COLUMNS: &[Column] = &[
            Column::new("RUN", 3, 0).right(),
            Column::new("BY", 4, 2),
            Column::new("PID", 5, 1).right(),
            Column::new("BEGAN", 20, 0),
            Column::new("END", 12, 0),
        ];
        let rows: Vec<_> = runs
            .iter()
            .skip(runs.len().saturating_sub(LAST))
            .map(|run| self.run(run))
            .collect();
        if rows.is_empty() {
            return String::new();
        }
        format!("\n{}", render(COLUMNS, &rows, self.look))
    }

    fn run(&self, run: &Run) -> Vec<Cell> {
        let by = serde_json::to_value(run.origin).unwrap_or_default();
        let end = run.outcome.as_ref().map(words::outcome);
        let began = words::ago(run.spawned.unwrap_or(run.created), self.now);
        let resumed = if run.resumed { ", resumed" } else { "" };
        vec![
            Cell::new(run.number.to_string()),
            Cell::new(by.as_str().unwrap_or_default()),
            Cell::new(run.pid.map(|pid| pid.to_string()).unwrap_or_default()),
            Cell::new(format!("{began}{resumed}")),
            Cell::new(end.unwrap_or_default()),
        ]
    }

    fn events(&self, events: &[SessionEvent]) -> String {
        const COLUMNS: &[Column] = &[
            Column::new("EVENT", 5, 0).right(),
            Column::new("WHEN", 8, 0),
            Column::new("WHAT", 10, 0),
            Column::new("", 20, 1),
        ];
        let row = |event: &SessionEvent| {
            let age = self.now.since(event.time);
            let name = event.kind.name();
            vec![
                Cell::new(event.seq.to_string()),
                Cell::styled(
                    match age.as_secs() {
                        0 => words::age(age),
                        _ => format!("{} ago", words::age(age)),
                    },
                    Style::Dim,
                ),
                Cell::new(name.strip_prefix("session.").unwrap_or(name)),
                Cell::new(words::event(&event.kind)),
            ]
        };
        let rows: Vec<_> = events.iter().map(row).collect();
        if rows.is_empty() {
            return String::new();
        }
        format!("\n{}", render(COLUMNS, &rows, self.look))
    }
}

/// A command as one would type it, as far as that is plain.
fn command(words: &[String]) -> String {
    let quoted = |word: &String| {
        let is_plain = |c: char| c.is_alphanumeric() || "-_./:=+,@%".contains(c);
        if !word.is_empty() && word.chars().all(is_plain) {
            word.clone()
        } else {
            format!("'{}'", plain(word).replace('\'', r"'\''"))
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// The clocks and retries of its own.
fn limits(settings: &Settings) -> String {
    let timeouts = &settings.timeouts;
    let clocks = [
        ("start", timeouts.start_ms),
        ("run", timeouts.run_ms),
        ("grace", timeouts.grace_ms),
    ];
    let mut limits: Vec<String> = clocks
        .into_iter()
        .filter_map(|(name, ms)| {
            let length = words::duration(Duration::from_millis(ms?));
            Some(format!("{name} {length}"))
        })
        .collect();
    let retry = settings.retry.map(|retry| retry.count);
    limits.extend(retry.map(|count| format!("{count} retries")));
    limits.join(", ")
}

fn terminal(session: &Session) -> String {
    let size = session.size;
    let viewers = match session.viewers {
        0 => String::new(),
        1 => String::from(", 1 viewer"),
        more => format!(", {more} viewers"),
    };
    format!("{}x{}{viewers}", size.cols(), size.rows())
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::Timestamp;
    use mainstay_protocol::session::Session;
    use serde_json::json;

    use super::View;
    use crate::table::Look;

    #[test]
    fn a_session_in_rows() {
        let session: Session = serde_json::from_value(json!({
            "id": "a1", "status": "failed", "summary": "sh", "environment": "host",
            "settings": {"cwd": "/w", "profile": "command", "command": ["sh", "-c", "it's \u{1b}[2J"]},
            "created": "2026-11-20T15:30:00.000Z", "updated": "2026-11-20T15:35:00.000Z",
            "outcome": {"exit": {"exit": "code", "code": 3}, "reason": "natural",
                "ended": 0, "ran_ms": 12_000},
        }))
        .expect("a session");
        let view = View {
            look: Look::default(),
            now: Timestamp(1_795_188_960_000),
        };
        assert_eq!(
            view.session(&session),
            "id        a1\n\
             status    failed, exit code 3 after 12 s\n\
             summary   sh\n\
             profile   command\n\
             command   sh -c 'it'\\''s [2J'\n\
             folder    /w\n\
             terminal  80x24\n\
             created   2026-11-20T15:30:00Z (6 min ago)\n"
        );
    }
}

//! The report for a bug: what was found and what happened, without anything that sessions printed or were told.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use mainstay_api::client::{Client, EventFilter};
use mainstay_protocol::SessionEvent;
use mainstay_protocol::session::{Session, SessionQuery};
use serde_json::{Value, json};

use super::finding::Finding;
use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::block_on;

/// Writes the report; a file that is there isn't overwritten.
pub(super) fn write(
    file: &Path,
    findings: &[Finding],
    context: &Context<'_>,
) -> Result<(), Failure> {
    // What the manager can't tell is left out: it may be what is wrong.
    let told = block_on(async {
        let client = Client::connect(&context.places).await?;
        let query = SessionQuery {
            deleted: true,
            ..SessionQuery::default()
        };
        let sessions = client.all_sessions(&query).await?;
        let events = all_events(&client).await?;
        Ok(json!({
            "manager": client.info(),
            "health": client.health().await?,
            "sessions": sessions.iter().map(session).collect::<Vec<_>>(),
            "events": events.iter().map(event).collect::<Vec<_>>(),
        }))
    });
    let report = json!({
        "mainstay": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "machine": std::env::consts::ARCH,
        "findings": findings,
        "told": told.unwrap_or_else(|failure| json!({ "error": failure.message })),
    });
    let text = format!("{report:#}\n");
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(file)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        Failure::new(
            Exit::Failed,
            format_args!("{} can't be written: {error}", file.display()),
        )
    })?;
    crate::say(format_args!(
        "{} is written; look through it before you give it away",
        file.display()
    ));
    Ok(())
}

async fn all_events(client: &Client) -> Result<Vec<SessionEvent>, Failure> {
    let filter = EventFilter::default();
    let (mut since, mut all) = (0, Vec::new());
    loop {
        let page = client.events(since, &filter, None).await?;
        let Some(last) = page.last() else {
            return Ok(all);
        };
        since = last.seq;
        all.extend(page);
    }
}

/// A session without names, commands and folders.
fn session(session: &Session) -> Value {
    json!({
        "id": session.id,
        "status": session.status,
        "environment": session.environment,
        "profile": session.settings.profile,
        "timeouts": session.settings.timeouts,
        "retry": session.settings.retry,
        "private": session.settings.private,
        "runs": session.runs,
        "size": session.size,
        "created": session.created.to_string(),
        "started": session.started.map(|time| time.to_string()),
        "ended": session.ended.map(|time| time.to_string()),
        "updated": session.updated.to_string(),
        "deleted": session.deleted.map(|time| time.to_string()),
        "outcome": session.outcome.as_ref().map(|outcome| json!({
            "reason": outcome.reason,
            "ran_ms": outcome.ran_ms,
        })),
        "stopping": session.stopping,
        "retrying": session.retrying,
        "viewers": session.viewers,
        "connected": session.connected,
    })
}

/// An event without texts.
fn event(event: &SessionEvent) -> Value {
    json!({
        "seq": event.seq,
        "time": event.time.to_string(),
        "session_id": event.session_id,
        "run_id": event.run_id,
        "origin": event.origin,
        "type": event.kind.name(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn nothing_that_a_person_wrote_is_in_it() {
        let session = serde_json::from_value(json!({
            "id": "a1", "name": "SECRET", "status": "failed", "summary": "SECRET",
            "project": "/SECRET", "environment": "host", "title": "SECRET", "current_dir": "/SECRET",
            "reason": "SECRET",
            "settings": {"cwd": "/SECRET", "command": ["SECRET"], "env": {"SECRET": "SECRET"}, "name": "SECRET"},
            "created": "2026-11-20T15:30:00.000Z", "updated": "2026-11-20T15:35:00.000Z",
            "outcome": {"exit": {"exit": "not_started", "error": "SECRET"}, "reason": "start_failed",
                "ended": 0, "ran_ms": 0},
        }))
        .expect("a session");
        let text = super::session(&session).to_string();
        assert!(!text.contains("SECRET"), "{text}");
        let event = serde_json::from_value(json!({
            "seq": 1, "time": "2026-11-20T15:36:00.001Z", "session_id": "a1", "type": "session.error",
            "phase": "start", "error": "SECRET",
            "metadata": {"start_time": "2026-11-20T15:36:00.001Z", "modified_time": "2026-11-20T15:36:00.001Z",
                "summary": "SECRET"},
        }))
        .expect("an event");
        let text = super::event(&event).to_string();
        assert!(!text.contains("SECRET"), "{text}");
    }
}

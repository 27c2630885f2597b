//! `mainstay events`

use mainstay_api::client::{Client, ClientError, EventFilter, EventStream};
use mainstay_protocol::SessionEvent;
use mainstay_protocol::event::EventKind;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::{ensure, talk};
use crate::output::Output;
use crate::table::{Look, Style};
use crate::words;

/// What the names of all types begin with.
const KIND: &str = "session.";

/// Print what happened to sessions, the oldest first.
///
/// Each event has a number; `--since` goes on after one. `--follow` prints new ones as they happen, without `--since`
/// only those.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: mainstay events --follow --type error,interrupted",
    after_long_help = Exit::help()
)]
pub(crate) struct Args {
    /// Wait for new ones
    #[arg(short, long)]
    follow: bool,
    /// Only those after this number
    #[arg(long, value_name = "SEQ")]
    since: Option<u64>,
    /// Only those of this session
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Only these types, separated by commas: started, exited …
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    types: Vec<String>,
    /// Print an object per line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    // From here on an interrupt leaves whole lines only.
    crate::interrupt::cancellable()
        .map_err(|error| Failure::new(Exit::Failed, format_args!("no thread: {error}")))?;
    let printer = &mut Printer {
        output: Output::new(context.outside.env),
        json: args.json,
    };
    let filter = EventFilter {
        session: args.session.clone(),
        types: types(&args.types)?,
        ..EventFilter::default()
    };
    talk(context, async |client| {
        if args.follow {
            follow(context, client, args.since, &filter, printer).await
        } else {
            all(&client, args.since.unwrap_or(0), &filter, printer).await
        }
    })?;
    Ok(Exit::Done)
}

/// The full names of types. One that can't be is a slip, not an empty answer.
fn types(typed: &[String]) -> Result<Vec<String>, Failure> {
    let full = |name: &String| {
        let name = name.strip_prefix(KIND).unwrap_or(name);
        let full = format!("{KIND}{name}");
        if EventKind::NAMES.contains(&full.as_str()) {
            return Ok(full);
        }
        let names: Vec<&str> = EventKind::NAMES
            .iter()
            .map(|full| full.strip_prefix(KIND).unwrap_or(full))
            .collect();
        Err(Failure::new(
            Exit::Usage,
            format_args!(
                "{name:?} is no type of event; there are {}",
                names.join(", ")
            ),
        ))
    };
    typed.iter().map(full).collect()
}

async fn all(
    client: &Client,
    mut since: u64,
    filter: &EventFilter,
    printer: &mut Printer,
) -> Result<(), Failure> {
    loop {
        let events = client.events(since, filter, None).await?;
        let Some(last) = events.last() else {
            return Ok(());
        };
        since = last.seq;
        printer.print(&events)?;
    }
}

async fn follow(
    context: &Context<'_>,
    mut client: Client,
    since: Option<u64>,
    filter: &EventFilter,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let mut stream = client.follow(since, filter).await?;
    loop {
        match stream.next().await {
            Ok(event) => printer.print(&[event])?,
            Err(ClientError::NotRunning { .. }) => {
                client = ensure(context).await?;
                stream = again(&client, &stream, filter).await?;
            }
            Err(ClientError::Answer(_)) => stream = again(&client, &stream, filter).await?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Goes on where a stream ended whose manager is gone.
async fn again(
    client: &Client,
    ended: &EventStream,
    filter: &EventFilter,
) -> Result<EventStream, Failure> {
    let stream = client.follow(None, filter).await?;
    if stream.log_id() == ended.log_id() {
        return Ok(client.follow(Some(ended.position()), filter).await?);
    }
    crate::say("mainstay: the event log was made anew; its events are counted from the beginning");
    Ok(stream)
}

struct Printer {
    output: Output,
    json: bool,
}

impl Printer {
    fn print(&mut self, events: &[SessionEvent]) -> Result<(), Failure> {
        let look = self.output.look();
        let mut text = String::new();
        for event in events {
            if self.json {
                text.push_str(&serde_json::to_string(event).map_err(std::io::Error::from)?);
                text.push('\n');
            } else {
                text.push_str(&line(event, look));
            }
        }
        Ok(self.output.piece(&text)?)
    }
}

/// `  41  2026-11-20T15:36:00Z  3fk2wz8x0qpm1d  started  pid 12`
fn line(event: &SessionEvent, look: Look) -> String {
    let time = event.time.to_string();
    let time = time.split_once('.').map_or(&*time, |(seconds, _)| seconds);
    let name = event.kind.name();
    let name = name.strip_prefix(KIND).unwrap_or(name);
    let words = words::event(&event.kind);
    let seq = look.styled(&format!("{:>5}", event.seq), Style::Dim);
    let kind = look.styled(&format!("{name:<16}"), style(&event.kind));
    let line = format!(
        "{seq}  {time}Z  {:<14}  {kind}  {words}",
        event.session_id.as_str()
    );
    format!("{}\n", line.trim_end())
}

fn style(kind: &EventKind) -> Style {
    match kind {
        EventKind::Started { .. } | EventKind::Completed => Style::Green,
        EventKind::Error { .. } => Style::Red,
        EventKind::Timeout { .. } | EventKind::Interrupted { .. } | EventKind::Retrying { .. } => {
            Style::Yellow
        }
        _ => Style::Plain,
    }
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::SessionEvent;
    use serde_json::json;

    use crate::table::Look;

    #[test]
    fn an_event_is_a_line() {
        let event: SessionEvent = serde_json::from_value(json!({
            "seq": 41, "time": "2026-11-20T15:36:00.123Z", "session_id": "3fk2wz8x0qpm1d",
            "type": "session.started", "pid": 12, "resumed": false,
        }))
        .expect("an event");
        assert_eq!(
            super::line(&event, Look::default()),
            "   41  2026-11-20T15:36:00Z  3fk2wz8x0qpm1d  started           pid 12\n"
        );
    }

    #[test]
    fn types_may_be_short() {
        let typed = ["started".to_owned(), "session.exited".to_owned()];
        let full = super::types(&typed).expect("both are there");
        assert_eq!(full, ["session.started", "session.exited"]);
        let error = super::types(&["failed".to_owned()]).expect_err("a status, no type");
        assert!(error.message.contains("interrupted"), "{}", error.message);
    }
}

//! `mainstay ls`

mod listing;

use std::path::Path;

use mainstay_protocol::session::query::MAX_PAGE;
use mainstay_protocol::session::{Order, Session, SessionQuery, SortBy};
use mainstay_seams::{Clock, SystemClock};

use super::wanted::Wanted;
use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;
use crate::output::Output;

/// List sessions: those that run and those that have ended.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: mainstay ls --status failed,interrupted", after_long_help = Exit::help())]
pub(crate) struct Args {
    /// Only those that have not ended
    #[arg(long, conflicts_with = "status")]
    live: bool,
    /// Removed ones too: their record stays
    #[arg(short, long)]
    all: bool,
    /// Only these statuses, separated by commas; `ended` and `live` too
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<Wanted>,
    /// Only those of this folder or repository
    #[arg(long, value_name = "DIR")]
    project: Option<String>,
    /// Only those with this profile
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Only those with this text in id, name, summary, command or folder
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// What comes first: the newest by this time, or names from A on
    #[arg(long, value_name = "BY", default_value = "updated")]
    sort: Sort,
    /// The other way round
    #[arg(short, long)]
    reverse: bool,
    /// Only the first N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_PAGE)))]
    limit: Option<u32>,
    /// Print a list of objects
    #[arg(long)]
    json: bool,
}

/// What a list can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Sort {
    Updated,
    Created,
    Started,
    Name,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let query = query(args)?;
    let (sessions, total) = if context.is_begun() {
        ask(args, &query, context)?
    } else {
        (Vec::new(), 0)
    };
    let mut output = Output::new(context.outside.env);
    if args.json {
        output.json(&sessions)?;
        return Ok(Exit::Done);
    }
    if sessions.is_empty() {
        crate::say(nothing(args, context));
        return Ok(Exit::Done);
    }
    let home = (context.outside.env)("HOME");
    let view = listing::View {
        look: output.look(),
        now: SystemClock.now(),
        home: home.as_deref().map(Path::new),
    };
    output.piece(&view.table(&sessions))?;
    more(&sessions, total, output.look().width.is_some());
    Ok(Exit::Done)
}

fn ask(
    args: &Args,
    query: &SessionQuery,
    context: &Context<'_>,
) -> Result<(Vec<Session>, u64), Failure> {
    talk(context, async |client| {
        if args.limit.is_some() {
            let page = client.sessions(query).await?;
            return Ok((page.sessions, page.total));
        }
        let sessions = client.all_sessions(query).await?;
        let total = sessions.len() as u64;
        Ok((sessions, total))
    })
}

fn query(args: &Args) -> Result<SessionQuery, Failure> {
    let sort = match args.sort {
        Sort::Updated => SortBy::Updated,
        Sort::Created => SortBy::Created,
        Sort::Started => SortBy::Started,
        Sort::Name => SortBy::Name,
    };
    let upwards = (sort == SortBy::Name) != args.reverse;
    let status = if args.live {
        Wanted::statuses(&[Wanted::Live])
    } else {
        Wanted::statuses(&args.status)
    };
    Ok(SessionQuery {
        status,
        project: args.project.as_deref().map(project).transpose()?,
        profile: args.profile.clone(),
        text: args.text.clone().filter(|text| !text.is_empty()),
        deleted: args.all,
        sort,
        order: if upwards {
            Order::Ascending
        } else {
            Order::Descending
        },
        limit: args.limit.unwrap_or(MAX_PAGE),
        ..SessionQuery::default()
    })
}

/// The project's key, by the manager's own rule.
fn project(folder: &str) -> Result<String, Failure> {
    let path = std::path::absolute(folder)
        .map_err(|error| Failure::new(Exit::Usage, format_args!("--project {folder}: {error}")))?;
    let root = mainstay_manager::project::of(&path);
    Ok(root.to_string_lossy().into_owned())
}

/// What is said where there is nothing to list.
fn nothing(args: &Args, context: &Context<'_>) -> String {
    let has_conditions = args.live
        || !args.status.is_empty()
        || args.project.is_some()
        || args.profile.is_some()
        || args.text.is_some();
    if has_conditions {
        return "No session fits. `mainstay ls` alone lists all.".to_owned();
    }
    // Who gave the folder may have mistyped it.
    let place = if context.is_begun() || !context.chosen {
        String::new()
    } else {
        format!(" in {}", context.places.data.display())
    };
    format!("There are no sessions yet{place}. Start one: mainstay new -- COMMAND")
}

/// A person is told that there is more.
fn more(shown: &[Session], total: u64, is_terminal: bool) {
    let more = total.saturating_sub(shown.len() as u64);
    if more > 0 && is_terminal {
        crate::say(format_args!("{more} more; a larger --limit shows them"));
    }
}

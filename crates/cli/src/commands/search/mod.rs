//! `mainstay search`

mod print;
mod source;

use std::io::Write;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use mainstay_keep::Places;
use mainstay_protocol::frame::Query;
use regex::{Regex, RegexBuilder};

use crate::Env;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::{Session, storage};
use print::Printer;

/// Find text in the history of sessions.
///
/// Prints `session:line: text` for every line with a hit as soon as it is found, newest first. Lines before and
/// after a hit (--context) have `-` in place of `:`. Upper and lower case differ unless -i is given.
///
/// As with grep the exit code is 0 if something was found and 1 if nothing was.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    /// What to find
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,
    /// TEXT is a regular expression (syntax of the Rust crate regex)
    #[arg(long)]
    pub(crate) regex: bool,
    /// Upper and lower case are the same
    #[arg(short, long)]
    pub(crate) ignore_case: bool,
    /// Look into this session only; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) session: Vec<String>,
    /// Print N lines before and after each hit, at most 20
    #[arg(short = 'C', long, value_name = "N", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u8).range(..=20))]
    pub(crate) context: u8,
    /// Stop after N hits
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Print an object per line: session, line, start, end, text, before, after
    ///
    /// `start` and `end` are byte positions of the hit in `text`.
    #[arg(long)]
    pub(crate) json: bool,
    /// Oldest session and oldest line first
    #[arg(long)]
    pub(crate) oldest_first: bool,
}

pub(crate) fn run(args: &Args, places: &Places, env: Env<'_>) -> Result<Exit, Failure> {
    let matcher = matcher(args)?;
    let sessions = sessions(args, places)?;
    let cancel = crate::interrupt::cancellable()
        .map_err(|error| Failure::new(Exit::Failed, format_args!("no thread: {error}")))?;
    let mut search = Searching {
        printer: Printer::new(Output::new(env), args.json, matcher),
        left: args.limit.unwrap_or(u32::MAX),
        found: false,
        worst: Exit::Done,
    };
    for session in sessions {
        let searched = search.session(session, args, &cancel);
        // What the interrupted search says of itself must not be faster than the end by the signal.
        crate::interrupt::await_end(&cancel);
        if searched?.is_break() {
            break;
        }
    }
    Ok(match (search.worst, search.found) {
        (Exit::Done, false) => Exit::Failed,
        (worst, _) => worst,
    })
}

/// A search under way.
struct Searching {
    printer: Printer,
    /// Hits that may still be printed.
    left: u32,
    found: bool,
    /// The worst that happened with any session.
    worst: Exit,
}

impl Searching {
    /// A session that can't be searched is complained about and left out.
    fn session(
        &mut self,
        session: Result<Session, Failure>,
        args: &Args,
        cancel: &AtomicBool,
    ) -> Result<ControlFlow<()>, Failure> {
        let query = query(args, self.left);
        let session = match session {
            Ok(session) => session,
            Err(failure) => {
                self.complain(&failure);
                return Ok(ControlFlow::Continue(()));
            }
        };
        self.printer.begin_session();
        let mut broken = None;
        let done = source::search(&session, &query, cancel, &mut |hit| {
            self.found = true;
            self.left = self.left.saturating_sub(1);
            if let Err(error) = self.printer.hit(session.id(), &hit) {
                broken = Some(error);
                return ControlFlow::Break(());
            }
            if self.left == 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        broken.map_or(Ok(()), Err)?;
        if let Err(failure) = done {
            let message = format!("session {}: {}", session.id(), failure.message);
            self.complain(&Failure { message, ..failure });
        }
        Ok(if self.left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    }

    fn complain(&mut self, failure: &Failure) {
        if self.worst.code() < failure.exit.code() {
            self.worst = failure.exit;
        }
        // Nobody is left to tell if this fails.
        drop(writeln!(std::io::stderr(), "mainstay: {}", failure.message));
    }
}

/// An empty text and a bad regular expression are found before any session is asked.
fn matcher(args: &Args) -> Result<Regex, Failure> {
    if args.text.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "there is nothing to find in an empty text",
        ));
    }
    let pattern = if args.regex {
        args.text.clone()
    } else {
        regex::escape(&args.text)
    };
    let matcher = RegexBuilder::new(&pattern)
        .case_insensitive(args.ignore_case)
        .build();
    matcher.map_err(|error| {
        // The crate's own words show the expression with a caret under the place that is wrong.
        let error = error.to_string();
        let error = error.strip_prefix("regex parse error:\n").unwrap_or(&error);
        Failure::new(
            Exit::Usage,
            format_args!("the regular expression is wrong:\n{error}"),
        )
    })
}

fn query(args: &Args, limit: u32) -> Query {
    Query {
        pattern: args.text.clone(),
        regex: args.regex,
        ignore_case: args.ignore_case,
        from: None,
        to: None,
        backward: !args.oldest_first,
        limit: Some(limit),
        context: args.context,
    }
}

/// The sessions in the order in which they are searched. One that was named and isn't there ends the search before
/// it begins; one that can't be opened is an entry of its own.
fn sessions(args: &Args, places: &Places) -> Result<Vec<Result<Session, Failure>>, Failure> {
    if !args.session.is_empty() {
        return args
            .session
            .iter()
            .map(|text| Session::find(places, text).map(Ok))
            .collect();
    }
    let ids = places.sessions().map_err(storage)?;
    let mut sessions: Vec<_> = ids
        .iter()
        .map(|id| Session::open(places, id, id.as_str()))
        .collect();
    sessions.sort_by_cached_key(|session| session.as_ref().map_or(0, Session::started));
    if !args.oldest_first {
        sessions.reverse();
    }
    Ok(sessions)
}

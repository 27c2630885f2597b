//! `mainstay screen`

use mainstay_keep::Places;
use mainstay_link::Connection;
use mainstay_protocol::Size;
use mainstay_protocol::frame::{Answer, Operation};
use mainstay_protocol::state::Screen;
use serde_json::{Value, json};

use crate::Env;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, plain_lines};
use crate::session::{Live, Reached, Session, unreachable};

/// Print a session's screen as plain text.
///
/// Without colours and without anything that moves a cursor. The screen of a session that has ended is the last
/// one it had.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    /// The session: its id, the beginning of its id, or its name
    #[arg(value_name = "ID")]
    pub(crate) session: String,
    /// Print the last N lines of history before the screen
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) history: u32,
    /// Print an object: id, name, live, pid, size, title, cwd, cursor, alternate, outcome, text
    #[arg(long)]
    pub(crate) json: bool,
}

/// Lines of history that are asked for together with the screen.
const ONE_ANSWER: u32 = 500;

/// What is printed, wherever it comes from.
struct Shown {
    text: String,
    /// Process id of the program, while it runs.
    pid: Option<u32>,
    live: bool,
    size: Size,
    screen: Screen,
}

pub(crate) fn run(args: &Args, places: &Places, env: Env<'_>) -> Result<Exit, Failure> {
    let session = Session::find(places, &args.session)?;
    let shown = match session.reach()? {
        Reached::Live(live) => match from_host(*live, args.history) {
            Err(broken) if broken.exit == Exit::Unreachable && session.is_ending()? => {
                from_folder(&session, args.history)?
            }
            shown => shown?,
        },
        Reached::Ended => from_folder(&session, args.history)?,
    };
    let mut output = Output::new(env);
    if args.json {
        output.piece(&format!("{}\n", object(&session, &shown)))?;
    } else {
        let mut text = plain_lines(&shown.text);
        if !text.is_empty() {
            text.push('\n');
        }
        output.piece(&text)?;
    }
    Ok(Exit::Done)
}

fn from_host(live: Live, history: u32) -> Result<Shown, Failure> {
    let Live {
        mut connection,
        welcome,
    } = live;
    let state = welcome.state;
    // One answer holds so many lines in any case, and fits the screen exactly; more come piece by piece before it.
    let mut text = String::new();
    let mut at_once = history;
    if history > ONE_ANSWER {
        let from = state.top_line.saturating_sub(u64::from(history));
        lines_from(&mut connection, from.max(state.first_line), &mut text)?;
        at_once = 0;
    }
    match ask(&mut connection, Operation::Screen { history: at_once })? {
        Answer::Text { text: screen } => text.push_str(&screen),
        _ => return Err(something_else()),
    }
    let (pid, live) = (state.pid, !state.ended);
    Ok(Shown {
        text,
        pid,
        live,
        size: state.size,
        screen: state.screen,
    })
}

/// Appends the lines of history from a number on, up to the screen. What the program prints meanwhile comes along.
fn lines_from(connection: &mut Connection, from: u64, text: &mut String) -> Result<(), Failure> {
    let mut from = from;
    loop {
        let operation = Operation::Lines {
            from,
            count: u32::MAX,
        };
        let Answer::Lines(found) = ask(connection, operation)? else {
            return Err(something_else());
        };
        if found.lines.is_empty() {
            return Ok(());
        }
        from = found.first + found.lines.len() as u64;
        for line in found.lines {
            text.push_str(&line.text);
            // A line that was cut goes on in the next.
            if !line.cut {
                text.push('\n');
            }
        }
    }
}

fn ask(connection: &mut Connection, operation: Operation) -> Result<Answer, Failure> {
    match connection.ask(operation).map_err(unreachable)? {
        Answer::Failed(failure) => Err(Failure::new(Exit::Failed, failure)),
        answer => Ok(answer),
    }
}

fn something_else() -> Failure {
    Failure::new(Exit::Unreachable, "the host answered something else")
}

fn from_folder(session: &Session, history: u32) -> Result<Shown, Failure> {
    let view = session.ended_view()?;
    let text = view.screen_text(history).map_err(crate::session::keep)?;
    let (size, screen) = (view.size(), view.state());
    Ok(Shown {
        text,
        pid: None,
        live: false,
        size,
        screen,
    })
}

fn object(session: &Session, shown: &Shown) -> Value {
    let Shown {
        text,
        pid,
        live,
        size,
        screen,
    } = shown;
    json!({
        "id": session.id(),
        "name": session.name(),
        "live": live,
        "pid": pid,
        "size": size,
        "title": screen.title,
        "cwd": screen.cwd,
        "cursor": screen.cursor,
        "alternate": screen.alternate,
        "outcome": if *live { None } else { session.outcome() },
        "text": text,
    })
}

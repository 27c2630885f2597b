//! `mainstay attach`

use mainstay_keep::Places;

use super::Context;
use crate::Env;
use crate::attach::outer::{Outer, OuterError};
use crate::attach::{self, DetachKey, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::{Reached, Session};
use crate::words;

/// The variable with the detach keys.
const DETACH_KEY: &str = "MAINSTAY_DETACH_KEY";

/// The variable that names the session a program runs in.
const SESSION_ID: &str = "MAINSTAY_SESSION_ID";

/// Show a session in this terminal and type into it.
///
/// What this terminal showed goes into its scrollback. Detach with ctrl-\ d (the two keys one after the other);
/// the session goes on. ctrl-\ typed twice is passed on once.
///
/// The viewer with the last input decides the session's size. Where that is another than this terminal's, as
/// much of the screen as fits is shown.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    /// The session: its id, the beginning of its id, or its name
    #[arg(value_name = "ID")]
    pub(crate) session: String,
    /// Only look: nothing is typed and the session's size stays
    #[arg(long)]
    pub(crate) read_only: bool,
    /// Keys that detach, `none` for none [env: MAINSTAY_DETACH_KEY] [default: ctrl-\ d]
    ///
    /// One to four keys, typed one after the other and separated by spaces here: `ctrl-a d`, `^]`. The first is a
    /// control key; typed twice it is passed on once.
    #[arg(long, value_name = "KEYS")]
    pub(crate) detach_key: Option<DetachKey>,
}

pub(crate) fn run(args: &Args, places: &Places, env: Env<'_>) -> Result<Exit, Failure> {
    let detach_key = detach_key(args, env)?;
    let session = Session::find(places, &args.session)?;
    refuse_itself(&session, env)?;
    let outer = Outer::open().map_err(unusable)?;
    let (connection, welcome) = match session.reach()? {
        Reached::Live(live) if !live.welcome.state.ended => (live.connection, live.welcome),
        Reached::Live(_) | Reached::Ended => return Err(ended(&session)),
    };
    let settings = Settings {
        session: args.session.clone(),
        read_only: args.read_only,
        detach_key,
    };
    attach::attach(connection, &welcome, outer, &settings).map_err(unusable)
}

/// Refuses early where nothing can be attached to.
pub(crate) fn check_terminal() -> Result<(), Failure> {
    Outer::open().map(drop).map_err(unusable)
}

/// Attaches to a session that was just started.
pub(crate) fn to(session: &str, context: &Context<'_>) -> Result<Exit, Failure> {
    let args = Args {
        session: session.to_owned(),
        read_only: false,
        detach_key: None,
    };
    run(&args, &context.places, context.outside.env)
}

/// A session shown in itself would show itself without an end.
fn refuse_itself(session: &Session, env: Env<'_>) -> Result<(), Failure> {
    if env(SESSION_ID).is_none_or(|inside| inside != session.id().as_str()) {
        return Ok(());
    }
    let typed = session.typed();
    Err(Failure::new(
        Exit::Usage,
        format_args!(
            "this terminal is in session {typed} itself; attach to it from another terminal"
        ),
    ))
}

fn detach_key(args: &Args, env: Env<'_>) -> Result<DetachKey, Failure> {
    if let Some(key) = &args.detach_key {
        return Ok(key.clone());
    }
    let text = env(DETACH_KEY).filter(|value| !value.is_empty());
    let text = text.map_or(DetachKey::DEFAULT.into(), |value| {
        value.to_string_lossy().into_owned()
    });
    text.parse()
        .map_err(|error| Failure::new(Exit::Usage, format_args!("{DETACH_KEY}={text}: {error}")))
}

fn unusable(error: OuterError) -> Failure {
    let exit = match error {
        OuterError::NoTerminal => Exit::Usage,
        OuterError::Setup(_) => Exit::Failed,
    };
    Failure::new(exit, error)
}

fn ended(session: &Session) -> Failure {
    let how = match session.outcome() {
        Some(outcome) => format!("has ended: {}", words::outcome(&outcome)),
        None => String::from("has no host any more: it was killed, or the machine restarted"),
    };
    let typed = session.typed();
    Failure::new(
        Exit::Ended,
        format_args!("session {typed} {how}; `mainstay screen {typed}` shows its last screen"),
    )
}

//! `mainstay new`

use std::path::{Component, Path, PathBuf};

use mainstay_protocol::SessionId;
use mainstay_protocol::session::{NewSession, Retry, Settings, Start, Timeouts};

use super::values::{TypedSize, Variable};
use crate::commands::common::{print_new, start};
use crate::commands::{Context, attach};
use crate::duration::Length;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk_or_begin;

/// The only environment there is so far.
const THIS_MACHINE: &str = "host";

/// Start a session and print its id.
///
/// Without a command it runs your shell. It goes on when this terminal is closed. The command gets the variables and
/// the size of this terminal. Durations are 90s, 5m, 1h30m or 500ms; 0 is no limit.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: mainstay new --name build -- make -j4", after_long_help = Exit::help())]
pub(crate) struct Args {
    /// What you call it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// How it is run [default: shell; with a command: command]
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Where it runs; `host` is this machine
    #[arg(long, value_name = "ENV", default_value = THIS_MACHINE, hide_short_help = true)]
    pub(crate) env: String,
    /// The folder it starts in [default: this one]
    #[arg(long, value_name = "DIR")]
    pub(crate) cwd: Option<PathBuf>,
    /// Its id, in place of one that is made up
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<SessionId>,
    /// One more variable; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) var: Vec<Variable>,
    /// Size of its terminal, 100x30 [default: this one's]
    #[arg(long, value_name = "SIZE")]
    pub(crate) size: Option<TypedSize>,
    /// It fails if it isn't ready after so long
    #[arg(long, value_name = "TIME", hide_short_help = true)]
    pub(crate) start_timeout: Option<Length>,
    /// It is ended after so long
    #[arg(long, value_name = "TIME", hide_short_help = true)]
    pub(crate) run_timeout: Option<Length>,
    /// When it is stopped it has so long to end by itself
    #[arg(long, value_name = "TIME", hide_short_help = true)]
    pub(crate) grace: Option<Length>,
    /// After a failure it is run again, up to N times
    #[arg(long, value_name = "N")]
    pub(crate) retry: Option<u32>,
    /// Nothing it printed is kept after its end
    #[arg(long)]
    pub(crate) private: bool,
    /// Attach to it
    #[arg(long, conflicts_with = "json")]
    pub(crate) attach: bool,
    /// Print the session as an object
    #[arg(long)]
    pub(crate) json: bool,
    /// The program and its arguments
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<String>,
}

pub(super) fn run(args: Args, context: &Context<'_>) -> Result<Exit, Failure> {
    if args.env != THIS_MACHINE {
        let given = &args.env;
        return Err(Failure::new(
            Exit::Usage,
            format_args!(
                "there is no environment {given:?}; so far there is only `host`, this machine"
            ),
        ));
    }
    let (attach, json) = (args.attach, args.json);
    if attach {
        attach::check_terminal()?;
    }
    let new = request(args, start(context.outside))?;
    let session = talk_or_begin(context, async |client| Ok(client.create(&new).await?))?;
    print_new(context, &session, json)?;
    if attach {
        return attach::to(session.id.as_str(), context);
    }
    Ok(Exit::Done)
}

fn request(args: Args, start: Start) -> Result<NewSession, Failure> {
    let size = args.size.map(|size| size.0).or(start.terminal);
    let settings = Settings {
        name: args.name.filter(|name| !name.is_empty()),
        // Nothing lets the manager choose.
        profile: args.profile.unwrap_or_default(),
        command: args.command,
        cwd: folder(args.cwd.as_deref())?,
        env: args
            .var
            .into_iter()
            .map(|variable| (variable.name, variable.value))
            .collect(),
        size: size.unwrap_or_default(),
        timeouts: Timeouts {
            start_ms: args.start_timeout.map(Length::millis),
            run_ms: args.run_timeout.map(Length::millis),
            grace_ms: args.grace.map(Length::millis),
        },
        retry: args.retry.map(|count| Retry {
            count,
            ..Retry::default()
        }),
        private: args.private,
        ..Settings::default()
    };
    Ok(NewSession {
        id: args.id,
        settings,
        start: Start {
            terminal: size,
            ..start
        },
    })
}

/// The folder as an absolute path. What is relative is meant from the caller's folder, for the manager has another.
fn folder(given: Option<&Path>) -> Result<String, Failure> {
    let wrong = |error: std::io::Error| {
        Failure::new(
            Exit::Usage,
            format_args!("this folder can't be found: {error}; give another with --cwd"),
        )
    };
    let path = match given {
        None => std::env::current_dir().map_err(wrong)?,
        Some(path) => std::path::absolute(path).map_err(wrong)?,
    };
    // `..` after a symbolic link leads elsewhere than the text says; what isn't there is for the manager to say.
    let has_parent = path
        .components()
        .any(|component| component == Component::ParentDir);
    let path = match std::fs::canonicalize(&path) {
        Ok(real) if has_parent => real,
        _ => path,
    };
    path.into_os_string().into_string().map_err(|path| {
        Failure::new(
            Exit::Usage,
            format_args!("the name of the folder {path:?} is no text; give another with --cwd"),
        )
    })
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::Size;
    use mainstay_protocol::session::Start;

    use crate::args::{Cli, Command};
    use crate::commands::sessions;
    use clap::Parser;

    fn request(line: &str, terminal: Option<Size>) -> mainstay_protocol::session::NewSession {
        let cli = Cli::try_parse_from(line.split(' ')).expect("a good line");
        let Command::Sessions(sessions::Command::New(args)) = cli.command else {
            panic!("new was asked for");
        };
        let start = Start {
            terminal,
            ..Start::default()
        };
        super::request(*args, start).expect("a request")
    }

    #[test]
    fn what_is_not_said_is_left_to_the_profile() {
        let new = request("mainstay new", None);
        assert_eq!(new.settings.profile, "", "the manager chooses");
        assert!(new.settings.timeouts.is_empty() && new.settings.retry.is_none());
        assert!(new.settings.cwd.starts_with('/') || cfg!(windows));
    }

    #[test]
    fn the_size_is_what_is_asked_for_else_the_terminals() {
        let terminal = Size::clamped(120, 40);
        let new = request("mainstay new", Some(terminal));
        assert_eq!(
            (new.settings.size, new.start.terminal),
            (terminal, Some(terminal))
        );
        let new = request("mainstay new --size 90x20", Some(terminal));
        let asked = Size::clamped(90, 20);
        assert_eq!(
            (new.settings.size, new.start.terminal),
            (asked, Some(asked))
        );
    }

    #[test]
    fn relative_folders_are_from_here() {
        let here = std::env::current_dir().expect("a folder");
        let new = request("mainstay new --cwd src", None);
        assert_eq!(new.settings.cwd, here.join("src").to_string_lossy());
        let new = request("mainstay new --cwd src/..", None);
        let real = std::fs::canonicalize(&here).expect("it is there");
        assert_eq!(new.settings.cwd, real.to_string_lossy());
    }
}

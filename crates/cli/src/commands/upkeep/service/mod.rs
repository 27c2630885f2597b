//! `mainstay service`
//!
//! Each system has a file of its own that says what would be done ([`Plan`]); [`carry_out`] does it. So all of them are
//! tested everywhere.

mod carry_out;
mod launchd;
mod systemd;
mod windows;

use std::ffi::OsString;
use std::path::PathBuf;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Run the manager whenever you are logged in.
///
/// As a user unit of systemd, a launchd agent, or a scheduled task of Windows. Sessions go on when it is stopped or
/// started again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Install it and start it
    Install {
        /// Only print what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Stop it and remove it
    Uninstall {
        /// Only print what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Say whether it is installed and runs
    Status {
        /// Only print what would be asked
        #[arg(long)]
        dry_run: bool,
    },
}

/// What a system's manager of services has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Facts {
    /// This program.
    program: PathBuf,
    /// Where everything is, if not in the usual place.
    data_dir: Option<PathBuf>,
    /// The person's home folder.
    home: PathBuf,
    /// `$XDG_CONFIG_HOME`, where it is set.
    config_home: Option<PathBuf>,
    /// The person's number, on Unix.
    user: u32,
}

/// What is to be done, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// Write a file; folders above it are made.
    Write(PathBuf, Vec<u8>),
    /// Remove a file; one that isn't there is no matter.
    Remove(PathBuf),
    /// Run a program; what it answers has to be 0.
    Run(Vec<OsString>),
    /// Run a program; its answer doesn't matter.
    Try(Vec<OsString>),
}

/// What is to be done, and what the person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    /// The program that all depends on, and what to do where it is missing.
    needs: (&'static str, &'static str),
    steps: Vec<Step>,
    /// Said after it is done.
    note: Option<String>,
}

/// How a system runs services.
trait System {
    fn install(&self, facts: &Facts) -> Plan;
    fn uninstall(&self, facts: &Facts) -> Plan;
    /// The file that is there while it is installed; nothing where only the system knows.
    fn file(&self, facts: &Facts) -> Option<PathBuf>;
    /// The program that says whether it runs, by its exit code.
    fn status(&self, facts: &Facts) -> Vec<OsString>;
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn this_system() -> &'static dyn System {
    if cfg!(windows) {
        &windows::Windows
    } else if cfg!(target_os = "macos") {
        &launchd::Launchd
    } else {
        &systemd::Systemd
    }
}

pub(in crate::commands) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let facts = facts(context)?;
    let system = this_system();
    let (plan, dry_run) = match args.command {
        Command::Install { dry_run } => (system.install(&facts), dry_run),
        Command::Uninstall { dry_run } => (system.uninstall(&facts), dry_run),
        Command::Status { dry_run: false } => {
            return carry_out::status(system, &facts, context);
        }
        Command::Status { dry_run: true } => {
            let needs = system.install(&facts).needs;
            let steps = vec![Step::Try(system.status(&facts))];
            let note = None;
            (Plan { needs, steps, note }, true)
        }
    };
    if dry_run {
        Output::new(context.outside.env).piece(&carry_out::told(&plan))?;
        return Ok(Exit::Done);
    }
    carry_out::carry_out(&plan, context)?;
    if let Some(note) = plan.note {
        crate::say(note);
    }
    Ok(Exit::Done)
}

fn facts(context: &Context<'_>) -> Result<Facts, Failure> {
    let env = context.outside.env;
    let path = |name: &str| {
        env(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let program = (context.outside.program)().map_err(|error| {
        Failure::new(
            Exit::Failed,
            format_args!("this program doesn't find itself: {error}"),
        )
    })?;
    let home = path(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            "there is no home folder to install the service in: HOME is not set to an absolute path",
        )
    })?;
    let chosen = context.chosen || env("MAINSTAY_DATA_DIR").is_some_and(|dir| !dir.is_empty());
    Ok(Facts {
        program,
        data_dir: chosen.then(|| context.places.data.clone()),
        home,
        config_home: path("XDG_CONFIG_HOME"),
        user: user(),
    })
}

#[cfg(unix)]
fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn user() -> u32 {
    0
}

#[cfg(test)]
fn facts_for_tests(data_dir: Option<&str>) -> Facts {
    Facts {
        program: PathBuf::from("/opt/main stay/mainstay"),
        data_dir: data_dir.map(PathBuf::from),
        home: PathBuf::from("/home/me"),
        config_home: None,
        user: 1000,
    }
}

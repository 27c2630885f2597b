//! `mainstay profile`

use std::time::Duration;

use mainstay_manager::Profile;
use mainstay_protocol::session::{Retry, Success, Timeouts};
use mainstay_protocol::spec::Readiness;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk_or_begin;
use crate::output::{Output, plain};
use crate::table::{Cell, Column, Look, details, render};
use crate::words;

/// Profiles: how programs are run.
///
/// `shell` and `command` are built in. Your own are files NAME.toml in the folder `profiles` of the data directory.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List all profiles
    Ls {
        /// Print a list of objects
        #[arg(long)]
        json: bool,
    },
    /// Show one
    Show {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// Print an object
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let profiles = talk_or_begin(context, async |client| Ok(client.profiles().await?))?;
    let mut output = Output::new(context.outside.env);
    match &args.command {
        Command::Ls { json: true } => output.json(&profiles)?,
        Command::Ls { json: false } => output.piece(&table(&profiles, output.look()))?,
        Command::Show { name, json } => {
            let profile = find(&profiles, name)?;
            if *json {
                output.json(profile)?;
            } else {
                output.piece(&shown(profile, output.look()))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn find<'a>(profiles: &'a [Profile], name: &str) -> Result<&'a Profile, Failure> {
    let found = profiles.iter().find(|profile| profile.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = profiles.iter().map(|profile| &*profile.name).collect();
        Failure::new(
            Exit::Usage,
            format_args!(
                "there is no profile {name:?}; there are {}",
                names.join(", ")
            ),
        )
    })
}

fn table(profiles: &[Profile], look: Look) -> String {
    const COLUMNS: &[Column] = &[
        Column::new("NAME", 10, 0),
        Column::new("TITLE", 10, 1),
        Column::new("COMMAND", 12, 2),
    ];
    let row = |profile: &Profile| {
        vec![
            Cell::new(plain(&profile.name)),
            Cell::new(plain(&profile.title)),
            Cell::new(plain(&profile.command.join(" "))),
        ]
    };
    let rows: Vec<_> = profiles.iter().map(row).collect();
    render(COLUMNS, &rows, look)
}

fn shown(profile: &Profile, look: Look) -> String {
    let file = profile.file.as_ref();
    let mut rows = vec![
        ("name", Cell::new(plain(&profile.name))),
        ("title", Cell::new(plain(&profile.title))),
        ("command", Cell::new(plain(&profile.command.join(" ")))),
        ("ready", Cell::new(ready(&profile.ready))),
        ("success", Cell::new(success(&profile.success))),
        ("retry", Cell::new(retry(profile.retry.as_ref()))),
        ("resume", Cell::new(resume(profile))),
    ];
    let clocks = clocks(&profile.timeouts);
    rows.extend(
        clocks
            .into_iter()
            .map(|(name, text)| (name, Cell::new(text))),
    );
    let file = file.map_or("built in".into(), |file| file.to_string_lossy());
    rows.push(("from", Cell::new(plain(&file))));
    rows.retain(|(_, cell)| !cell.text.is_empty());
    details(&rows, look)
}

fn ready(ready: &Readiness) -> String {
    match ready {
        Readiness::Process => "as soon as it runs".to_owned(),
        Readiness::FirstOutput => "when it has printed something".to_owned(),
        Readiness::Pattern { pattern } => format!("when a line matches {}", plain(pattern)),
        Readiness::Reported => "when it says so".to_owned(),
    }
}

fn success(success: &Success) -> String {
    match success {
        Success::Zero => "exit code 0".to_owned(),
        Success::Any => "any exit code".to_owned(),
        Success::Codes(codes) => {
            let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
            format!("exit code {}", codes.join(" or "))
        }
    }
}

fn retry(retry: Option<&Retry>) -> String {
    match retry {
        Some(retry) if retry.count > 0 => {
            let pause = words::duration(Duration::from_millis(retry.delay_ms));
            format!("up to {} times, the first after {pause}", retry.count)
        }
        _ => String::new(),
    }
}

fn resume(profile: &Profile) -> String {
    match profile.resume {
        mainstay_manager::profile::Resume::Same => "runs it again".to_owned(),
        mainstay_manager::profile::Resume::LastDir => "starts in its last folder".to_owned(),
    }
}

fn clocks(timeouts: &Timeouts) -> Vec<(&'static str, String)> {
    let length = |ms: u64| match ms {
        0 => "no limit".to_owned(),
        ms => words::duration(Duration::from_millis(ms)),
    };
    let clocks = [
        ("start", timeouts.start_ms),
        ("run", timeouts.run_ms),
        ("grace", timeouts.grace_ms),
    ];
    clocks
        .into_iter()
        .filter_map(|(name, ms)| Some((name, length(ms?))))
        .collect()
}

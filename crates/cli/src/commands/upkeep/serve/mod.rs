//! `mainstay serve`

mod log;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use mainstay_api::serve::{self, Background, Config, Ended, Kind, Limits, ServeError, Server};
use mainstay_link::launch::beside;
use mainstay_seams::SystemClock;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::{block_on, data_dir, ensure};

/// Run the manager in this terminal, until ctrl-c.
///
/// Other commands start one in the background where they need it, so this is for looking at it, or for a service (see
/// `mainstay service`). Sessions go on when it ends.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    /// Run it in the background
    ///
    /// Where standard output is no terminal, this is what other commands start: one line of JSON there says whether it
    /// listens.
    #[arg(long)]
    background: bool,
    /// Take the place of one that runs, unless it is the app's
    #[arg(long)]
    replace: bool,
}

pub(in crate::commands) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    if args.background && io::stdout().is_terminal() {
        return by_hand(args, context);
    }
    let config = config(args, context)?;
    log::begin(context, args.background);
    if args.background {
        return block_on(async {
            let background = serve::background(config).await;
            Ok(match background {
                Background::Served(_) | Background::NotNeeded => Exit::Done,
                // Said on standard output.
                Background::Failed(error) => failure(error).exit,
            })
        });
    }
    block_on(async {
        let server = serve::start(config).await.map_err(failure)?;
        tell(&server);
        match server.run().await {
            Ended::Yielded(to) => crate::say(format_args!("{to} has taken over")),
            _ => crate::say("ended; sessions go on"),
        }
        Ok(Exit::Done)
    })
}

/// A person wants one in the background: it is started as every other command would start it.
fn by_hand(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    block_on(async {
        if args.replace {
            match mainstay_api::client::Client::connect(&context.places).await {
                Ok(client) => drop(client.yield_to(Kind::Serve).await?),
                Err(mainstay_api::client::ClientError::NotRunning { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let client = ensure(context).await?;
        let pid = client.info().pid;
        crate::say(format_args!("the manager runs as process {pid}"));
        Ok(Exit::Done)
    })
}

fn config(args: &Args, context: &Context<'_>) -> Result<Config, Failure> {
    let program = (context.outside.program)().map_err(|error| {
        Failure::new(
            Exit::Failed,
            format_args!(
                "this program doesn't find itself, so it doesn't find the host either: {error}"
            ),
        )
    })?;
    let mut env: BTreeMap<String, String> = (context.outside.vars)()
        .into_iter()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    if let Some((name, folder)) = data_dir(context)
        && let (Ok(name), Ok(folder)) = (name.into_string(), folder.into_string())
    {
        env.insert(name, folder);
    }
    Ok(Config {
        manager: mainstay_manager::Config::new(
            context.places.clone(),
            Arc::new(SystemClock),
            beside(&program),
            env,
        ),
        kind: Kind::Serve,
        replace: args.replace,
        limits: Limits::default(),
    })
}

/// Says on standard error what a person who looks wants to know.
fn tell(server: &Server) {
    let (info, report) = (server.info(), server.report());
    for note in &report.notes {
        crate::say(format_args!("mainstay: {note}"));
    }
    let sessions = match report.following {
        0 => "no session runs".to_owned(),
        1 => "1 session runs".to_owned(),
        more => format!("{more} sessions run"),
    };
    let pid = info.pid;
    crate::say(format_args!(
        "the manager runs as process {pid}; {sessions}; ctrl-c ends it, sessions go on"
    ));
}

fn failure(error: ServeError) -> Failure {
    let exit = match error {
        // There is one, which is what most want.
        ServeError::Running(_) => Exit::Failed,
        _ => error.problem().code.into(),
    };
    Failure::new(exit, error)
}

//! `mainstay stop`

use std::io::{self, IsTerminal};
use std::time::Duration;

use mainstay_api::client::Client;
use mainstay_protocol::session::{Session, Stop};

use crate::commands::Context;
use crate::commands::common::print;
use crate::duration::Length;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;
use crate::watch::Watch;
use crate::words;

/// How long a person waits without a word.
const BLINK: Duration = Duration::from_secs(1);

/// End the programs of sessions, and wait until they have ended.
///
/// A program is asked to end. If it hasn't after its grace (30 s unless set otherwise) it is killed, with all it started.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    /// The sessions: ids, beginnings of ids, or names
    #[arg(value_name = "ID", required = true)]
    sessions: Vec<String>,
    /// Kill at once
    #[arg(long, conflicts_with = "grace")]
    force: bool,
    /// So long to end by itself
    #[arg(long, value_name = "TIME")]
    grace: Option<Length>,
    /// Don't wait for the end
    #[arg(long)]
    no_wait: bool,
    /// Print each session as an object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    talk(context, async |client| {
        let mut worst = Exit::Done;
        let mut asked = Vec::new();
        // All are asked before any is waited for.
        for typed in &args.sessions {
            match ask(args, context, &client, typed).await {
                Ok(watch) => asked.push(watch),
                Err(failure) => {
                    failure.tell();
                    worst = failure.exit;
                }
            }
        }
        for mut watch in asked {
            let session = if args.no_wait {
                watch.session().clone()
            } else {
                wait(args, &mut watch).await?
            };
            print(context, &session, args.json)?;
        }
        Ok(worst)
    })
}

async fn ask<'a>(
    args: &Args,
    context: &'a Context<'a>,
    client: &Client,
    typed: &str,
) -> Result<Watch<'a>, Failure> {
    // Watched from before, so that no end is missed.
    let watch = Watch::begin(context, client.clone(), typed).await?;
    let stop = Stop {
        force: args.force,
        grace_ms: args.grace.map(Length::millis),
    };
    client.stop(watch.session().id.as_str(), stop).await?;
    Ok(watch)
}

async fn wait(args: &Args, watch: &mut Watch<'_>) -> Result<Session, Failure> {
    let patience = patience(args, watch.session());
    let over = watch.until(|status| !status.is_live(), |_| {});
    let mut over = std::pin::pin!(over);
    if io::stderr().is_terminal() {
        match tokio::time::timeout(BLINK, &mut over).await {
            Ok(over) => return over,
            Err(_) => crate::say(patience),
        }
    }
    over.await
}

/// What is said to a person who waits.
fn patience(args: &Args, session: &Session) -> String {
    let id = &session.id;
    let grace = args.grace.map(Length::millis);
    match grace.or(session.settings.timeouts.grace_ms) {
        Some(grace) if !args.force => {
            let grace = words::duration(Duration::from_millis(grace));
            format!("waiting for {id} to end; it is killed {grace} after it was asked …")
        }
        _ => format!("waiting for {id} to end …"),
    }
}

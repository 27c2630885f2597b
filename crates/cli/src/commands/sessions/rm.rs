//! `mainstay rm`

use std::io::{self, IsTerminal};
use std::time::Duration;

use mainstay_api::client::Client;
use mainstay_protocol::session::Delete;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// How long a person waits without a word.
const BLINK: Duration = Duration::from_secs(1);

/// Remove sessions, with everything they printed.
///
/// A program that still runs is ended as `stop` does it, and waited for. That the session was there, and its events,
/// stay on record. Removing what isn't there is no failure.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    /// The sessions: ids, beginnings of ids, or names
    #[arg(value_name = "ID", required = true)]
    sessions: Vec<String>,
    /// Kill at once
    #[arg(long)]
    force: bool,
    /// Keep the folder that was made for it to work in
    #[arg(long)]
    keep_workspace: bool,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    talk(context, async |client| {
        let mut worst = Exit::Done;
        for typed in &args.sessions {
            if let Err(failure) = remove(args, &client, typed).await {
                failure.tell();
                worst = failure.exit;
            }
        }
        Ok(worst)
    })
}

async fn remove(args: &Args, client: &Client, typed: &str) -> Result<(), Failure> {
    let delete = Delete {
        force: args.force,
        keep_workspace: args.keep_workspace,
    };
    let removed = client.delete(typed, delete);
    let mut removed = std::pin::pin!(removed);
    let mut done = None;
    if io::stderr().is_terminal() {
        match tokio::time::timeout(BLINK, &mut removed).await {
            Ok(over) => done = Some(over),
            Err(_) => crate::say(format_args!("waiting for {typed} to end …")),
        }
    }
    let done = match done {
        Some(done) => done,
        None => removed.await,
    };
    if done?.is_none() {
        crate::say(format_args!(
            "mainstay: there is no session {typed:?}, so nothing was removed"
        ));
    }
    Ok(())
}

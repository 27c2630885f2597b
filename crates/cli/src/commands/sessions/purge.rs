//! `mainstay purge`

use std::io::{self, BufRead, Write};

use mainstay_api::client::Client;
use mainstay_protocol::session::Session;

use crate::commands::Context;
use crate::commands::common::{One, can_ask};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// Remove everything a session has printed.
///
/// Its history is gone from the disk and can't be brought back. The session stays.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(flatten)]
    target: One,
    /// Don't ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    if !args.yes && !can_ask() {
        return Err(Failure::new(
            Exit::Usage,
            "purge removes a session's history for good; without a terminal to ask at it needs --yes",
        ));
    }
    talk(context, async |client| {
        purge(&client, &args.target.session, args.yes).await
    })
}

async fn purge(client: &Client, typed: &str, yes: bool) -> Result<Exit, Failure> {
    let session = client.show(typed).await?;
    if !yes && !agreed(&session)? {
        crate::say("nothing was removed");
        return Ok(Exit::Failed);
    }
    client.purge(session.id.as_str()).await?;
    Ok(Exit::Done)
}

/// Asks the person; anything but a yes is a no.
fn agreed(session: &Session) -> Result<bool, Failure> {
    let id = &session.id;
    let summary = crate::output::plain(&session.summary);
    let mut stderr = io::stderr();
    write!(
        stderr,
        "Remove all output of session {id} ({summary})? [y/N] "
    )?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
}

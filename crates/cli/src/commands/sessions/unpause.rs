//! `mainstay unpause`

use crate::commands::Context;
use crate::commands::common::{OneOrJson, print};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// Let a session go on that was paused.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(flatten)]
    target: OneOrJson,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let typed = &args.target.one.session;
    let session = talk(context, async |client| Ok(client.unpause(typed).await?))?;
    print(context, &session, args.target.json)?;
    Ok(Exit::Done)
}

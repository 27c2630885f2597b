//! `mainstay pause`

use crate::commands::Context;
use crate::commands::common::{OneOrJson, print};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// Hold a session's program: all its processes stop until `unpause`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(flatten)]
    target: OneOrJson,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let typed = &args.target.one.session;
    let session = talk(context, async |client| Ok(client.pause(typed).await?))?;
    print(context, &session, args.target.json)?;
    Ok(Exit::Done)
}

//! `mainstay duplicate`

use crate::commands::Context;
use crate::commands::common::{OneOrJson, print_new, start};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// Start a new session like another one and print its id.
///
/// It has the same program, folder and settings; its name is the other one's with " copy" behind it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(flatten)]
    target: OneOrJson,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let typed = &args.target.one.session;
    let mut start = start(context.outside);
    start.terminal = None;
    let session = talk(context, async |client| {
        Ok(client.duplicate(typed, &start).await?)
    })?;
    print_new(context, &session, args.target.json)?;
    Ok(Exit::Done)
}

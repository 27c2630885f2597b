//! `mainstay again`

use crate::commands::Context;
use crate::commands::common::{OneOrJson, print, start};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// Run a session that has ended again, as it was started at first.
///
/// It is a new run of the same session, in its first folder. `resume` goes on where it ended instead.
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
        Ok(client.again(typed, &start).await?)
    })?;
    print(context, &session, args.target.json)?;
    Ok(Exit::Done)
}

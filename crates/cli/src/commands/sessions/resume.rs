//! `mainstay resume`

use crate::commands::common::{OneOrJson, print, start};
use crate::commands::{Context, attach};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// Go on with a session that has ended.
///
/// A shell starts in the folder it was in last, under its old output; a command is run again. Ids and names stay.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(flatten)]
    target: OneOrJson,
    /// Attach to it
    #[arg(long, conflicts_with = "json")]
    attach: bool,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    if args.attach {
        attach::check_terminal()?;
    }
    let typed = &args.target.one.session;
    let mut start = start(context.outside);
    if !args.attach {
        // Its terminal stays as large as it was.
        start.terminal = None;
    }
    let session = talk(context, async |client| {
        Ok(client.resume(typed, &start).await?)
    })?;
    print(context, &session, args.target.json)?;
    if args.attach {
        return attach::to(session.id.as_str(), context);
    }
    Ok(Exit::Done)
}

//! `mainstay rename`

use mainstay_protocol::session::Change;

use crate::commands::Context;
use crate::commands::common::{OneOrJson, print};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// Give a session a name.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(flatten)]
    target: OneOrJson,
    /// The name; an empty one ("") takes it away
    #[arg(value_name = "NAME")]
    name: String,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let typed = &args.target.one.session;
    let change = Change {
        name: Some(args.name.clone()),
        ..Change::default()
    };
    let session = talk(context, async |client| {
        Ok(client.change(typed, &change).await?)
    })?;
    print(context, &session, args.target.json)?;
    Ok(Exit::Done)
}

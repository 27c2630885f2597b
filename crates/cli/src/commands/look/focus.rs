//! `mainstay focus`

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;
use crate::output::Output;

/// Show a session in the window; without ID print which one is there.
///
/// Prints nothing if the window shows none. A window has to be open to show one.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    /// The session: its id, the beginning of its id, or its name
    #[arg(value_name = "ID")]
    session: Option<String>,
    /// Print an object: id
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let shown = talk(context, async |client| {
        if let Some(typed) = &args.session {
            client.set_foreground(typed).await?;
            if !args.json {
                return Ok(None);
            }
        }
        Ok(client.foreground().await?)
    })?;
    let mut output = Output::new(context.outside.env);
    if args.json {
        output.json(&serde_json::json!({ "id": shown }))?;
    } else if let Some(id) = shown {
        output.piece(&format!("{id}\n"))?;
    }
    Ok(Exit::Done)
}

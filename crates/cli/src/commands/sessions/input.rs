//! `mainstay input`

use std::io::{self, IsTerminal, Read};

use mainstay_api::client::Client;

use crate::commands::Context;
use crate::commands::common::One;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// Bytes that are handed over at once.
const PIECE: usize = 64 * 1024;

/// Type into a session.
///
/// The text arrives as if it was typed; there is no line break at its end unless --enter is given.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: mainstay input build \"make test\" --enter",
    after_long_help = Exit::help()
)]
pub(crate) struct Args {
    #[command(flatten)]
    target: One,
    /// What to type; `-` or nothing: what comes on standard input
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// Press enter afterwards
    #[arg(long)]
    enter: bool,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let text = args.text.as_deref().filter(|&text| text != "-");
    if args.text.is_none() && !args.enter && io::stdin().is_terminal() {
        return Err(Failure::new(
            Exit::Usage,
            "there is nothing to type; give a text, or `-` to read standard input",
        ));
    }
    talk(context, async |client| {
        // Found once: a name could be another session's before the last piece.
        let session = client.show(&args.target.session).await?;
        let id = session.id.as_str();
        match text {
            Some(text) => client.input(id, text.as_bytes().to_vec()).await?,
            None if args.text.is_none() && io::stdin().is_terminal() => {}
            None => from_stdin(&client, id).await?,
        }
        if args.enter {
            client.input(id, b"\r".to_vec()).await?;
        }
        Ok(Exit::Done)
    })
}

async fn from_stdin(client: &Client, id: &str) -> Result<(), Failure> {
    let mut buffer = vec![0; PIECE];
    loop {
        let read = io::stdin().lock().read(&mut buffer).map_err(|error| {
            Failure::new(
                Exit::Failed,
                format_args!("standard input can't be read: {error}"),
            )
        })?;
        if read == 0 {
            return Ok(());
        }
        let piece = buffer.get(..read).unwrap_or_default();
        client.input(id, piece.to_vec()).await?;
    }
}

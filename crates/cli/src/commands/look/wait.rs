//! `mainstay wait`

use std::time::Duration;

use mainstay_protocol::session::Session;

use super::wanted::Wanted;
use crate::commands::Context;
use crate::commands::common::OneOrJson;
use crate::duration::Length;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;
use crate::output::Output;
use crate::watch::Watch;
use crate::words;

/// Wait until a session has a status, and print that.
///
/// One that it has already counts. A session that ends with another status is told of and waited for all the same: it
/// may be resumed. `--for completed,failed` or `--for ended` waits for its end, whatever that is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: mainstay wait build --for ended --timeout 10m", after_long_help = Exit::help())]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) target: OneOrJson,
    /// Statuses separated by commas, `live` or `ended`
    #[arg(
        long = "for",
        value_name = "STATUS",
        value_delimiter = ',',
        default_value = "ended"
    )]
    pub(crate) wanted: Vec<Wanted>,
    /// Give up after so long, with exit code 1
    #[arg(long, value_name = "TIME")]
    pub(crate) timeout: Option<Length>,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let reached = talk(context, async |client| {
        let typed = &args.target.one.session;
        let mut watch = Watch::begin(context, client, typed).await?;
        let waited = watch.until(
            |status| args.wanted.iter().any(|wanted| wanted.has(status)),
            |session| tell_of_end(session, args),
        );
        let Some(limit) = args.timeout else {
            return waited.await;
        };
        match tokio::time::timeout(limit.0, waited).await {
            Ok(waited) => waited,
            Err(_) => Err(too_late(watch.session(), limit.0, args)),
        }
    })?;
    let mut output = Output::new(context.outside.env);
    if args.target.json {
        output.json(&reached)?;
    } else {
        output.piece(&format!("{}\n", reached.status))?;
    }
    Ok(Exit::Done)
}

/// A person shouldn't wait for ever without knowing why.
fn tell_of_end(session: &Session, args: &Args) {
    if !session.status.is_live() && session.retrying.is_none() {
        crate::say(format_args!(
            "session {} {}; still waiting for {}",
            session.id,
            words::reached(session),
            list(&args.wanted)
        ));
    }
}

fn too_late(session: &Session, limit: Duration, args: &Args) -> Failure {
    Failure::new(
        Exit::Failed,
        format_args!(
            "session {} is {} after {}, not {}",
            session.id,
            session.status,
            words::duration(limit),
            list(&args.wanted)
        ),
    )
}

fn list(wanted: &[Wanted]) -> String {
    let names: Vec<String> = wanted.iter().map(Wanted::to_string).collect();
    names.join(" or ")
}

//! The manager: whether one runs, its version, and what troubles it.

use mainstay_api::client::{Client, ClientError};
use mainstay_api::serve::Info;

use super::finding::Finding;
use crate::commands::Context;
use crate::manager::block_on;

const AREA: &str = "manager";

pub(super) fn examine(context: &Context<'_>) -> Vec<Finding> {
    let findings = block_on(async {
        let client = match Client::connect(&context.places).await {
            Ok(client) => client,
            Err(ClientError::NotRunning { .. }) => {
                let text = "none runs; the next command that needs one starts it";
                return Ok(vec![Finding::fine(AREA, text)]);
            }
            Err(error) => return Ok(vec![Finding::error(AREA, error)]),
        };
        let mut findings = version(client.info());
        let health = client.health().await?;
        findings.extend(
            health
                .trouble
                .iter()
                .map(|trouble| Finding::error(AREA, trouble)),
        );
        if health.connected < health.live {
            findings.push(Finding::note(
                AREA,
                format!(
                    "{} of {} live sessions aren't connected",
                    health.live - health.connected,
                    health.live
                ),
                "it goes on trying; see what is said of hosts here",
            ));
        }
        if findings.is_empty() {
            let info = client.info();
            let sessions = match health.sessions {
                1 => "1 session".to_owned(),
                more => format!("{more} sessions"),
            };
            findings.push(Finding::fine(
                AREA,
                format!("{} runs as process {}, {sessions}", info.kind, info.pid),
            ));
        }
        Ok(findings)
    });
    findings.unwrap_or_else(|failure| vec![Finding::error(AREA, failure.message)])
}

fn version(info: &Info) -> Vec<Finding> {
    let own = env!("CARGO_PKG_VERSION");
    if info.version == own {
        return Vec::new();
    }
    vec![Finding::note(
        AREA,
        format!("version {} runs, this is {own}", info.version),
        "start it again: mainstay serve --background --replace",
    )]
}

//! The hosts of live sessions: whether they answer, and how old they are.

use std::collections::BTreeMap;

use mainstay_keep::{HostRecord, KeepError, Places, SessionFolder};
use mainstay_protocol::SessionId;

use super::finding::Finding;
use crate::session::{Reached, Session};

const AREA: &str = "hosts";

pub(super) fn examine(places: &Places) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut older: BTreeMap<String, u32> = BTreeMap::new();
    let mut live = 0;
    for id in places.sessions().unwrap_or_default() {
        match host(places, &id) {
            Ok(None) => {}
            Ok(Some(host)) => {
                let Some(found) = answers(places, &id, &host) else {
                    continue;
                };
                live += 1;
                findings.extend(found);
                if host.version != env!("CARGO_PKG_VERSION") {
                    *older.entry(host.version).or_default() += 1;
                }
            }
            // What is wrong with the folder is told elsewhere.
            Err(_) => {}
        }
    }
    for (version, count) in older {
        findings.push(Finding::note(
            AREA,
            format!("{count} of {live} run with version {version}"),
            "they go on as they are; a session that is resumed gets the new version",
        ));
    }
    if findings.is_empty() {
        let text = match live {
            0 => "none runs".to_owned(),
            1 => "1 runs and answers".to_owned(),
            more => format!("{more} run and answer"),
        };
        findings.push(Finding::fine(AREA, text));
    }
    findings
}

/// The host of a session, if one has it.
pub(super) fn host(places: &Places, id: &SessionId) -> Result<Option<HostRecord>, KeepError> {
    let folder = SessionFolder::open(places, id)?;
    if !folder.is_live()? {
        return Ok(None);
    }
    match folder.current()? {
        Some(run) => folder.run(&run).host(),
        None => Ok(None),
    }
}

/// What is wrong with a host. Nothing at all if it has just ended.
fn answers(places: &Places, id: &SessionId, host: &HostRecord) -> Option<Option<Finding>> {
    let reached = Session::open(places, id, id.as_str()).and_then(|session| session.reach());
    let failure = match reached {
        Ok(Reached::Live(_)) => return Some(None),
        Ok(Reached::Ended) => return None,
        Err(failure) => failure,
    };
    let pid = host.pid;
    Some(Some(Finding::wrong(
        AREA,
        format!(
            "the host of session {id} (process {pid}) does not answer: {}",
            failure.message
        ),
        format!(
            "if it stays so, end it with kill {pid}; what it wrote down stays, and `mainstay resume {id}` goes on"
        ),
    )))
}

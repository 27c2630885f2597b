//! Private runs: nothing that they printed, and nothing that they said of themselves, is kept after their end (M1).
//!
//! The run is brought to its end first, as any other; before anybody is told of the end, the history goes for good and the
//! texts go from the journal. Its entries stay, for their numbers are known to whoever stored them. A host that dies on the
//! way leaves the rest to [`crate::recover`], which does the same.

use std::io;

use mainstay_history::Writer;
use mainstay_protocol::journal::{Entry, Event, MarkKind, Notification};
use mainstay_seams::failpoint;
use mainstay_terminal::Terminal;

use crate::atomic;
use crate::error::KeepError;
use crate::failpoints;
use crate::folder::RunFolder;
use crate::journal::Reader;
use crate::limits;

/// What stands where a checkpoint of the model would. There is no state to go on from.
const NOTHING: &[u8] = b"";

/// A checkpoint, if it holds anything.
pub(crate) fn something(checkpoint: Option<&[u8]>) -> Option<&[u8]> {
    checkpoint.filter(|bytes| *bytes != NOTHING)
}

/// Removes everything from a history whose runs have ended. Line numbers go on after the last line of the screen, if there is
/// one.
pub(crate) fn forget_history(
    writer: &mut Writer,
    screen: Option<&Terminal>,
) -> Result<(), KeepError> {
    let next = writer.lines().next_line();
    let (position, end) = screen.map_or((0, next), |terminal| {
        let rows = u64::from(terminal.size().rows());
        (
            terminal.position(),
            terminal.top_line().saturating_add(rows),
        )
    });
    writer.purge(NOTHING, position, next.max(end))?;
    failpoint::hit(failpoints::END_PURGED);
    Ok(())
}

/// Removes the texts from the journal of a run whose end is written down and whose history is gone, and marks the run as one of
/// which nothing is left.
pub(crate) fn forget_texts(run: &RunFolder) -> Result<(), KeepError> {
    let path = run.journal_path();
    let mut text = Vec::new();
    let mut changed = false;
    for entry in Reader::open(&path, 0)? {
        let mut entry = entry?;
        changed |= strip(&mut entry);
        serde_json::to_writer(&mut text, &entry)
            .map_err(|error| KeepError::io(&path, "written", error.into()))?;
        text.push(b'\n');
    }
    if changed {
        atomic::write(&path, &text).map_err(|error| KeepError::io(&path, "written", error))?;
    }
    // What could not be read of it, and where it was.
    for beside in [path.with_extension("damaged"), run.cwd_path()] {
        match std::fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(KeepError::io(&beside, "removed", error));
            }
            _ => {}
        }
    }
    run.mark_forgotten()?;
    failpoint::hit(failpoints::END_FORGOTTEN);
    Ok(())
}

/// Takes away what the program said in an entry; true if there was something.
pub(crate) fn strip(entry: &mut Entry) -> bool {
    let stripped = match &entry.event {
        Event::Notification(_) => Event::Notification(Notification::default()),
        Event::Mark(mark) => {
            let mut mark = mark.clone();
            if let MarkKind::Output { command } = &mut mark.kind {
                *command = None;
            }
            Event::Mark(mark)
        }
        Event::Agent(report) => {
            let mut report = report.clone();
            (report.app, report.kind) = (None, None);
            Event::Agent(report)
        }
        Event::Custom { .. } if !limits::is_flood(&entry.event) => Event::Custom {
            name: "mainstay.private".to_owned(),
            data: serde_json::Value::Null,
        },
        _ => return false,
    };
    let changed = stripped != entry.event;
    entry.event = stripped;
    changed
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::Timestamp;
    use mainstay_protocol::journal::{AgentReport, AgentReportState, Mark, Urgency};

    use super::*;

    fn entry(event: Event) -> Entry {
        Entry {
            seq: 3,
            time: Timestamp(5),
            at: Some(7),
            event,
        }
    }

    #[test]
    fn texts_go_and_nothing_else() {
        let said = [
            Event::Notification(Notification {
                title: "SECRET".to_owned(),
                body: "SECRET".to_owned(),
                id: Some("SECRET".to_owned()),
                urgency: Urgency::Low,
            }),
            Event::Mark(Mark {
                kind: MarkKind::Output {
                    command: Some("SECRET".to_owned()),
                },
                line: 1,
                column: 2,
            }),
            Event::Agent(AgentReport {
                state: AgentReportState::Done,
                app: Some("SECRET".to_owned()),
                kind: Some("SECRET".to_owned()),
            }),
            Event::Custom {
                name: "a.SECRET".to_owned(),
                data: "SECRET".into(),
            },
        ];
        for event in said {
            let before = entry(event);
            let mut after = before.clone();
            assert!(strip(&mut after), "{before:?}");
            let text = serde_json::to_string(&after).expect("JSON");
            assert!(!text.contains("SECRET"), "{text}");
            assert_eq!(
                (after.seq, after.time, after.at),
                (3, Timestamp(5), Some(7))
            );
            assert!(!strip(&mut after), "once is enough");
        }
        for event in [Event::Bell, Event::Ready, limits::flood_entry("bell", 3)] {
            let mut same = entry(event.clone());
            assert!(!strip(&mut same) && same.event == event, "{event:?}");
        }
    }
}

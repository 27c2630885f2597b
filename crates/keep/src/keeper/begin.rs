//! Beginning a run on a session's folder.

use std::sync::Arc;

use mainstay_history::Writer;
use mainstay_protocol::line::{Attrs, Style, StyleRun};
use mainstay_protocol::spec::RunSpec;
use mainstay_protocol::{Line, Timestamp};
use mainstay_seams::{Clock, failpoint};
use mainstay_terminal::{Options, Sink, Terminal};

use super::{Keeper, Settings, blob};
use crate::atomic;
use crate::error::KeepError;
use crate::failpoints;
use crate::folder::{FolderLock, RunFolder, SessionFolder};
use crate::journal::JournalWriter;
use crate::limits::Limits;
use crate::places::make_folder;
use crate::recovery::{Recovery, Settled, settle};

/// What was there when a run began.
#[derive(Debug)]
pub struct OpenReport {
    /// Number of the run's first line.
    pub first_line: u64,
    /// What an earlier host had left, now settled.
    pub recovery: Recovery,
}

impl Keeper {
    /// Settles what an earlier host left and begins a run.
    ///
    /// The screen of the session's last run becomes history, a line that says so stands between the two, and line
    /// numbers go on. The run is begun in the eyes of everybody else when this returns; killed at any moment before,
    /// the session is as it was, or has a run that was not started.
    ///
    /// # Errors
    /// If something can't be read or written; the run did not begin.
    pub fn open(
        folder: SessionFolder,
        lock: FolderLock,
        spec: &RunSpec,
        settings: &Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, OpenReport), KeepError> {
        let run = folder.run(&spec.run);
        if run.path().exists() {
            return Err(KeepError::RunExists {
                run: spec.run.clone(),
                path: folder.path().to_path_buf(),
            });
        }
        let Settled {
            mut writer,
            terminal: earlier,
            recovery,
        } = settle(&folder, settings, &clock)?;
        if let Some(earlier) = earlier {
            close(earlier, &mut writer, spec.resumed, clock.now())?;
        }
        let journal = make_run(&run, spec)?;
        failpoint::hit(failpoints::RUN_MADE);
        folder.set_current(&spec.run)?;
        failpoint::hit(failpoints::RUN_CURRENT);

        let first_line = writer.lines().next_line();
        let options = Options {
            first_line,
            ..settings.terminal.clone()
        };
        let terminal = Terminal::new(spec.size, options);
        let begun = blob(&spec.run, &[], &terminal, folder.path())?;
        writer.begin(&begun, terminal.position(), first_line)?;
        failpoint::hit(failpoints::RUN_BEGUN);
        let keeper = Self {
            shown: terminal.state().clone(),
            checkpointed: (terminal.position(), terminal.size()),
            ticked: terminal.position(),
            terminal,
            writer,
            journal,
            limits: Limits::default(),
            clock,
            gap: None,
            ended: None,
            private: spec.private,
            run,
            folder,
            _lock: lock,
        };
        let report = OpenReport {
            first_line,
            recovery,
        };
        Ok((keeper, report))
    }
}

fn make_run(run: &RunFolder, spec: &RunSpec) -> Result<JournalWriter, KeepError> {
    make_folder(run.path())?;
    run.write_spec(spec)?;
    let (journal, _, _) = JournalWriter::open(&run.journal_path())?;
    // The names of the run and of its journal must outlast a power loss as their contents do.
    for folder in [Some(run.path()), run.path().parent()]
        .into_iter()
        .flatten()
    {
        atomic::sync_folder(folder).map_err(|e| KeepError::io(folder, "synced", e))?;
    }
    Ok(journal)
}

/// Turns the last screen of the earlier run into history and puts a line after it.
fn close(
    mut earlier: Terminal,
    writer: &mut Writer,
    resumed: bool,
    now: Timestamp,
) -> Result<(), KeepError> {
    let mut last = ToHistory {
        writer,
        failed: None,
    };
    earlier.finish(&mut last);
    if let Some(error) = last.failed {
        return Err(error.into());
    }
    let lines = writer.lines();
    let number = lines.next_line();
    if number > 0 {
        lines.append(number, &separator(resumed, now))?;
    }
    Ok(())
}

struct ToHistory<'a> {
    writer: &'a mut Writer,
    failed: Option<mainstay_history::HistoryError>,
}

impl Sink for ToHistory<'_> {
    fn line(&mut self, number: u64, line: &Line) {
        if let Err(error) = self.writer.append(number, line) {
            self.failed.get_or_insert(error);
        }
    }
}

/// `── resumed 2026-11-20 15:36:00 UTC ──`, dim.
fn separator(resumed: bool, now: Timestamp) -> Line {
    let what = if resumed { "resumed" } else { "started again" };
    // 2026-11-20T15:36:00.000Z
    let time = now.to_string();
    let (date, time) = time.split_once('T').unwrap_or((&time, ""));
    let (time, _) = time.split_once('.').unwrap_or((time, ""));
    let dim = Style {
        attrs: Attrs::DIM,
        ..Style::default()
    };
    Line {
        text: format!("── {what} {date} {time} UTC ──"),
        runs: vec![StyleRun {
            start: 0,
            style: dim,
            link: None,
        }],
        cut: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_between_two_runs_tells_the_time() {
        let line = separator(true, Timestamp(1_795_188_960_000));
        assert_eq!(line.text, "── resumed 2026-11-20 15:36:00 UTC ──");
        assert_eq!(line.runs.len(), 1, "dim from its beginning to its end");
    }
}

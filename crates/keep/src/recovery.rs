//! Settling what a host left that did not come to the end of its run.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use mainstay_history::{RawRecord, Recovered, Writer};
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::{RunId, Timestamp};
use mainstay_seams::{Clock, failpoint};
use mainstay_terminal::Terminal;

use crate::atomic;
use crate::effects::Effects;
use crate::error::KeepError;
use crate::failpoints;
use crate::folder::{RunFolder, SessionFolder, lock_for_recovery};
use crate::intake::{Intake, Written};
use crate::journal::{Damage, JournalWriter, Summary};
use crate::keeper::{Settings, checkpoint};
use crate::limits::Limits;
use crate::patient::patiently;
use crate::places::make_folder;
use crate::private;
use crate::saved::{self, Saved, Unusable};

/// What a recovery found and did.
#[derive(Debug, Default)]
pub struct Recovery {
    /// The newest run and how it ended; nothing if the session has none.
    pub ended: Option<(RunId, Outcome)>,
    /// Journal entries of that run that were written now. They are durable.
    pub entries: Vec<Entry>,
    /// What was found damaged and what became of it, in words.
    pub notes: Vec<String>,
}

/// Brings a session whose host is gone to its end: history and journal get everything that was logged, the journal
/// gets its `Exited`, the outcome is written. Does nothing where that is done already, so it may be called any
/// time.
///
/// # Errors
/// [`KeepError::Busy`] if a host holds the session; otherwise if something can't be read or written.
pub fn recover(folder: &SessionFolder, clock: &Arc<dyn Clock>) -> Result<Recovery, KeepError> {
    let _lock = lock_for_recovery(folder)?;
    let run = folder.current()?.map(|run| folder.run(&run));
    let spec = run.and_then(|run| run.spec().ok().flatten());
    let settings = spec.map_or_else(Settings::default, |spec| Settings::of(&spec));
    let settled = settle(folder, &settings, clock)?;
    settled.writer.syncer().sync()?;
    Ok(settled.recovery)
}

/// Removes everything that a session's ended runs printed, whether they were private or not, and settles the session first
/// ([`recover`]). Does nothing where that is done already.
///
/// # Errors
/// [`KeepError::Busy`] if a host holds the session; otherwise if something can't be read or removed.
pub fn forget(folder: &SessionFolder, clock: &Arc<dyn Clock>) -> Result<(), KeepError> {
    let runs = || -> Result<Vec<RunFolder>, KeepError> {
        let runs = folder.runs()?.into_iter().map(|run| folder.run(&run));
        Ok(runs.filter(|run| !run.is_forgotten()).collect())
    };
    if runs()?.is_empty() {
        return Ok(());
    }
    let _lock = lock_for_recovery(folder)?;
    let mut settled = settle(folder, &Settings::default(), clock)?;
    let runs = runs()?;
    if !runs.is_empty() {
        private::forget_history(&mut settled.writer, settled.terminal.as_ref())?;
    }
    runs.iter().try_for_each(private::forget_texts)
}

/// A session without a running run.
pub(crate) struct Settled {
    pub writer: Writer,
    /// The model of the last run at its end.
    pub terminal: Option<Terminal>,
    pub recovery: Recovery,
}

/// See [`recover`]; the caller holds the lock.
pub(crate) fn settle(
    folder: &SessionFolder,
    settings: &Settings,
    clock: &Arc<dyn Clock>,
) -> Result<Settled, KeepError> {
    let alive = last_sign_of_life(folder).unwrap_or_else(|| clock.now());
    atomic::sweep(folder.path()).map_err(|e| KeepError::io(folder.path(), "cleaned up", e))?;
    let history = folder.history_dir();
    let (mut writer, recovered) =
        patiently(|| Writer::open(&history, settings.history.clone(), Arc::clone(clock)))?;
    let mut recovery = Recovery::default();
    let notes = recovered.notes.iter().map(ToString::to_string);
    recovery.notes.extend(notes);
    let saved = understood(folder, &recovered, settings, &mut recovery.notes)?;

    let mut terminal = None;
    let mut concluded = None;
    let mut private = Vec::new();
    if let Some(saved) = saved {
        let mut ending = Ending::of(folder.run(&saved.run), alive, &mut recovery.notes)?;
        private.extend(ending.run_to_forget());
        terminal = Some(ending.replay(saved, &recovered, &mut writer, clock)?);
        concluded = Some(ending.conclude(clock, &mut recovery)?);
    }
    let current = folder.current()?;
    if let Some(run) = current.filter(|run| concluded.as_ref().is_none_or(|(done, _)| done != run))
    {
        // A run that died before its first checkpoint: its program was not started.
        let ending = Ending::of(folder.run(&run), alive, &mut recovery.notes)?;
        private.extend(ending.run_to_forget());
        concluded = Some(ending.conclude(clock, &mut recovery)?);
    }
    recovery.ended = concluded;
    if !private.is_empty() {
        private::forget_history(&mut writer, terminal.take().as_ref())?;
        private.iter().try_for_each(private::forget_texts)?;
        recovery.entries.iter_mut().for_each(|entry| {
            private::strip(entry);
        });
    }
    failpoint::hit(failpoints::SETTLED);
    Ok(Settled {
        writer,
        terminal,
        recovery,
    })
}

fn understood(
    folder: &SessionFolder,
    recovered: &Recovered,
    settings: &Settings,
    notes: &mut Vec<String>,
) -> Result<Option<Saved>, KeepError> {
    let Some(bytes) = private::something(recovered.checkpoint.as_deref()) else {
        return Ok(None);
    };
    match saved::decode(bytes, settings.terminal.clone()) {
        Ok(saved) => Ok(Some(saved)),
        Err(newer @ Unusable::Newer { .. }) => Err(KeepError::Newer {
            path: folder.path().to_path_buf(),
            reason: newer.to_string(),
        }),
        Err(Unusable::Damaged(reason)) => {
            notes.push(format!(
                "the checkpoint of the session can't be used: {reason}; its last screen is lost, its history goes on at line {}",
                recovered.next_line
            ));
            Ok(None)
        }
    }
}

/// A run that is brought to its end.
struct Ending {
    run: RunFolder,
    journal: JournalWriter,
    summary: Summary,
    alive: Timestamp,
    /// Something of it was logged after its last checkpoint.
    unsettled: bool,
}

impl Ending {
    fn of(run: RunFolder, alive: Timestamp, notes: &mut Vec<String>) -> Result<Self, KeepError> {
        make_folder(run.path())?;
        atomic::sweep(run.path()).map_err(|e| KeepError::io(run.path(), "cleaned up", e))?;
        let (journal, summary, damage) = JournalWriter::open(&run.journal_path())?;
        if let Some(Damage {
            bytes,
            kept: Some(kept),
        }) = damage
        {
            notes.push(format!(
                "{}: {bytes} bytes at the end could not be read; they are kept in {}",
                run.journal_path().display(),
                kept.display()
            ));
        }
        Ok(Self {
            run,
            journal,
            summary,
            alive,
            unsettled: false,
        })
    }

    /// The run, if it is private and something of it is left. What can't be read doesn't say so.
    fn run_to_forget(&self) -> Option<RunFolder> {
        let spec = self.run.spec().ok()??;
        (spec.private && !self.run.is_forgotten()).then(|| self.run.clone())
    }

    /// Derives again what was logged after the checkpoint.
    fn replay(
        &mut self,
        saved: Saved,
        recovered: &Recovered,
        writer: &mut Writer,
        clock: &Arc<dyn Clock>,
    ) -> Result<Terminal, KeepError> {
        let Saved {
            mut terminal, owed, ..
        } = saved;
        self.journal.add_owed(owed);
        for entry in self.journal.owed() {
            self.summary.add(entry);
        }
        self.unsettled = !recovered.records.is_empty() || self.summary.exited.is_none();
        let mut written = Written::of(&self.summary);
        let mut intake = Intake {
            lines: writer.lines(),
            journal: &mut self.journal,
            limits: &mut Limits::default(),
            effects: &mut Effects::default(),
            clock: clock.as_ref(),
            written: Some(&mut written),
            now: None,
            failed: None,
        };
        for record in &recovered.records {
            match record {
                RawRecord::Output(bytes) => terminal.feed(bytes, &mut intake),
                RawRecord::Resize(size) => {
                    terminal.resize(*size, &mut intake);
                    intake.journal(terminal.position(), Event::Resized { size: *size });
                }
            }
        }
        if let Some(error) = intake.failed {
            return Err(error.into());
        }
        failpoint::hit(failpoints::REPLAYED);
        if self.unsettled {
            checkpoint(writer, self.run.run(), self.journal.owed(), &terminal)?;
        }
        Ok(terminal)
    }

    /// Completes journal and outcome.
    fn conclude(
        mut self,
        clock: &Arc<dyn Clock>,
        recovery: &mut Recovery,
    ) -> Result<(RunId, Outcome), KeepError> {
        let stored = self.run.outcome().unwrap_or_else(|error| {
            recovery.notes.push(error.to_string());
            None
        });
        let outcome = match (self.summary.exited.take(), stored.clone()) {
            (Some(outcome), _) => outcome,
            (None, stored) => {
                let outcome = stored.unwrap_or_else(|| self.host_died());
                let event = Event::Exited(outcome.clone());
                self.journal.add(None, clock.now(), event);
                outcome
            }
        };
        let mut told = Vec::new();
        self.journal.flush(&mut told)?;
        if !told.is_empty() {
            let path = self.run.journal_path();
            let synced = self.journal.sync().sync();
            synced.map_err(|error| KeepError::io(&path, "synced", error))?;
        }
        failpoint::hit(failpoints::END_JOURNALLED);
        if stored.as_ref() != Some(&outcome) {
            self.run.write_outcome(&outcome)?;
        }
        failpoint::hit(failpoints::END_OUTCOME);
        recovery.entries = told;
        Ok((self.run.run().clone(), outcome))
    }

    fn host_died(&self) -> Outcome {
        let host = self.run.host().ok().flatten();
        let started = host
            .map(|host| host.started)
            .or(self.summary.first_time)
            .unwrap_or(self.alive);
        let exit = if self.summary.spawned {
            Exit::Unknown
        } else {
            Exit::NotStarted {
                error: "the host ended before it had started the program; start it again"
                    .to_owned(),
            }
        };
        Outcome {
            exit,
            reason: EndReason::HostDied,
            ended: self.alive,
            ran_ms: u64::try_from(self.alive.since(started).as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// When a host last wrote something: all that is known of the time of its end.
fn last_sign_of_life(folder: &SessionFolder) -> Option<Timestamp> {
    let journal = folder
        .current()
        .ok()
        .flatten()
        .map(|run| folder.run(&run).journal_path());
    let history = fs::read_dir(folder.history_dir()).into_iter().flatten();
    let files = history.flatten().map(|entry| entry.path());
    files
        .chain(journal)
        .filter_map(|path| modified(&path))
        .max()
}

fn modified(path: &Path) -> Option<Timestamp> {
    let modified = fs::metadata(path).ok()?.modified().ok()?;
    let since = modified.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok().map(Timestamp)
}

//! One run being kept: the model, the history and the journal as one thing.

mod begin;
mod end;
mod look;
mod settings;
mod sync;

use std::sync::Arc;

use mainstay_history::{Gap, Logging, Writer};
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::Outcome;
use mainstay_protocol::state::Screen;
use mainstay_protocol::{RunId, Size};
use mainstay_seams::{Clock, failpoint};
use mainstay_terminal::Terminal;

use crate::effects::Effects;
use crate::error::KeepError;
use crate::failpoints;
use crate::folder::{FolderLock, RunFolder, SessionFolder};
use crate::intake::Intake;
use crate::journal::JournalWriter;
use crate::limits::{Limits, Verdict};
use crate::saved;

pub use begin::OpenReport;
pub use settings::Settings;
pub use sync::Syncer;

/// Keeps one run. Owned by the host of the run; one thread uses it at a time.
///
/// An error of [`Self::took`], [`Self::resize`] or [`Self::tick`] says that the disk refused something. The model
/// goes on all the same, and what is missing is written as soon as the disk takes it.
#[derive(Debug)]
pub struct Keeper {
    terminal: Terminal,
    writer: Writer,
    journal: JournalWriter,
    limits: Limits,
    clock: Arc<dyn Clock>,
    /// What viewers know of the screen; the cursor in it is old.
    shown: Screen,
    gap: Option<Gap>,
    ended: Option<Outcome>,
    /// Nothing of it is kept after its end.
    private: bool,
    /// Position and size at the last checkpoint and at the last tick.
    checkpointed: (u64, Size),
    ticked: u64,
    run: RunFolder,
    folder: SessionFolder,
    _lock: FolderLock,
}

impl Keeper {
    /// Where to read the next output into; at least 4 KiB.
    pub fn space(&mut self) -> &mut [u8] {
        self.writer.raw_space()
    }

    /// The first `count` bytes of [`Self::space`] are output: logs them, shows them to the model, writes what comes
    /// of it. Once this returns they survive the end of the host.
    ///
    /// # Errors
    /// If the disk refused something, see [`Keeper`].
    pub fn took(&mut self, count: usize, effects: &mut Effects) -> Result<(), KeepError> {
        effects.clear();
        effects.first_output = count > 0 && self.terminal.position() == 0;
        self.writer.raw_commit(count);
        failpoint::hit(failpoints::TOOK_LOGGED);
        let (bytes, lines) = self.writer.fed();
        let mut intake = Intake {
            lines,
            journal: &mut self.journal,
            limits: &mut self.limits,
            effects,
            clock: self.clock.as_ref(),
            written: None,
            now: None,
            failed: None,
        };
        self.terminal.feed(bytes, &mut intake);
        let failed = intake.failed.map_or(Ok(()), |error| Err(error.into()));
        failpoint::hit(failpoints::TOOK_FED);
        let written = self.write_entries(effects);
        failpoint::hit(failpoints::TOOK_DONE);
        self.note_screen(effects);
        failed.and(written).and(self.checkpoint_if_wanted())
    }

    /// The terminal gets another size. Viewers need a snapshot then.
    ///
    /// # Errors
    /// If the disk refused something, see [`Keeper`].
    pub fn resize(&mut self, size: Size, effects: &mut Effects) -> Result<(), KeepError> {
        effects.clear();
        if size == self.terminal.size() {
            return Ok(());
        }
        self.writer.raw_resize(size);
        failpoint::hit(failpoints::RESIZE_LOGGED);
        let mut intake = Intake {
            lines: self.writer.lines(),
            journal: &mut self.journal,
            limits: &mut self.limits,
            effects,
            clock: self.clock.as_ref(),
            written: None,
            now: None,
            failed: None,
        };
        self.terminal.resize(size, &mut intake);
        intake.journal(self.terminal.position(), Event::Resized { size });
        let failed = intake.failed.map_or(Ok(()), |error| Err(error.into()));
        let written = self.write_entries(effects);
        self.note_screen(effects);
        failed.and(written).and(self.checkpoint_if_wanted())
    }

    /// Writes an entry that the host itself makes. It is in the effects' entries once it is on disk.
    ///
    /// # Errors
    /// If the disk refused it; it is then written as soon as possible and told by the effects of that call.
    pub fn journal(&mut self, event: Event, effects: &mut Effects) -> Result<(), KeepError> {
        effects.clear();
        self.journal.add(None, self.clock.now(), event);
        self.journal.flush(&mut effects.entries)
    }

    /// Writes an entry that a program inside the session asked for, not by its output but by its host's socket
    /// (`mainstay notify`, `mainstay event`). False if it was dropped because there were too many. The names that begin
    /// with `mainstay.` are the host's own; the caller refuses them.
    ///
    /// # Errors
    /// As [`Self::journal`].
    pub fn report(&mut self, event: Event, effects: &mut Effects) -> Result<bool, KeepError> {
        effects.clear();
        let now = self.clock.monotonic();
        let Verdict::Pass(dropped) = self.limits.judge(&event, now, self.journal.length()) else {
            return Ok(false);
        };
        if !self.journal.has_room() {
            self.limits.lost(&event);
            return Ok(false);
        }
        let time = self.clock.now();
        if let Some(flood) = self.limits.flood(&event, dropped) {
            self.journal.add(None, time, flood);
        }
        self.journal.add(None, time, event);
        self.journal.flush(&mut effects.entries)?;
        Ok(true)
    }

    /// To be called every few seconds (5 at most): makes a checkpoint if anything changed since the last one, so that
    /// a recovery is quick; tries again what the disk refused; gives memory back when the run is quiet.
    ///
    /// # Errors
    /// If the disk refused something, see [`Keeper`].
    pub fn tick(&mut self, effects: &mut Effects) -> Result<(), KeepError> {
        effects.clear();
        let written = self.journal.flush(&mut effects.entries);
        let (position, size) = (self.terminal.position(), self.terminal.size());
        let checkpointed = if self.checkpointed == (position, size) {
            Ok(())
        } else {
            self.checkpoint()
        };
        if self.ticked == position {
            self.writer.rest();
        }
        self.ticked = position;
        written.and(checkpointed)
    }

    /// Views begin at the line at the top of the screen; disk and search keep what is before.
    ///
    /// # Errors
    /// If the disk refused the checkpoint that makes it lasting.
    pub fn clear_view(&mut self) -> Result<(), KeepError> {
        self.writer.lines().clear_mark(self.terminal.top_line());
        // Marks that no output caused are not found again by a replay.
        self.checkpoint()
    }

    /// Deletes the history for good, and what is on its way from the screen to it. The screen stays.
    ///
    /// # Errors
    /// If the disk refused something.
    pub fn purge(&mut self, effects: &mut Effects) -> Result<(), KeepError> {
        effects.clear();
        self.flush_tail(effects)?;
        let blob = self.blob(&[])?;
        let (position, next) = (self.terminal.position(), self.terminal.committed());
        self.writer.purge(&blob, position, next)?;
        self.checkpointed = (position, self.terminal.size());
        Ok(())
    }

    /// Whether output is logged right now, and why not.
    #[must_use]
    pub fn logging(&self) -> Logging {
        self.writer.logging()
    }

    /// What makes everything durable, for another thread.
    #[must_use]
    pub fn syncer(&self) -> Syncer {
        Syncer::new(self.writer.syncer(), self.journal.sync().clone())
    }

    fn checkpoint_if_wanted(&mut self) -> Result<(), KeepError> {
        if self.writer.wants_checkpoint() {
            self.checkpoint()
        } else {
            Ok(())
        }
    }

    fn checkpoint(&mut self) -> Result<(), KeepError> {
        let owed = self.journal.owed();
        checkpoint(&mut self.writer, self.run.run(), owed, &self.terminal)?;
        self.checkpointed = (self.terminal.position(), self.terminal.size());
        Ok(())
    }

    fn blob(&self, owed: &[Entry]) -> Result<Vec<u8>, KeepError> {
        blob(self.run.run(), owed, &self.terminal, self.folder.path())
    }

    /// Writes the new journal entries; gaps of the history get one where they begin and end.
    fn write_entries(&mut self, effects: &mut Effects) -> Result<(), KeepError> {
        let gap = self.writer.gap();
        if gap.as_ref().map(began) != self.gap.as_ref().map(began) {
            let now = self.clock.now();
            let ended = self.gap.take().map(|gap| self.ended_gap(&gap));
            let begun = gap.as_ref().map(|gap| gap_entry(gap, None));
            for entry in ended.into_iter().chain(begun) {
                self.journal.add(None, now, entry);
            }
        }
        self.gap = gap;
        self.journal.flush(&mut effects.entries)
    }

    /// The entry for the end of a gap. Where it ended is known to the history alone.
    fn ended_gap(&self, gap: &Gap) -> Event {
        let gaps = self.writer.shared().reader().gaps().unwrap_or_default();
        let whole = gaps
            .iter()
            .find(|found| found.lines.contains(&gap.lines.start));
        gap_entry(gap, Some(whole.unwrap_or(gap).lines.end))
    }

    fn flush_tail(&mut self, effects: &mut Effects) -> Result<(), KeepError> {
        let mut intake = Intake {
            lines: self.writer.lines(),
            journal: &mut self.journal,
            limits: &mut self.limits,
            effects,
            clock: self.clock.as_ref(),
            written: None,
            now: None,
            failed: None,
        };
        self.terminal.flush_tail(&mut intake);
        intake.failed.map_or(Ok(()), |error| Err(error.into()))
    }

    fn note_screen(&mut self, effects: &mut Effects) {
        let now = self.terminal.state();
        if !is_same(&self.shown, now) {
            self.shown.clone_from(now);
            effects.screen_changed = true;
        }
    }
}

/// Everything but the cursor, which moves all the time and is part of the view.
fn is_same(one: &Screen, other: &Screen) -> bool {
    let modes = |screen: &Screen| {
        (
            screen.alternate,
            screen.bracketed_paste,
            screen.mouse,
            screen.focus_events,
            screen.progress,
        )
    };
    modes(one) == modes(other) && one.title == other.title && one.cwd == other.cwd
}

fn began(gap: &Gap) -> (u64, mainstay_history::GapReason) {
    (gap.lines.start, gap.reason)
}

fn gap_entry(gap: &Gap, to_line: Option<u64>) -> Event {
    Event::Gap {
        from_line: gap.lines.start,
        to_line,
        reason: gap.reason.to_string(),
    }
}

fn blob(
    run: &RunId,
    owed: &[Entry],
    terminal: &Terminal,
    folder: &std::path::Path,
) -> Result<Vec<u8>, KeepError> {
    saved::encode(run, owed, terminal).map_err(|error| KeepError::Damaged {
        path: folder.to_path_buf(),
        reason: error.to_string(),
    })
}

/// Writes a checkpoint of a run.
pub(crate) fn checkpoint(
    writer: &mut Writer,
    run: &RunId,
    owed: &[Entry],
    terminal: &Terminal,
) -> Result<(), KeepError> {
    failpoint::hit(failpoints::CHECKPOINT);
    let bytes = blob(run, owed, terminal, std::path::Path::new("checkpoint"))?;
    writer.checkpoint(&bytes, terminal.position(), terminal.committed())?;
    failpoint::hit(failpoints::CHECKPOINTED);
    Ok(())
}

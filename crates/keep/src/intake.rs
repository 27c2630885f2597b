//! Where the model's results go: lines to the history, events to the journal, the rest to the effects.

use std::time::Duration;

use mainstay_history::{HistoryError, Lines};
use mainstay_protocol::Line;
use mainstay_protocol::frame::Note;
use mainstay_protocol::journal::Event;
use mainstay_seams::Clock;
use mainstay_terminal::Sink;

use crate::effects::Effects;
use crate::journal::{JournalWriter, Summary};
use crate::limits::{Limits, Verdict};

/// Takes what one call of the model yields.
pub(crate) struct Intake<'a> {
    pub lines: &'a mut Lines,
    pub journal: &'a mut JournalWriter,
    pub limits: &'a mut Limits,
    pub effects: &'a mut Effects,
    pub clock: &'a dyn Clock,
    /// While a log is replayed: what the journal has of it already.
    pub written: Option<&'a mut Written>,
    /// Read once per call, and only if something happens.
    pub now: Option<Duration>,
    pub failed: Option<HistoryError>,
}

/// The end of what a journal has of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Written {
    at: u64,
    count: u64,
}

impl Written {
    pub(crate) fn of(summary: &Summary) -> Self {
        Self {
            at: summary.at.unwrap_or(0),
            count: summary.count_at,
        }
    }

    /// Whether the next event of the log, at this position, is in the journal, or was held back and never will be.
    fn has(&mut self, at: u64) -> bool {
        if at == self.at && self.count > 0 {
            self.count -= 1;
            return true;
        }
        at < self.at
    }
}

impl Intake<'_> {
    /// Adds an event that the log causes to the journal unless it is there or there were too many. True if it was
    /// added.
    pub(crate) fn journal(&mut self, at: u64, event: Event) -> bool {
        if self.written.as_mut().is_some_and(|written| written.has(at)) {
            return false;
        }
        let clock = self.clock;
        let now = *self.now.get_or_insert_with(|| clock.monotonic());
        let dropped = match self.limits.judge(&event, now, self.journal.length()) {
            Verdict::Pass(dropped) => dropped,
            Verdict::Drop => return false,
        };
        if !self.journal.has_room() {
            self.limits.lost(&event);
            return false;
        }
        let time = clock.now();
        if let Some(flood) = self.limits.flood(&event, dropped) {
            self.journal.add(Some(at), time, flood);
        }
        self.journal.add(Some(at), time, event);
        true
    }

    fn is_live(&self) -> bool {
        self.written.is_none()
    }
}

impl Sink for Intake<'_> {
    fn line(&mut self, number: u64, line: &Line) {
        if let Err(error) = self.lines.append(number, line) {
            self.failed.get_or_insert(error);
        }
    }

    fn cleared(&mut self, line: u64) {
        self.lines.clear_mark(line);
    }

    fn reply(&mut self, bytes: &[u8]) {
        // The program that asked during a replay is gone.
        if self.is_live() {
            self.effects.replies.extend_from_slice(bytes);
        }
    }

    fn event(&mut self, at: u64, event: mainstay_terminal::Event) {
        use mainstay_terminal::Event as Meant;
        match event {
            // The latest value counts: it is in the model's state.
            Meant::Title(_) | Meant::Cwd(_) | Meant::Progress(_) => {}
            Meant::Bell => {
                if self.journal(at, Event::Bell) && self.is_live() {
                    self.effects.note(Note::Bell);
                }
            }
            Meant::Clipboard { selection, text } => {
                if self.is_live() {
                    self.effects.note(Note::Clipboard { selection, text });
                }
            }
            Meant::Notification(notification) => {
                self.journal(at, Event::Notification(notification));
            }
            Meant::Mark(mark) => {
                self.journal(at, Event::Mark(mark));
            }
            Meant::Agent(report) => {
                self.journal(at, Event::Agent(report));
            }
        }
    }

    fn wants_view(&self) -> bool {
        self.is_live() && self.effects.view_wanted
    }

    fn view(&mut self, bytes: &[u8]) {
        self.effects.view.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_told_apart_by_position_and_count() {
        let mut written = Written { at: 10, count: 2 };
        let at = [3, 10, 10, 10, 11];
        let has: Vec<bool> = at.map(|at| written.has(at)).into();
        assert_eq!(
            has,
            [true, true, true, false, false],
            "the third at 10 and what follows is new"
        );
    }
}

//! Looking at a session that has no host, without changing anything.

use mainstay_history::{RawRecord, Reader};
use mainstay_protocol::outcome::Outcome;
use mainstay_protocol::state::Screen;
use mainstay_protocol::{Line, RunId, Size};
use mainstay_terminal::{Options, Sink, Terminal};

use crate::error::KeepError;
use crate::folder::SessionFolder;
use crate::journal::{self, Summary};
use crate::past::Past;
use crate::private;
use crate::saved;

/// A session without a host as its last run left it. What a dead host did not settle is replayed in memory.
#[derive(Debug)]
pub struct EndedView {
    run: Option<RunId>,
    terminal: Option<Terminal>,
    past: Past,
    outcome: Option<Outcome>,
    notes: Vec<String>,
}

impl EndedView {
    /// Reads the folder of a session that no host holds ([`SessionFolder::is_live`]).
    ///
    /// # Errors
    /// If the session was never started, or its files can't be read.
    pub fn open(folder: &SessionFolder) -> Result<Self, KeepError> {
        let path = folder.path().to_path_buf();
        let current = folder.current()?;
        if current.is_none() && !folder.history_dir().exists() {
            return Err(KeepError::NoRun { path });
        }
        let reader = Reader::open(&folder.history_dir())?;
        let recovered = reader.recovered()?;
        let mut notes: Vec<String> = recovered.notes.iter().map(ToString::to_string).collect();
        let saved = private::something(recovered.checkpoint.as_deref())
            .map(|bytes| saved::decode(bytes, Options::default()));
        let mut derived = Derived::after(&reader);
        let mut shown = None;
        let past = match saved {
            Some(Ok(saved)) => {
                let mut terminal = saved.terminal;
                for record in &recovered.records {
                    match record {
                        RawRecord::Output(bytes) => terminal.feed(bytes, &mut derived),
                        RawRecord::Resize(size) => terminal.resize(*size, &mut derived),
                    }
                }
                let past = derived.past(reader, &terminal);
                shown = Some((saved.run, terminal));
                past
            }
            unusable => {
                if let Some(Err(reason)) = unusable {
                    notes.push(format!("the last screen can't be shown: {reason}"));
                }
                Past::of_disk(reader)
            }
        };
        let (shown_run, terminal) = shown.unzip();
        let run = current.or(shown_run);
        Ok(Self {
            outcome: run
                .as_ref()
                .and_then(|run| outcome(folder, run, &mut notes)),
            run,
            terminal,
            past,
            notes,
        })
    }

    /// The newest run.
    #[must_use]
    pub fn run(&self) -> Option<&RunId> {
        self.run.as_ref()
    }

    /// How it ended; nothing if its host died and nobody recovered the session yet.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// What was found damaged, in words.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The lines.
    #[must_use]
    pub fn past(&self) -> &Past {
        &self.past
    }

    /// Size of the terminal at the end.
    #[must_use]
    pub fn size(&self) -> Size {
        self.terminal.as_ref().map_or(Size::DEFAULT, Terminal::size)
    }

    /// Whether there is a screen to show: not before the first run began, nor where its checkpoint is damaged.
    #[must_use]
    pub fn has_screen(&self) -> bool {
        self.terminal.is_some()
    }

    /// Bytes of output that the last run had.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.terminal.as_ref().map_or(0, Terminal::position)
    }

    /// What the screen said of itself.
    #[must_use]
    pub fn state(&self) -> Screen {
        self.terminal
            .as_ref()
            .map_or_else(Screen::default, |terminal| terminal.state().clone())
    }

    /// Appends bytes that bring a fresh terminal of [`Self::size`] to the last screen.
    pub fn snapshot(&self, out: &mut Vec<u8>) {
        if let Some(terminal) = &self.terminal {
            terminal.snapshot(out);
        }
    }

    /// The last `history` lines and the screen as plain text.
    ///
    /// # Errors
    /// If the history can't be read.
    pub fn screen_text(&self, history: u32) -> Result<String, KeepError> {
        let mut text = self.past.text(history)?;
        if let Some(terminal) = &self.terminal {
            text.push_str(&terminal.screen_text());
        }
        Ok(text)
    }
}

/// By its own file, or by the journal where a host died between the two.
fn outcome(folder: &SessionFolder, run: &RunId, notes: &mut Vec<String>) -> Option<Outcome> {
    let run = folder.run(run);
    let found = run.outcome().and_then(|stored| match stored {
        Some(stored) => Ok(Some(stored)),
        None => {
            let mut reader = journal::Reader::open(&run.journal_path(), 0)?;
            Ok(Summary::of(&mut reader)?.exited)
        }
    });
    found.unwrap_or_else(|error| {
        notes.push(error.to_string());
        None
    })
}

/// What a replay in memory yields beyond what is on disk. The dead host wrote the same lines, up to some block.
struct Derived {
    disk_end: u64,
    first: Option<u64>,
    lines: Vec<Line>,
    cleared: u64,
}

impl Derived {
    fn after(reader: &Reader) -> Self {
        Self {
            disk_end: reader.end_line(),
            first: None,
            lines: Vec::new(),
            cleared: 0,
        }
    }

    fn past(self, reader: Reader, terminal: &Terminal) -> Past {
        // After a power loss the disk may have lines whose output is lost: they were never committed.
        let disk_end = self.first.unwrap_or(terminal.committed());
        Past::new(reader, disk_end, self.lines, self.cleared, terminal)
    }
}

impl Sink for Derived {
    fn line(&mut self, number: u64, line: &Line) {
        if number >= self.disk_end {
            self.first.get_or_insert(number);
            self.lines.push(line.clone());
        }
    }

    fn cleared(&mut self, line: u64) {
        self.cleared = line;
    }
}

//! What can be seen of a run.

use mainstay_protocol::Size;
use mainstay_protocol::state::Screen;

use super::Keeper;
use crate::error::KeepError;
use crate::folder::{RunFolder, SessionFolder};
use crate::past::Past;

impl Keeper {
    /// Bytes of output so far, in this run.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.terminal.position()
    }

    /// Size of the terminal.
    #[must_use]
    pub fn size(&self) -> Size {
        self.terminal.size()
    }

    /// What the screen says of itself.
    #[must_use]
    pub fn state(&self) -> &Screen {
        self.terminal.state()
    }

    /// Number of the line at the top of the screen.
    #[must_use]
    pub fn top_line(&self) -> u64 {
        self.terminal.top_line()
    }

    /// Number of the first line that views show: what is before was cleared, or is gone.
    #[must_use]
    pub fn view_line(&self) -> u64 {
        let shared = self.writer.shared();
        let first = shared.first_line().max(shared.cleared());
        first.min(self.terminal.top_line())
    }

    /// Appends bytes that bring a terminal of [`Self::size`] to the present screen; the view that follows goes on
    /// from [`Self::position`].
    pub fn snapshot(&self, out: &mut Vec<u8>) {
        self.terminal.snapshot(out);
    }

    /// Bytes that bring a parser at rest to where the model's is: what a viewer must be sent after a snapshot taken
    /// in the middle of a sequence, if it is fed the program's own bytes.
    #[must_use]
    pub fn pending(&self) -> Vec<u8> {
        self.terminal.pending()
    }

    /// The last `history` lines and the screen as plain text; nothing after the end of a private run.
    ///
    /// # Errors
    /// If the history can't be read.
    pub fn screen_text(&self, history: u32) -> Result<String, KeepError> {
        if self.is_forgotten() {
            return Ok(String::new());
        }
        let mut text = if history == 0 {
            String::new()
        } else {
            self.past().text(history)?
        };
        text.push_str(&self.terminal.screen_text());
        Ok(text)
    }

    /// Appends one row of the screen, cut to a width, for a viewer of another size
    /// (`mainstay_terminal::Terminal::render_row`).
    pub fn render_row(&self, row: u16, cols: u16, out: &mut Vec<u8>) {
        self.terminal.render_row(row, cols, out);
    }

    /// Everything printed so far, to be read while the run goes on. After the end of a private run there is nothing.
    #[must_use]
    pub fn past(&self) -> Past {
        let reader = self.writer.shared().reader();
        if self.is_forgotten() {
            return Past::of_disk(reader);
        }
        let committed = self.terminal.committed();
        Past::new(reader, committed, Vec::new(), 0, &self.terminal)
    }

    /// Number of the newest journal entry that is on disk.
    #[must_use]
    pub fn last_entry(&self) -> u64 {
        self.journal.last()
    }

    /// The folder of the run.
    #[must_use]
    pub fn run(&self) -> &RunFolder {
        &self.run
    }

    /// The folder of the session.
    #[must_use]
    pub fn folder(&self) -> &SessionFolder {
        &self.folder
    }
}

//! Checkpoints of the model.

use mainstay_protocol::size::Size;

use crate::checkpoint::{Checkpoint, Header, RestoreError};
use crate::grid::Grid;
use crate::options::Options;
use crate::row::Row;
use crate::terminal::Terminal;

impl Terminal {
    /// The whole state.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let base = self.main.base();
        let all = self.main.all();
        let cut = |from: usize, to: usize| {
            (from..to)
                .filter(|&index| all.get(index).is_some_and(|row| row.is_cut))
                .map(|index| index - from)
                .collect()
        };
        let top = self.main.row(0);
        let header = Header {
            size: self.size,
            position: self.position,
            committed: self.committed,
            tail_rows: base,
            cuts: cut(0, base),
            top_wrapped: top.is_wrapped,
            top_cut: top.is_cut,
            screen_cuts: cut(base, all.len()),
            kept_cursor: self.kept_cursor,
            screen: self.screen.clone(),
            titles: self.titles.clone(),
            notes: self.notes.clone(),
        };
        let mut tail = Vec::new();
        let rows: Vec<&Row> = all.range(..base).collect();
        self.painter(&mut tail).rows(&rows, self.cols(), true);
        let mut snapshot = Vec::new();
        self.snapshot(&mut snapshot);
        Checkpoint {
            header,
            tail,
            snapshot,
            pending: self.pending(),
        }
    }

    /// The terminal that [`Terminal::checkpoint`] was taken of; [`Options::first_line`] does not count.
    ///
    /// # Errors
    /// [`RestoreError`] when the checkpoint contradicts itself. Whatever it says, nothing panics.
    pub fn restore(checkpoint: &Checkpoint, options: Options) -> Result<Self, RestoreError> {
        let header = &checkpoint.header;
        let size = header.size;
        let rows = usize::from(size.rows());
        // The tail's rows are printed one below the other, which takes two rows at least.
        let mut terminal = Self::new(Size::clamped(size.cols(), size.rows().max(2)), options);
        terminal.holds = true;
        terminal.feed(&checkpoint.tail, &mut ());
        terminal.take_tail(header, rows)?;
        terminal.size = size;
        terminal.feed(&checkpoint.snapshot, &mut ());
        if !terminal.is_at_rest() {
            return Err(RestoreError::Damaged("its snapshot ends within a sequence"));
        }
        terminal.feed(&checkpoint.pending, &mut ());
        for &y in header.screen_cuts.iter().filter(|&&y| y < rows) {
            terminal.main.row_mut(y).is_cut = true;
        }
        let top = terminal.main.row_mut(0);
        top.is_wrapped = header.top_wrapped;
        top.is_cut = header.top_cut;
        terminal.position = header.position;
        terminal.committed = header.committed;
        terminal.kept_cursor.0 = header.kept_cursor.0.min(terminal.cols() - 1);
        terminal.kept_cursor.1 = header.kept_cursor.1.min(terminal.rows() - 1);
        terminal.screen.title.clone_from(&header.screen.title);
        terminal.screen.cwd.clone_from(&header.screen.cwd);
        terminal.screen.progress = header.screen.progress;
        terminal.titles.clone_from(&header.titles);
        terminal.titles.truncate(crate::limits::TITLES);
        terminal.notes = header.notes.clone();
        terminal.holds = false;
        terminal.tell_state();
        Ok(terminal)
    }

    /// Of the rows that were printed so many are the tail; below it comes an empty screen.
    fn take_tail(&mut self, header: &Header, height: usize) -> Result<(), RestoreError> {
        let cols = self.cols();
        let mut rows = self.main.take_rows();
        if rows.len() < header.tail_rows {
            self.main.set_rows(rows, cols, height, &self.clusters);
            return Err(RestoreError::Damaged("rows of its tail are missing"));
        }
        rows.truncate(header.tail_rows);
        for &index in &header.cuts {
            let row = rows
                .get_mut(index)
                .ok_or(RestoreError::Damaged("its tail is cut where there is none"))?;
            row.is_wrapped = true;
            row.is_cut = true;
        }
        rows.extend((0..height).map(|_| Row::new(cols)));
        self.main.set_rows(rows, cols, height, &self.clusters);
        self.alternate = Grid::new(cols, height, false);
        self.reset_all();
        Ok(())
    }
}

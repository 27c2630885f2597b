//! Comparing two terminals, for tests.

use std::fmt::Debug;

use crate::cell::Cell;
use crate::grid::{Grid, Saved};
use crate::row::Row;
use crate::style::Look;
use crate::terminal::Terminal;

/// `id` and target of a link.
type LinkName<'a> = Option<(&'a str, &'a str)>;

impl Terminal {
    /// The first difference that a program or a viewer could ever notice, in words; nothing if there is none.
    ///
    /// Not compared: the tail, where a sequence under way is, and what the first row of a screen continues.
    #[doc(hidden)]
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<String> {
        let rows = |terminal: &Self| terminal.tabs.within(terminal.cols()).collect::<Vec<_>>();
        differs("size", self.size, other.size)
            .or_else(|| differs("active screen", self.on_alternate, other.on_alternate))
            .or_else(|| differs("cursor", (self.x, self.y), (other.x, other.y)))
            .or_else(|| differs("modes", self.modes, other.modes))
            .or_else(|| differs("character sets", self.charsets, other.charsets))
            .or_else(|| differs("tab stops", rows(self), rows(other)))
            .or_else(|| differs("colours", &self.palette, &other.palette))
            .or_else(|| differs("pen", self.named(self.pen), other.named(other.pen)))
            .or_else(|| self.grids(&self.main, other, &other.main, "main"))
            .or_else(|| {
                let both = self
                    .on_alternate
                    .then(|| self.grids(&self.alternate, other, &other.alternate, "alternate"));
                both.flatten()
            })
    }

    fn grids(&self, own: &Grid, other: &Self, others: &Grid, name: &str) -> Option<String> {
        let margins = |grid: &Grid| (grid.top, grid.bottom);
        differs("margins", margins(own), margins(others))
            .or_else(|| {
                differs(
                    "saved cursor",
                    self.saved_named(&own.saved),
                    other.saved_named(&others.saved),
                )
            })
            .or_else(|| (0..own.height()).find_map(|y| self.rows_differ(own, other, others, y)))
            .map(|found| format!("{name} screen: {found}"))
    }

    fn rows_differ(&self, own: &Grid, other: &Self, others: &Grid, y: usize) -> Option<String> {
        let (left, right) = (own.row(y), others.row(y));
        if y > 0
            && let found @ Some(_) = differs(
                &format!("row {y} wrapped"),
                left.is_wrapped,
                right.is_wrapped,
            )
        {
            return found;
        }
        (0..own.cols()).find_map(|x| {
            differs(
                &format!("row {y} column {x}"),
                self.cell_named(left.cell(x)),
                other.cell_named(right.cell(x)),
            )
        })
    }

    /// A look with its link by name, for numbers differ.
    fn named(&self, look: Look) -> (Look, LinkName<'_>) {
        let link = look
            .link
            .checked_sub(1)
            .and_then(|number| self.links.get(number));
        (look.unlinked(), link.map(|link| (&*link.id, &*link.uri)))
    }

    fn saved_named(&self, saved: &Saved) -> (Saved, LinkName<'_>) {
        (
            Saved {
                look: saved.look.unlinked(),
                ..*saved
            },
            self.named(saved.look).1,
        )
    }

    fn cell_named(&self, cell: Cell) -> impl PartialEq + Debug {
        let mut text = String::new();
        self.clusters.push_text(cell, &mut text);
        (
            text,
            [cell.is_null(), cell.is_wide(), cell.is_spacer()],
            self.named(self.styles.look(cell.style)),
        )
    }

    /// What is wrong with this state, in words; nothing, always.
    #[doc(hidden)]
    #[must_use]
    pub fn flaw(&self) -> Option<String> {
        let found = [&self.main, &self.alternate].into_iter().find_map(|grid| {
            let in_order = grid.top < grid.bottom || grid.height() == 1;
            if !in_order || grid.bottom >= grid.height() {
                return Some(format!("margins {} to {}", grid.top, grid.bottom));
            }
            let mut rows = grid.all().iter().enumerate();
            rows.find_map(|(y, row)| Some(format!("row {y} of all: {}", self.row_flaw(row)?)))
        });
        if found.is_some() {
            return found;
        }
        if self.y >= self.rows() || self.x > self.cols() {
            return Some(format!("the cursor is at {} {}", self.x, self.y));
        }
        let last = self.grid().row(self.y).cell(self.cols() - 1);
        (self.x == self.cols() && last.is_null())
            .then(|| "a wrap is pending after nothing".to_owned())
    }

    fn row_flaw(&self, row: &Row) -> Option<String> {
        if row.cols() != self.cols() {
            return Some(format!("{} columns", row.cols()));
        }
        let halved = |x: usize| row.cell(x).is_spacer() != (x > 0 && row.cell(x - 1).is_wide());
        if let Some(x) = (0..row.cols()).find(|&x| halved(x)) {
            return Some(format!("half of a wide character in column {x}"));
        }
        row.cell(row.cols() - 1)
            .is_wide()
            .then(|| "a wide character at the edge".to_owned())
    }
}

fn differs<T: PartialEq + Debug>(what: &str, left: T, right: T) -> Option<String> {
    let pair = (left, right);
    (pair.0 != pair.1).then(|| format!("{what}: {:?} and {:?}", pair.0, pair.1))
}

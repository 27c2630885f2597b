//! Comparing two terminals, for tests.

use crate::cell::Cell;
use crate::grid::{Grid, Saved};
use crate::style::Look;
use crate::terminal::Terminal;

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
    fn named(&self, look: Look) -> (Look, Option<(&str, &str)>) {
        let link = look
            .link
            .checked_sub(1)
            .and_then(|number| self.links.get(number));
        (look.unlinked(), link.map(|link| (&*link.id, &*link.uri)))
    }

    fn saved_named<'a>(&'a self, saved: &Saved) -> (Saved, Option<(&'a str, &'a str)>) {
        (
            Saved {
                look: saved.look.unlinked(),
                ..*saved
            },
            self.named(saved.look).1,
        )
    }

    fn cell_named(&self, cell: Cell) -> (String, [bool; 3], (Look, Option<(&str, &str)>)) {
        let mut text = String::new();
        self.clusters.push_text(cell, &mut text);
        (
            text,
            [cell.is_null(), cell.is_wide(), cell.is_spacer()],
            self.named(self.styles.look(cell.style)),
        )
    }

    /// What must hold in every state.
    #[doc(hidden)]
    pub fn check(&self) {
        for grid in [&self.main, &self.alternate] {
            assert!(
                grid.top < grid.bottom || grid.height() == 1,
                "margins are in order"
            );
            assert!(grid.bottom < grid.height(), "margins are on the screen");
            for row in grid.all() {
                assert_eq!(
                    row.cols(),
                    self.cols(),
                    "every row is as wide as the screen"
                );
                for x in 0..row.cols() {
                    let follows = x > 0 && row.cell(x - 1).is_wide();
                    assert_eq!(
                        row.cell(x).is_spacer(),
                        follows,
                        "halves of wide characters stay together"
                    );
                }
                assert!(
                    !row.cell(row.cols() - 1).is_wide(),
                    "no wide character begins in the last column"
                );
            }
        }
        assert!(
            self.y < self.rows() && self.x <= self.cols(),
            "the cursor is on the screen"
        );
        if self.x == self.cols() {
            let last = self.grid().row(self.y).cell(self.cols() - 1);
            assert!(!last.is_null(), "a wrap is pending only after a character");
        }
    }
}

fn differs<T: PartialEq + std::fmt::Debug>(what: &str, left: T, right: T) -> Option<String> {
    (left != right).then(|| format!("{what}: {left:?} and {right:?}"))
}

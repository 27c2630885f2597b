//! Tables and rows of details that fit the terminal.
//!
//! * [`Column`], [`Cell`], [`render`]: a table. Columns shrink, then the least important ones go.
//! * [`details`]: names and values below each other.
//! * [`Look`]: how wide, in colour or not, with which symbols.
//! * [`cut()`]: the beginning of a text that fits; wide characters count as two.

mod cut;
mod fit;
mod look;

pub(crate) use cut::{cut, width};
pub(crate) use look::{Look, Style};

use fit::fit;

/// Cells between two columns.
const GAP: usize = 2;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its heading.
    pub(crate) title: &'static str,
    /// It is not made narrower than this; what is narrower by itself stays as it is.
    pub(crate) least: usize,
    /// Columns that may go are left out before this one is made narrower than this.
    pub(crate) good: usize,
    /// The column with the highest number goes first where there is no place for all; 0 never goes.
    pub(crate) drop: u8,
    /// Numbers and ages stand at the right.
    pub(crate) right: bool,
}

impl Column {
    pub(crate) const fn new(title: &'static str, least: usize, drop: u8) -> Self {
        Self {
            title,
            least,
            good: least,
            drop,
            right: false,
        }
    }

    pub(crate) const fn good(mut self, good: usize) -> Self {
        self.good = good;
        self
    }

    pub(crate) const fn right(mut self) -> Self {
        self.right = true;
        self
    }
}

/// A text in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Cleaned of what would move a cursor.
    pub(crate) text: String,
    /// How it looks where colour is used.
    pub(crate) style: Style,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            style: Style::Plain,
        }
    }

    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self {
            text: text.into(),
            style,
        }
    }
}

/// The table as text, a line for the headings and one for each row. Columns in which no row has anything are left out.
pub(crate) fn render(columns: &[Column], rows: &[Vec<Cell>], look: Look) -> String {
    let natural: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let widest = rows
                .iter()
                .filter_map(|row| row.get(at))
                .map(|cell| width(&cell.text));
            match widest.max().unwrap_or(0) {
                0 => 0,
                widest => widest.max(width(column.title)),
            }
        })
        .collect();
    let widths = fit(columns, &natural, GAP, look.width);
    let titles: Vec<Cell> = columns
        .iter()
        .map(|column| Cell::styled(column.title, Style::Dim))
        .collect();
    let mut text = line(columns, &titles, &widths, look);
    for row in rows {
        text.push_str(&line(columns, row, &widths, look));
    }
    text
}

fn line(columns: &[Column], cells: &[Cell], widths: &[usize], look: Look) -> String {
    let mut text = String::new();
    let mut pending = 0;
    for ((column, cell), &room) in columns.iter().zip(cells).zip(widths) {
        if room == 0 {
            continue;
        }
        let shown = cut(&cell.text, room);
        let free = room - width(&shown).min(room);
        if column.right {
            pending += free;
        }
        if !shown.is_empty() {
            text.push_str(&" ".repeat(pending));
            text.push_str(&look.styled(&shown, cell.style));
            pending = 0;
        }
        // Nothing is written after the last text of a line.
        pending += GAP
            + if column.right && !shown.is_empty() {
                0
            } else {
                free
            };
    }
    text.push('\n');
    text
}

/// Names and values below each other, the values at one column. A value of several lines stays there.
pub(crate) fn details(rows: &[(&str, Cell)], look: Look) -> String {
    let room = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0) + GAP;
    let mut text = String::new();
    for (name, cell) in rows {
        let pad = " ".repeat(room.saturating_sub(width(name)));
        let value = look.styled(&cell.text, cell.style);
        let value = value.replace('\n', &format!("\n{}", " ".repeat(room)));
        text.push_str(&format!("{}{pad}{value}\n", look.styled(name, Style::Dim)));
    }
    text
}

#[cfg(test)]
mod tests;

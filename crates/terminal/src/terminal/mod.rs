//! The model itself: its state, and what can be asked of it. What changes it is in the modules below, one
//! per family of control functions.

mod charsets;
mod collect;
mod color;
mod compare;
mod csi;
mod cursor;
mod dcs;
mod edit;
mod erase;
mod escape;
mod feed;
mod history;
mod link;
mod mode;
pub(crate) mod notify;
mod osc;
mod print;
mod report;
mod reset;
mod resize;
mod restore;
mod saved;
mod scroll;
mod sgr;
mod shell;
mod snapshot;
mod title;

use mainstay_protocol::Line;
use mainstay_protocol::size::Size;
use mainstay_protocol::state::Screen;

use crate::cell::Clusters;
use crate::charset::Charsets;
use crate::grid::Grid;
use crate::intern::Interner;
use crate::modes::Modes;
use crate::options::Options;
use crate::palette::Palette;
use crate::parser::Parser;
use crate::style::{Ink, Link, Look, StyleId, Styles};
use crate::tabs::Tabs;
use crate::view::View;
use crate::width::Props;

/// A terminal without a window: bytes in; screens, lines, meaning and replies out.
///
/// Behaves like xterm.js 6 but where that is wrong or unsafe. Memory is bounded by the size, the length of
/// the tail and [`crate::limits`], whatever the bytes are.
#[derive(Debug)]
pub struct Terminal {
    size: Size,
    options: Options,
    position: u64,
    screen: Screen,
    parser: Parser,
    view: View,
    /// Both screens.
    main: Grid,
    alternate: Grid,
    on_alternate: bool,
    /// Where the main screen's cursor was when it was left.
    kept_cursor: (usize, usize),
    /// The cursor's column; equal to the width after the last column was printed to: the next character
    /// wraps.
    x: usize,
    y: usize,
    pen: Look,
    /// The pen's number and that of what it erases to, until it changes.
    pen_ids: Option<(StyleId, StyleId)>,
    /// The background that was last erased to, and the number of that: a pen changes more often than its background.
    erased: (Ink, StyleId),
    /// What the next character may join: the character just printed.
    join: Option<Props>,
    /// The same when the sequence under way began, for `REP`.
    join_before: Option<Props>,
    charsets: Charsets,
    modes: Modes,
    tabs: Tabs,
    /// Viewers may have other stops than the model, so they are told columns in place of tabs.
    tabs_changed: bool,
    palette: Palette,
    styles: Styles,
    links: Interner<Link>,
    link_bytes: usize,
    /// Links that were made since unused ones were last dropped.
    links_since: usize,
    clusters: Clusters,
    /// Number of the first line in the tail.
    committed: u64,
    /// Lines are not committed for now.
    holds: bool,
    /// Buffer for the line that is being committed.
    line: Line,
    /// Buffer for the cluster that grows.
    scratch: String,
    titles: Vec<String>,
    notes: notify::Notes,
}

impl Terminal {
    /// An empty terminal.
    #[must_use]
    pub fn new(size: Size, options: Options) -> Self {
        let (cols, rows) = (usize::from(size.cols()), usize::from(size.rows()));
        let committed = options.first_line;
        Self {
            size,
            options,
            position: 0,
            screen: Screen {
                cursor_visible: true,
                ..Screen::default()
            },
            parser: Parser::default(),
            view: View::default(),
            main: Grid::new(cols, rows, true),
            alternate: Grid::new(cols, rows, false),
            on_alternate: false,
            kept_cursor: (0, 0),
            x: 0,
            y: 0,
            pen: Look::default(),
            pen_ids: None,
            erased: (Ink::DEFAULT, StyleId::DEFAULT),
            join: None,
            join_before: None,
            charsets: Charsets::default(),
            modes: Modes::default(),
            tabs: Tabs::DEFAULT,
            tabs_changed: false,
            palette: Palette::default(),
            styles: Styles::default(),
            links: Interner::default(),
            link_bytes: 0,
            links_since: 0,
            clusters: Clusters::default(),
            committed,
            holds: false,
            line: Line::default(),
            scratch: String::new(),
            titles: Vec::new(),
            notes: notify::Notes::default(),
        }
    }

    /// The size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Bytes fed so far.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Number of the first line that [`crate::Sink::line`] has not had yet: the first line of the tail.
    #[must_use]
    pub fn committed(&self) -> u64 {
        self.committed
    }

    /// What the output says of itself and the terminal.
    #[must_use]
    pub fn state(&self) -> &Screen {
        &self.screen
    }

    /// Whether the program wants the cursor keys as `ESC O A` and so on, not as `ESC [ A` (`DECCKM`).
    #[must_use]
    pub fn application_cursor(&self) -> bool {
        self.modes.application_cursor
    }

    /// Whether the program wants the keypad's keys as sequences, not as digits (`DECKPAM`).
    #[must_use]
    pub fn application_keypad(&self) -> bool {
        self.modes.application_keypad
    }

    /// Whether the parser is between sequences and no character is split: only here may the stream be cut.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.parser.is_at_rest()
    }

    /// Bytes that bring a parser at rest into the present state of this one; empty between sequences.
    #[must_use]
    pub fn pending(&self) -> Vec<u8> {
        self.parser.pending()
    }

    /// The active screen as plain text: rows are joined by line feeds, spaces at their ends and empty rows at
    /// the end are left out.
    #[must_use]
    pub fn screen_text(&self) -> String {
        let grid = self.grid();
        let mut text = String::new();
        for y in 0..grid.height() {
            for cell in grid.row(y).used() {
                if cell.is_null() {
                    text.push(' ');
                } else {
                    self.clusters.push_text(*cell, &mut text);
                }
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        text.truncate(text.trim_end_matches('\n').len());
        text
    }

    fn cols(&self) -> usize {
        self.main.cols()
    }

    fn rows(&self) -> usize {
        self.main.height()
    }

    /// The active screen.
    fn grid(&self) -> &Grid {
        if self.on_alternate {
            &self.alternate
        } else {
            &self.main
        }
    }

    fn grid_mut(&mut self) -> &mut Grid {
        if self.on_alternate {
            &mut self.alternate
        } else {
            &mut self.main
        }
    }

    /// Brings the public state up to date.
    fn tell_state(&mut self) {
        let screen = &mut self.screen;
        screen.alternate = self.on_alternate;
        screen.bracketed_paste = self.modes.paste;
        screen.mouse = self.modes.mouse.mode().is_some();
        screen.focus_events = self.modes.focus;
        screen.cursor_visible = self.modes.visible;
        let column = self.x.min(self.main.cols() - 1);
        screen.cursor = (
            u16::try_from(column).unwrap_or(u16::MAX),
            u16::try_from(self.y).unwrap_or(u16::MAX),
        );
    }
}

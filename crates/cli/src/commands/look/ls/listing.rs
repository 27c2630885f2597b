//! The table of sessions.

use std::path::Path;

use mainstay_protocol::Timestamp;
use mainstay_protocol::session::Session;

use crate::output::plain;
use crate::table::{Cell, Column, Look, Style, render};
use crate::words;

/// Longest id that is shown whole on every terminal: those that are made up have 14 characters.
const ID: usize = 16;

const COLUMNS: &[Column] = &[
    Column::new("ID", ID, 0),
    Column::new("STATUS", 13, 0),
    Column::new("NAME", 7, 0).good(18),
    Column::new("AGE", 6, 2).right(),
    Column::new("ACTIVE", 6, 3).right(),
    Column::new("PROFILE", 7, 5),
    Column::new("FOLDER", 12, 4),
    Column::new("NOTE", 12, 1),
];

/// How sessions are shown.
pub(super) struct View<'a> {
    pub(super) look: Look,
    pub(super) now: Timestamp,
    /// The person's home, which is shown as `~`.
    pub(super) home: Option<&'a Path>,
}

impl View<'_> {
    /// The table of these sessions.
    pub(super) fn table(&self, sessions: &[Session]) -> String {
        let rows: Vec<_> = sessions.iter().map(|session| self.row(session)).collect();
        render(COLUMNS, &rows, self.look)
    }

    fn row(&self, session: &Session) -> Vec<Cell> {
        let status = session.status;
        let age = |time: Timestamp| words::age(self.now.since(time));
        let name = session.name.as_deref().unwrap_or(&session.summary);
        let folder = session.current_dir.as_deref();
        let folder = folder.unwrap_or(&session.settings.cwd);
        vec![
            Cell::new(session.id.as_str()),
            Cell::styled(words::status(status, self.look), words::style(status)),
            Cell::new(plain(name)),
            Cell::new(age(session.created)),
            Cell::new(session.last_active.map(age).unwrap_or_default()),
            Cell::new(plain(&session.settings.profile)),
            Cell::new(plain(&self.short(folder))),
            Cell::styled(words::note(session, self.now), Style::Dim),
        ]
    }

    /// A folder with `~` for the home.
    fn short(&self, folder: &str) -> String {
        let below = self
            .home
            .filter(|home| !home.as_os_str().is_empty())
            .and_then(|home| Path::new(folder).strip_prefix(home).ok());
        match below {
            Some(below) if below.as_os_str().is_empty() => String::from("~"),
            Some(below) => Path::new("~").join(below).to_string_lossy().into_owned(),
            None => folder.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;

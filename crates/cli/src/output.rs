//! Standard output for what a script may read: whole pieces at once, colour only where a person looks.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mainstay_protocol::text::cleaned;

use crate::Env;
use crate::table::Look;

/// Held while a piece is written, so that an interrupt never leaves half of one.
static PIECE: Mutex<()> = Mutex::new(());

/// Writes results to standard output.
#[derive(Debug)]
pub(crate) struct Output {
    to: BufWriter<StdoutLock<'static>>,
    /// Whether hits are highlighted.
    pub(crate) colour: bool,
    look: Look,
}

impl Output {
    /// Colour is used on a terminal unless `no_colour` (`NO_COLOR`, <https://no-color.org>) or the terminal is
    /// `dumb`.
    pub(crate) fn new(env: Env<'_>) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let wanted = env("NO_COLOR").is_none_or(|value| value.is_empty())
            && env("TERM").is_none_or(|value| value != "dumb");
        let colour = wanted && is_terminal;
        let look = Look {
            width: is_terminal.then(|| width_of(&stdout)).flatten(),
            colour,
            symbols: is_terminal && is_unicode(env),
        };
        Self {
            to: BufWriter::with_capacity(64 * 1024, stdout.lock()),
            colour,
            look,
        }
    }

    /// What texts for people may use here.
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// Writes an object as one line of JSON.
    ///
    /// # Errors
    /// As [`Self::piece`].
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let mut line = serde_json::to_string(value)?;
        line.push('\n');
        self.piece(&line)
    }

    /// Writes a piece: all of it, now.
    ///
    /// # Errors
    /// [`io::ErrorKind::BrokenPipe`] when the reader is gone; to be taken for the end, not for a failure.
    pub(crate) fn piece(&mut self, text: &str) -> io::Result<()> {
        let _whole = whole_pieces();
        self.to.write_all(text.as_bytes())?;
        self.to.flush()
    }
}

/// Cells of a line; a terminal that says 0 doesn't know.
fn width_of(stdout: &io::Stdout) -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(stdout)?;
    (width.0 > 0).then_some(usize::from(width.0))
}

/// Whether the locale has more than ASCII, by the variables that decide in their order
/// (<https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html>).
fn is_unicode(env: Env<'_>) -> bool {
    let decides = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| env(name).filter(|value| !value.is_empty()));
    cfg!(windows)
        || decides.is_some_and(|locale| {
            let locale = locale.to_string_lossy().to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
}

/// While this is held no piece is half written.
pub(crate) fn whole_pieces() -> MutexGuard<'static, ()> {
    PIECE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A line from a session without anything that would move a reader's cursor or deceive the reader.
pub(crate) fn plain(line: &str) -> String {
    cleaned(line, usize::MAX)
}

/// The same for a text of several lines.
pub(crate) fn plain_lines(text: &str) -> String {
    text.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

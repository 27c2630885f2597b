//! Standard output for what a script may read: whole pieces at once, colour only where a person looks.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mainstay_protocol::text::cleaned;

/// Held while a piece is written, so that an interrupt never leaves half of one.
static PIECE: Mutex<()> = Mutex::new(());

/// Writes results to standard output.
#[derive(Debug)]
pub(crate) struct Output {
    to: BufWriter<StdoutLock<'static>>,
    /// Whether hits are highlighted.
    pub(crate) colour: bool,
}

impl Output {
    /// Colour is used on a terminal unless `no_colour` (`NO_COLOR`, <https://no-color.org>) or the terminal is
    /// `dumb`.
    pub(crate) fn new(env: &dyn Fn(&str) -> Option<std::ffi::OsString>) -> Self {
        let stdout = io::stdout();
        let wanted = env("NO_COLOR").is_none_or(|value| value.is_empty())
            && env("TERM").is_none_or(|value| value != "dumb");
        let colour = wanted && stdout.is_terminal();
        Self {
            to: BufWriter::with_capacity(64 * 1024, stdout.lock()),
            colour,
        }
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

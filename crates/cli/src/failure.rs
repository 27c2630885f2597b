//! Why a command failed, with the exit code that belongs to it.

use std::io;

use crate::exit::Exit;

/// A failure: what is printed on standard error and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What was wrong and what to do.
    pub(crate) message: String,
    /// For scripts.
    pub(crate) exit: Exit,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl std::fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            exit,
        }
    }

    /// Says on standard error what was wrong.
    pub(crate) fn tell(&self) {
        if !self.is_quiet() {
            crate::say(format_args!("mainstay: {}", self.message));
        }
    }

    /// The command stops without a word: whoever read its output is gone.
    pub(crate) fn is_quiet(&self) -> bool {
        self.message.is_empty()
    }
}

/// What can't be written to standard output. A closed pipe is the reader's way to say that it has enough.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(Exit::Done, "");
        }
        Self::new(
            Exit::Failed,
            format_args!("the result can't be written: {error}"),
        )
    }
}

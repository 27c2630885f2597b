//! The PTY and the program in it: the only place that touches either.
//!
//! On Unix the PTY comes from `rustix` and the program from `std::process::Command`. Not from `portable-pty`: its spawn
//! looks up the user's shell with `getpwuid`, which a static binary can't do without the C library's NSS plugins; its writer
//! types an end-of-file when dropped, its kill is a hang-up, and its exit status loses the signal. On Windows it is the
//! well-tested way to a pseudoconsole, and none of that applies.
//!
//! What both systems offer: waiting for output without holding the buffer it goes to, reading it, writing input without
//! ever waiting for output, a new size, and a bell for either waiting thread.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

mod program;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub use program::resolve;
#[cfg(unix)]
pub use unix::{Pty, WRITES_BLOCK, spawn};
#[cfg(windows)]
pub use windows::{Pty, WRITES_BLOCK, spawn};

/// What became of a wait for output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// There is something to read, or the end.
    Output,
    /// Somebody rang the bell.
    Woken,
    /// The time is over.
    Timeout,
}

/// What a read gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// So many bytes.
    Bytes(usize),
    /// Nothing right now.
    Empty,
    /// Nothing any more: nobody has the other side open.
    End,
}

/// A program to run in a PTY.
#[derive(Debug)]
pub struct Program<'a> {
    /// The file, absolute; see [`resolve`].
    pub file: PathBuf,
    /// The name it was called by.
    pub name: &'a str,
    /// Its arguments.
    pub args: &'a [String],
    /// The folder it starts in.
    pub cwd: &'a Path,
    /// Its whole environment.
    pub env: BTreeMap<String, String>,
}

/// Why a program could not be run. The texts are for people.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The folder is missing or no folder.
    #[error("the folder {} to start in {what}; make it or choose another", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// "does not exist", "is a file" …
        what: String,
    },
    /// No such program.
    #[error(
        "there is no program {name:?}{}; install it or give its path",
        place(searched)
    )]
    Missing {
        /// As it was asked for.
        name: String,
        /// The `PATH` that was searched; nothing for a path.
        searched: Option<String>,
    },
    /// A file, but none that may be run.
    #[error("{} can't be run: it is no executable file; check its permissions", path.display())]
    NotExecutable {
        /// The file.
        path: PathBuf,
    },
    /// The system would not run it.
    #[error("{} can't be run: {source}{}", path.display(), hint(source))]
    Exec {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No terminal for it.
    #[error("no terminal can be opened: {0}; there may be too many (see /proc/sys/kernel/pty/max)")]
    Terminal(#[source] io::Error),
}

fn place(searched: &Option<String>) -> String {
    match searched {
        Some(path) if path.is_empty() => " and PATH is empty".to_owned(),
        Some(_) => " in PATH".to_owned(),
        None => String::new(),
    }
}

fn hint(source: &io::Error) -> &'static str {
    match source.raw_os_error() {
        #[cfg(unix)]
        Some(libc::ENOEXEC) => {
            "; a script must begin with #! and its interpreter, a program must be for this machine"
        }
        #[cfg(unix)]
        Some(libc::ENOENT) => "; its interpreter is missing",
        _ => "",
    }
}

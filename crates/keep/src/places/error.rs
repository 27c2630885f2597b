//! What is wrong with a place, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use super::MAX_SOCKET_PATH;

/// Why a place can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// The environment says nothing of a home.
    #[error(
        "there is no place for data: {missing} is not set; set it, or set MAINSTAY_DATA_DIR to a folder of yours"
    )]
    NoHome {
        /// The variable that would have helped.
        missing: &'static str,
    },
    /// A variable holds a relative path.
    #[error("{variable} is {path:?}, which is not an absolute path; give the whole path")]
    Relative {
        /// The variable.
        variable: &'static str,
        /// Its value.
        path: PathBuf,
    },
    /// The folder isn't there.
    #[error(
        "the folder {path} does not exist; either no session was ever started here, or MAINSTAY_DATA_DIR or HOME point to the wrong place"
    )]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// Something else is there.
    #[error("{path} is not a folder; move it away, or set MAINSTAY_DATA_DIR to another folder")]
    NotAFolder {
        /// What is there.
        path: PathBuf,
    },
    /// It is a symbolic link.
    #[error(
        "{path} is a symbolic link to {target}, which others may be able to redirect; use a real folder, or set MAINSTAY_DATA_DIR to where the link leads"
    )]
    Symlink {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// It belongs to somebody else.
    #[error(
        "the folder {path} belongs to user {owner}, not to you (user {user}); set MAINSTAY_DATA_DIR to a folder of your own, or run this as its owner"
    )]
    Owner {
        /// The folder.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who asks.
        user: u32,
    },
    /// Others could plant something in it.
    #[error(
        "the folder {path} is writable by others (mode {mode:04o}); remove their access: chmod go-w {path}"
    )]
    WritableByOthers {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Others could read what sessions print.
    #[error(
        "the folder {path} is open to others (mode {mode:04o}); remove their access: chmod 700 {path}"
    )]
    OpenToOthers {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It can't be written to.
    #[error(
        "the folder {path} is not writable: {reason}; make it writable, or set MAINSTAY_DATA_DIR to a folder that is"
    )]
    NotWritable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// It can't be made.
    #[error(
        "the folder {path} can't be made: {reason}; make it yourself (mkdir -m 700), or set MAINSTAY_DATA_DIR to a folder of yours"
    )]
    NotMade {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The path of a socket is too long.
    #[error(
        "the socket path {path} has {length} bytes, this system allows {MAX_SOCKET_PATH}; set MAINSTAY_DATA_DIR or XDG_RUNTIME_DIR to a folder with a shorter path"
    )]
    SocketTooLong {
        /// The path.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
    },
    /// The folder is not below the user's profile, whose access control list it would inherit.
    #[error(
        "the folder {path} is not below your profile {profile}, so others may have access to it; set MAINSTAY_DATA_DIR to a folder below your profile"
    )]
    OutsideProfile {
        /// The folder.
        path: PathBuf,
        /// The profile.
        profile: PathBuf,
    },
    /// Permission denied.
    #[error(
        "{path} can't be {verb}: permission denied; it and the folders above it must be accessible to you"
    )]
    Denied {
        /// What was to be used.
        path: PathBuf,
        /// What was tried.
        verb: &'static str,
    },
    /// Anything else that the system refused.
    #[error("{path} can't be {verb}: {source}")]
    Io {
        /// What was to be used.
        path: PathBuf,
        /// What was tried.
        verb: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl PlaceError {
    /// The error for a failed `verb` ("read", "opened" …) on `path`.
    pub(crate) fn io(path: &Path, verb: &'static str, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::NotADirectory => Self::NotAFolder { path },
            io::ErrorKind::PermissionDenied => Self::Denied { path, verb },
            _ => Self::Io { path, verb, source },
        }
    }
}

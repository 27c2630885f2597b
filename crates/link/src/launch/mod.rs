//! Starting a host: a private copy of its program ([`install()`]), and running that ([`start()`]).

mod install;
mod report;
mod start;

use std::io;
use std::path::{Path, PathBuf};

pub use install::{Installed, beside, collect, install};
pub use report::{Report, Started};
pub use start::start;

use mainstay_protocol::frame::Failure;

/// Why a host could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The program isn't where it must be.
    #[error("the host program {} can't be read: {source}; install Mainstay again", path.display())]
    Program {
        /// Where it was looked for.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The private copy could not be written.
    #[error("the copy of the host program {} can't be made: {source}", path.display())]
    Copy {
        /// The copy.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The copy could not be run.
    #[error("the host program {} can't be run: {source}", path.display())]
    Run {
        /// The copy.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It ended before it said anything.
    #[error("the host program {} ended without a word ({status}); its log in the run's folder may say more", path.display())]
    Mute {
        /// The copy.
        path: PathBuf,
        /// How it ended.
        status: String,
    },
    /// It said why the run did not start.
    #[error("{}", .0.message)]
    Failed(Failure),
}

impl LaunchError {
    fn copy(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Copy {
            path: path.to_owned(),
            source,
        }
    }
}

//! The processes of a run: everything that descends from the program, and how it ends, pauses and goes on.
//!
//! | system | what belongs to the run | how sure |
//! | --- | --- | --- |
//! | Linux | all descendants of the host: it is their reaper, so a double fork or `setsid` does not get away | complete |
//! | other Unix | what descends from the program by parent id, and its session | best effort: a process that left the session and whose parent died is not found |
//! | Windows | the members of a job object | complete |

#[cfg(target_os = "linux")]
mod linux;
#[cfg(all(unix, not(target_os = "linux")))]
mod other;
#[cfg(unix)]
mod reap;
#[cfg(unix)]
mod signals;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as listing;
#[cfg(all(unix, not(target_os = "linux")))]
use other as listing;

#[cfg(unix)]
pub use reap::Ending;
#[cfg(unix)]
pub use signals::{Tree, adopt_orphans};
#[cfg(windows)]
pub use windows::{Ending, Tree, adopt_orphans};

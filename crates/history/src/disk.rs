//! How much room a disk has; a trait, so that a test can fill one.

use std::fmt::Debug;
use std::io;
use std::path::Path;

/// Room on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that this user may still write.
    pub free: u64,
    /// Bytes of the whole disk.
    pub total: u64,
}

/// Tells how much room there is.
pub trait Disk: Send + Sync + Debug {
    /// Room on the disk that `folder` is on.
    ///
    /// # Errors
    /// When the system doesn't say; the floor of free space is then not applied.
    fn space(&self, folder: &Path) -> io::Result<Space>;
}

/// The real disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    #[cfg(unix)]
    fn space(&self, folder: &Path) -> io::Result<Space> {
        let stat = rustix::fs::statvfs(folder)?;
        Ok(Space {
            free: stat.f_bavail.saturating_mul(stat.f_frsize),
            total: stat.f_blocks.saturating_mul(stat.f_frsize),
        })
    }

    #[cfg(not(unix))]
    fn space(&self, _folder: &Path) -> io::Result<Space> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

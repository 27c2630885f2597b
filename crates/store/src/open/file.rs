//! The files themselves: private ones, whose turn it is, and which file is at a path.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The path with something behind its name.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Opens a file for its owner alone and makes it if it isn't there.
pub(super) fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Sees to it that the database is there and that nobody else may read it; what SQLite makes beside it has its permissions.
pub(super) fn make_private(path: &Path, notes: &mut Vec<String>) -> Result<(), StoreError> {
    let file = private(path).map_err(|error| StoreError::io(path, &error))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = file
            .metadata()
            .map_err(|error| StoreError::io(path, &error))?;
        let open = metadata.permissions().mode() & 0o077 != 0;
        if open && let Err(error) = file.set_permissions(fs::Permissions::from_mode(0o600)) {
            notes.push(format!(
                "others may read {} and that can't be changed: {error}",
                path.display()
            ));
        }
    }
    #[cfg(not(unix))]
    drop((file, notes));
    Ok(())
}

/// Holds the turn to open a database until it is dropped, or its process ends.
#[derive(Debug)]
pub(super) struct Turn {
    _file: File,
}

/// Waits until no other process is opening the database.
pub(super) fn take_turn(path: &Path) -> Result<Turn, StoreError> {
    let path = beside(path, ".lock");
    let failed = |error: io::Error| StoreError::io(&path, &error);
    let file = private(&path).map_err(failed)?;
    match file.lock() {
        // A network file system without locks: there, one manager's own lock has to do.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
        taken => taken.map_err(failed)?,
    }
    Ok(Turn { _file: file })
}

/// Which file it is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity(Option<(u64, u64)>);

impl Identity {
    /// That of the file at a path.
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        let metadata = fs::metadata(path).map_err(|error| StoreError::io(path, &error))?;
        Ok(Self::from(&metadata))
    }

    /// That of the file at a path, where one is.
    pub(super) fn of_optional(path: &Path) -> Self {
        fs::metadata(path).map_or(Self(None), |metadata| Self::from(&metadata))
    }

    #[cfg(unix)]
    fn from(metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(Some((metadata.dev(), metadata.ino())))
    }

    /// Windows doesn't let files that are open be deleted or replaced.
    #[cfg(not(unix))]
    fn from(_metadata: &fs::Metadata) -> Self {
        Self(None)
    }

    pub(super) fn is_known(self) -> bool {
        self.0.is_some()
    }

    /// Whether this file is at the path. True where it can't be told.
    pub(crate) fn is_at(self, path: &Path) -> bool {
        match fs::metadata(path) {
            Ok(metadata) => self.0.is_none() || self == Self::from(&metadata),
            Err(error) => self.0.is_none() || error.kind() != io::ErrorKind::NotFound,
        }
    }
}

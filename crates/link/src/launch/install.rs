//! Private copies of the host program.
//!
//! A host lives for weeks; an upgrade, an AppImage or an installer must not pull its program away. It therefore runs from
//! `DATA/bin/<first 16 digits of the SHA-256>/mainstay-host`. Beside the copy stands the file `in-use`; whoever uses the copy
//! holds a shared lock on it, and a copy that nobody holds can be removed ([`collect`]). `DATA/bin/seen-<length>-<mtime>`
//! remembers which copy a program has, so that a start need not read megabytes.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use super::LaunchError;

/// File name of the host program.
const PROGRAM: &str = if cfg!(windows) {
    "mainstay-host.exe"
} else {
    "mainstay-host"
};
const IN_USE: &str = "in-use";

/// A copy of the host program that stays as long as this value, and as long as a host runs from it.
#[derive(Debug)]
pub struct Installed {
    program: PathBuf,
    _in_use: File,
}

impl Installed {
    /// The copy.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Holds the copy a process itself runs from. Nothing if that is no private copy.
    #[must_use]
    pub fn hold(program: &Path) -> Option<Self> {
        let in_use = lock_shared(program.parent()?, false).ok()??;
        Some(Self {
            program: program.to_owned(),
            _in_use: in_use,
        })
    }
}

/// The host program that belongs to the program at `exe`: in the same folder.
#[must_use]
pub fn beside(exe: &Path) -> PathBuf {
    exe.with_file_name(PROGRAM)
}

/// Makes sure that there is a private copy of `program` below the folder `bin`, which is made where it is missing.
///
/// # Errors
/// [`LaunchError::Program`] if the program can't be read, [`LaunchError::Copy`] if the copy can't be written.
pub fn install(program: &Path, bin: &Path) -> Result<Installed, LaunchError> {
    let unreadable = |source| LaunchError::Program {
        path: program.to_owned(),
        source,
    };
    let mut source = File::open(program).map_err(unreadable)?;
    let found = source.metadata().map_err(unreadable)?;
    make_private(bin).map_err(LaunchError::copy(bin))?;
    let seen = bin.join(seen_name(&found));
    if let Ok(hash) = fs::read_to_string(&seen)
        && let Some(installed) = reuse(bin, &hash, found.len())
    {
        return Ok(installed);
    }
    let mut content = Vec::new();
    source.read_to_end(&mut content).map_err(unreadable)?;
    let hash = hash_of(&content);
    let installed = match reuse(bin, &hash, found.len()) {
        Some(installed) => installed,
        None => copy(bin, &hash, &content).map_err(LaunchError::copy(&bin.join(&hash)))?,
    };
    replace(&seen, hash.as_bytes(), 0o600).map_err(LaunchError::copy(&seen))?;
    Ok(installed)
}

/// Removes the copies that nobody uses, except the one of `keep`. Gives the number of those removed. What can't be removed
/// now stays for the next time.
pub fn collect(bin: &Path, keep: &Installed) -> usize {
    let Ok(entries) = fs::read_dir(bin) else {
        return 0;
    };
    let mut removed = 0;
    for entry in entries.flatten() {
        let folder = entry.path();
        if !folder.is_dir() || keep.program.parent() == Some(folder.as_path()) {
            continue;
        }
        let in_use = OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.join(IN_USE));
        // Without the file the copy was never finished or is being removed.
        if let Ok(in_use) = in_use
            && !matches!(in_use.try_lock(), Err(TryLockError::WouldBlock))
            && fs::remove_dir_all(&folder).is_ok()
        {
            removed += 1;
        }
    }
    removed
}

fn hash_of(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn seen_name(found: &fs::Metadata) -> String {
    let changed = found
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .unwrap_or_default();
    format!("seen-{}-{}", found.len(), changed.as_nanos())
}

/// An existing copy, if it is whole.
fn reuse(bin: &Path, hash: &str, length: u64) -> Option<Installed> {
    if hash.len() != 16 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let folder = bin.join(hash);
    let in_use = lock_shared(&folder, false).ok()??;
    let program = folder.join(PROGRAM);
    let found = fs::symlink_metadata(&program).ok()?;
    (found.is_file() && found.len() == length).then_some(Installed {
        program,
        _in_use: in_use,
    })
}

fn copy(bin: &Path, hash: &str, content: &[u8]) -> io::Result<Installed> {
    let folder = bin.join(hash);
    loop {
        make_private(&folder)?;
        // Nothing is returned if the folder was collected in between: once more then.
        if let Some(in_use) = lock_shared(&folder, true)? {
            let program = folder.join(PROGRAM);
            replace(&program, content, 0o700)?;
            return Ok(Installed {
                program,
                _in_use: in_use,
            });
        }
    }
}

/// The lock file of a copy, locked; nothing if the folder is not there, or was removed while we waited for the lock.
fn lock_shared(folder: &Path, create: bool) -> io::Result<Option<File>> {
    let path = folder.join(IN_USE);
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .create(create)
        .truncate(false)
        .open(&path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    file.lock_shared()?;
    Ok(is_at(&file, &path).then_some(file))
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    // An open file can't be removed there.
    path.exists()
}

/// Writes a file so that it is there whole or not at all.
fn replace(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let temporary = path.with_extension(format!("new-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    with_mode(&mut options, mode);
    let mut file = options.open(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary, path).inspect_err(|_| {
        fs::remove_file(&temporary).ok();
    })
}

#[cfg(unix)]
fn with_mode(options: &mut OpenOptions, mode: u32) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(mode);
}

#[cfg(not(unix))]
fn with_mode(_: &mut OpenOptions, _: u32) {}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

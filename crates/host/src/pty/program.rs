//! Which file a program's name means.

use std::fs;
use std::path::{Path, PathBuf};

use super::SpawnError;

/// Finds the file of a program as `execvp` would, with the `PATH` of the program's own environment and relative to the
/// folder it starts in, so that the error can say what was wrong.
///
/// # Errors
/// [`SpawnError::Folder`], [`SpawnError::Missing`], [`SpawnError::NotExecutable`].
pub fn resolve(name: &str, cwd: &Path, path: Option<&str>) -> Result<PathBuf, SpawnError> {
    check_folder(cwd)?;
    if name.contains(std::path::is_separator) {
        let file = cwd.join(name);
        return match fs::metadata(&file) {
            Ok(found) if is_executable(&found) => Ok(file),
            Ok(_) => Err(SpawnError::NotExecutable { path: file }),
            Err(_) => Err(SpawnError::Missing {
                name: name.to_owned(),
                searched: None,
            }),
        };
    }
    let missing = || SpawnError::Missing {
        name: name.to_owned(),
        searched: Some(path.unwrap_or_default().to_owned()),
    };
    if name.is_empty() {
        return Err(missing());
    }
    let mut not_executable = None;
    for folder in std::env::split_paths(path.unwrap_or_default()) {
        for ending in ENDINGS {
            let file = cwd.join(&folder).join(format!("{name}{ending}"));
            match fs::metadata(&file) {
                Ok(found) if is_executable(&found) => return Ok(file),
                Ok(found) if found.is_file() => not_executable = Some(file),
                _ => {}
            }
        }
    }
    Err(not_executable.map_or_else(missing, |path| SpawnError::NotExecutable { path }))
}

#[cfg(unix)]
const ENDINGS: [&str; 1] = [""];
#[cfg(not(unix))]
const ENDINGS: [&str; 4] = ["", ".exe", ".cmd", ".bat"];

fn check_folder(cwd: &Path) -> Result<(), SpawnError> {
    let wrong = |what: String| SpawnError::Folder {
        path: cwd.to_owned(),
        what,
    };
    if !cwd.is_absolute() {
        return Err(wrong("is not an absolute path".to_owned()));
    }
    match fs::metadata(cwd) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(wrong("is not a folder".to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(wrong("does not exist".to_owned()))
        }
        Err(error) => Err(wrong(format!("can't be entered ({error})"))),
    }
}

#[cfg(unix)]
fn is_executable(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    found.is_file() && found.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(found: &fs::Metadata) -> bool {
    found.is_file()
}

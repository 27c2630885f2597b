//! The folder a run starts in.

use std::fs;
use std::io;
use std::path::Path;

use mainstay_protocol::problem::{Code, Problem};

fn problem(detail: String) -> Problem {
    Problem::new(Code::BadCwd, detail).at("cwd")
}

/// Whether it could be one at all.
///
/// # Errors
/// [`Code::BadCwd`].
pub(super) fn check_path(path: &str) -> Result<(), Problem> {
    if path.contains('\0') {
        return Err(problem(format!(
            "the folder {path:?} has a zero byte in its name"
        )));
    }
    if !Path::new(path).is_absolute() {
        return Err(problem(format!(
            "the folder {path:?} is not an absolute path; write it from the root on"
        )));
    }
    Ok(())
}

/// Whether it is there and can be entered.
///
/// # Errors
/// [`Code::BadCwd`] with what is wrong.
pub(super) fn check(path: &str) -> Result<(), Problem> {
    check_path(path)?;
    let found = fs::metadata(path).map_err(|error| problem(words(Path::new(path), &error)))?;
    if !found.is_dir() {
        return Err(problem(format!("{path} is not a folder")));
    }
    if !can_enter(path) {
        return Err(problem(format!(
            "the folder {path} can't be entered: you have no right to (see 'ls -ld {path}')"
        )));
    }
    Ok(())
}

/// Names the nearest folder that is there, for that is where the mistake is.
fn words(path: &Path, error: &io::Error) -> String {
    let shown = path.display();
    if error.kind() != io::ErrorKind::NotFound {
        return format!("the folder {shown} can't be used: {error}");
    }
    let there = path.ancestors().skip(1).find(|folder| folder.is_dir());
    match there {
        Some(there) if Some(there) != path.parent() => {
            format!(
                "the folder {shown} does not exist; there is {}",
                there.display()
            )
        }
        _ => format!("the folder {shown} does not exist; make it first"),
    }
}

#[cfg(unix)]
fn can_enter(path: &str) -> bool {
    use rustix::fs::{Access, AtFlags, CWD};
    rustix::fs::accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}

#[cfg(not(unix))]
fn can_enter(path: &str) -> bool {
    fs::read_dir(path).is_ok()
}

//! The program a run starts.

use std::fs;
use std::path::{Path, PathBuf};

use mainstay_protocol::problem::{Code, Problem};

/// Names that a program's file may end with.
#[cfg(unix)]
const ENDINGS: [&str; 1] = [""];
#[cfg(not(unix))]
const ENDINGS: [&str; 4] = ["", ".exe", ".cmd", ".bat"];

fn problem(detail: String) -> Problem {
    Problem::new(Code::BadProgram, detail).at("command")
}

/// Finds the file of a program as the host will: a name in `path` (the value of `PATH`), anything with a separator
/// relative to the folder it starts in.
///
/// # Errors
/// [`Code::BadProgram`] with what is wrong and what to do.
pub(super) fn find(name: &str, cwd: &Path, path: &str) -> Result<PathBuf, Problem> {
    if name.contains(std::path::is_separator) {
        return in_folder(name, cwd);
    }
    let mut not_executable = None;
    for folder in std::env::split_paths(path) {
        for ending in ENDINGS {
            let file = cwd.join(&folder).join(format!("{name}{ending}"));
            match fs::metadata(&file) {
                Ok(_) if is_executable(&file) => return Ok(file),
                Ok(found) if found.is_file() => not_executable = Some(file),
                _ => {}
            }
        }
    }
    Err(match not_executable {
        Some(file) => cannot_run(&file),
        None => missing(name, path),
    })
}

fn in_folder(name: &str, cwd: &Path) -> Result<PathBuf, Problem> {
    let file = cwd.join(name);
    match fs::metadata(&file) {
        Ok(found) if found.is_dir() => Err(problem(format!(
            "{} is a folder, not a program; a session's folder is its `cwd`",
            file.display()
        ))),
        Ok(_) if is_executable(&file) => Ok(file),
        Ok(_) => Err(cannot_run(&file)),
        Err(error) => Err(problem(format!(
            "the program {} can't be found: {error}",
            file.display()
        ))),
    }
}

fn cannot_run(file: &Path) -> Problem {
    let file = file.display();
    problem(format!(
        "{file} is no program that you may run; if it should be one, 'chmod +x {file}' makes it so"
    ))
}

fn missing(name: &str, path: &str) -> Problem {
    let place = if path.is_empty() {
        ": PATH is empty"
    } else {
        " in PATH"
    };
    let mut words = format!("there is no program {name:?}{place}");
    if name.contains(char::is_whitespace) {
        words.push_str("; give the program and each of its arguments separately, or run it by a shell: sh -c '…'");
    } else {
        words.push_str("; install it, or give its whole path");
    }
    problem(words)
}

/// Whether it is a file that this user may execute.
#[cfg(unix)]
pub(crate) fn is_executable(file: &Path) -> bool {
    use rustix::fs::{Access, AtFlags, CWD};
    let is_file = fs::metadata(file).is_ok_and(|found| found.is_file());
    is_file && rustix::fs::accessat(CWD, file, Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}

/// Whether it is a file.
#[cfg(not(unix))]
pub(crate) fn is_executable(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|found| found.is_file())
}

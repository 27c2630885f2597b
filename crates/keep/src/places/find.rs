//! The places as the environment has them.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{PlaceError, Places, system};

type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The variable that puts everything below one folder.
const ALL_BELOW: &str = "MAINSTAY_DATA_DIR";

pub(super) fn places(env: Env<'_>) -> Result<Places, PlaceError> {
    if let Some(folder) = absolute(env, ALL_BELOW)? {
        return Ok(Places::below(&folder));
    }
    Ok(Places {
        data: data(env)?,
        runtime: runtime(env)?,
    })
}

fn data(env: Env<'_>) -> Result<PathBuf, PlaceError> {
    if cfg!(windows) {
        return home(env, "LOCALAPPDATA").map(|local| local.join("mainstay"));
    }
    if cfg!(target_os = "macos") {
        return home(env, "HOME").map(|home| home.join("Library/Application Support/mainstay"));
    }
    match xdg(env, "XDG_DATA_HOME") {
        Some(data) => Ok(data.join("mainstay")),
        None => home(env, "HOME").map(|home| home.join(".local/share/mainstay")),
    }
}

fn runtime(env: Env<'_>) -> Result<PathBuf, PlaceError> {
    if cfg!(windows) {
        // Named pipes are no files; the folder stays empty.
        return Ok(data(env)?.join("run"));
    }
    Ok(match xdg(env, "XDG_RUNTIME_DIR") {
        Some(runtime) => runtime.join("mainstay"),
        None => PathBuf::from(format!("/tmp/mainstay-{}", system::user())),
    })
}

fn home(env: Env<'_>, variable: &'static str) -> Result<PathBuf, PlaceError> {
    absolute(env, variable)?.ok_or(PlaceError::NoHome { missing: variable })
}

/// The value of a variable that must be an absolute path; an empty one counts as not set.
fn absolute(env: Env<'_>, variable: &'static str) -> Result<Option<PathBuf>, PlaceError> {
    match env(variable).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(value) => {
            let path = PathBuf::from(value);
            if path.is_absolute() {
                Ok(Some(path))
            } else {
                Err(PlaceError::Relative { variable, path })
            }
        }
    }
}

/// The specification wants relative paths in its variables ignored.
fn xdg(env: Env<'_>, variable: &str) -> Option<PathBuf> {
    env(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<Places, PlaceError> {
        places(&|wanted| {
            let (_, value) = variables.iter().find(|(name, _)| *name == wanted)?;
            Some(OsString::from(value))
        })
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_environment_names_the_places() {
        let one = found(&[("MAINSTAY_DATA_DIR", "/d"), ("HOME", "/h")]).expect("found");
        assert_eq!(
            one,
            Places::below("/d".as_ref()),
            "everything in one folder"
        );
        let xdg = [
            ("HOME", "/h"),
            ("XDG_DATA_HOME", "/x"),
            ("XDG_RUNTIME_DIR", "/run/user/7"),
        ];
        let xdg = found(&xdg).expect("found");
        assert_eq!(xdg.data, PathBuf::from("/x/mainstay"));
        assert_eq!(xdg.runtime, PathBuf::from("/run/user/7/mainstay"));
        let plain = found(&[("HOME", "/h"), ("XDG_DATA_HOME", "relative")]).expect("found");
        assert_eq!(plain.data, PathBuf::from("/h/.local/share/mainstay"));
        assert_eq!(
            plain.runtime,
            PathBuf::from(format!("/tmp/mainstay-{}", system::user()))
        );
    }

    #[test]
    fn an_environment_that_names_none_is_an_error() {
        let error = found(&[]).expect_err("no home").to_string();
        assert!(error.contains("MAINSTAY_DATA_DIR"), "the remedy: {error}");
        let error = found(&[("MAINSTAY_DATA_DIR", "rel")]).expect_err("relative");
        assert!(matches!(error, PlaceError::Relative { .. }), "{error}");
    }
}

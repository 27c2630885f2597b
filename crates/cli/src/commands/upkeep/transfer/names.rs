//! Which files belong to an export, and where they go.

use std::path::{Component, Path, PathBuf};

use mainstay_protocol::SessionId;

/// Files that say something about this machine and this moment only, by their names.
const PASSING: &[&str] = &["lock", "probe", "host.json"];

/// Whether a file of a session's folder is left out.
pub(super) fn is_passing(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| PASSING.iter().any(|passing| name == *passing))
}

/// A file of an export that is to be written somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// In the folder of a session, by a path in it.
    Session(SessionId, PathBuf),
    /// A profile, by its file name.
    Profile(String),
    /// One of the files beside them.
    Top(String),
}

/// Where a file goes. Nothing for a name that leads elsewhere: a file that was changed by somebody must not write what it
/// likes.
pub(super) fn place(path: &Path) -> Option<Place> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    match parts.as_slice() {
        [file] => Some(Place::Top((*file).to_owned())),
        ["profiles", file] if file.ends_with(".toml") => Some(Place::Profile((*file).to_owned())),
        ["sessions", id, inside @ ..] if !inside.is_empty() => {
            let inside = inside.iter().collect();
            Some(Place::Session(id.parse().ok()?, inside))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Place, place};

    #[test]
    fn nothing_leads_out() {
        for name in [
            "/etc/passwd",
            "../x",
            "sessions/../../x",
            "sessions/a1/../../../x",
            "sessions/.hidden/x",
            "sessions/a1",
            "profiles/x/y.toml",
            "profiles/x.sh",
            "",
        ] {
            assert_eq!(place(Path::new(name)), None, "{name}");
        }
    }

    #[test]
    fn what_belongs_has_a_place() {
        let session = Place::Session("a1".parse().expect("an id"), "history/x".into());
        assert_eq!(place(Path::new("./sessions/a1/history/x")), Some(session));
        let profile = Place::Profile("web.toml".into());
        assert_eq!(place(Path::new("profiles/web.toml")), Some(profile));
        let top = Place::Top("mainstay.json".into());
        assert_eq!(place(Path::new("mainstay.json")), Some(top));
    }
}

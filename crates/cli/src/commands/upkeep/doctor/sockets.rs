//! Sockets that nobody listens on any more.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mainstay_keep::Places;

use super::finding::Finding;
use super::{hosts, leftovers};

const AREA: &str = "sockets";

/// Most that are named.
const NAMED: usize = 3;

pub(super) fn examine(places: &Places) -> Vec<Finding> {
    let stale = stale(places);
    if stale.is_empty() {
        return vec![Finding::fine(AREA, "nobody left one behind")];
    }
    let mut names: Vec<_> = stale
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let and_more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    vec![Finding::note(
        AREA,
        format!("nobody listens on {}{and_more}", names.join(", ")),
        "harmless; the manager removes them when it starts the next time",
    )]
}

fn stale(places: &Places) -> Vec<PathBuf> {
    let used: BTreeSet<PathBuf> = places
        .sessions()
        .unwrap_or_default()
        .iter()
        .filter_map(|id| hosts::host(places, id).ok()??.socket.parse().ok())
        .collect();
    leftovers::names(&places.runtime)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "sock"))
        .filter(|path| !used.contains(path) && is_deaf(path))
        .collect()
}

/// A connection is refused: a socket without a listener. Any other answer means that somebody is there.
#[cfg(unix)]
fn is_deaf(path: &Path) -> bool {
    use std::io::ErrorKind;
    use std::os::unix::net::UnixStream;

    UnixStream::connect(path).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

#[cfg(not(unix))]
fn is_deaf(_: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::net::UnixListener;

    use mainstay_keep::Places;

    #[test]
    fn only_deaf_sockets_are_stale() {
        let folder = tempfile::tempdir().expect("a folder");
        let places = Places::below(folder.path());
        std::fs::create_dir(&places.runtime).expect("a folder");
        let listens = UnixListener::bind(places.runtime.join("a.sock")).expect("a socket");
        drop(UnixListener::bind(places.runtime.join("b.sock")).expect("a socket"));
        let stale = super::stale(&places);
        assert_eq!(stale, [places.runtime.join("b.sock")]);
        drop(listens);
    }
}

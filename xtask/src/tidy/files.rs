//! Rules about a whole file: its size, and that a module says what it is.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::Complaint;

/// A file of code longer than this wants a look.
const LONG: usize = 400;

/// No file of code is longer than this.
const TOO_LONG: usize = 800;

/// No component is longer than this.
const COMPONENT_TOO_LONG: usize = 400;

/// The text of a file of the repository; none where it is gone or isn't text.
pub(super) fn read(root: &Path, path: &str) -> Result<Option<String>> {
    let file = root.join(path);
    if !file.is_file() {
        return Ok(None);
    }
    let bytes = std::fs::read(&file).with_context(|| format!("{path} could not be read"))?;
    Ok(String::from_utf8(bytes).ok())
}

pub(super) fn check(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = size(path, text.lines().count());
    if is_product(path) && !has_module_docs(text) {
        let text = format!("{path} does not begin with `//!`: say what the module is for");
        complaints.push(Complaint::Error(text));
    }
    complaints
}

fn size(path: &str, lines: usize) -> Vec<Complaint> {
    let (long, too_long) = match extension(path) {
        "rs" | "ts" | "css" => (LONG, TOO_LONG),
        "svelte" => (COMPONENT_TOO_LONG, COMPONENT_TOO_LONG),
        _ => return Vec::new(),
    };
    if lines > too_long {
        let text = format!("{path} has {lines} lines, {too_long} are allowed: split it by concept");
        vec![Complaint::Error(text)]
    } else if lines > long {
        vec![Complaint::Warning(format!(
            "{path} has {lines} lines: is it one concept?"
        ))]
    } else {
        Vec::new()
    }
}

/// Rust that ships or builds what ships; tests explain themselves by their names.
fn is_product(path: &str) -> bool {
    let in_crate = path.starts_with("crates/") && path.contains("/src/");
    let in_tools = ["src-tauri/", "xtask/src/", "benches/src/"];
    let in_tools = in_tools.iter().any(|folder| path.starts_with(folder));
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
    extension(path) == "rs" && (in_crate || in_tools) && !is_test
}

/// Whether the first words are the module's own; attributes of the crate may stand before them.
fn has_module_docs(text: &str) -> bool {
    text.lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with("#!["))
        .is_some_and(|line| line.starts_with("//!"))
}

/// What follows the last dot of the name.
pub(super) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        format!("//! Docs.\n{}", "\n".repeat(count - 1))
    }

    #[test]
    fn a_file_of_800_lines_is_the_longest() {
        let path = "crates/host/src/lib.rs";
        assert_eq!(check(path, &lines(400)), [], "400 lines are fine");
        assert!(
            matches!(check(path, &lines(800)).as_slice(), [Complaint::Warning(_)]),
            "up to 800 lines only want a look"
        );
        assert!(
            matches!(check(path, &lines(801)).as_slice(), [Complaint::Error(_)]),
            "801 lines are too many"
        );
    }

    #[test]
    fn a_component_has_at_most_400_lines() {
        let path = "ui/src/App.svelte";
        assert_eq!(check(path, &lines(400)), [], "400 lines are fine");
        assert!(matches!(
            check(path, &lines(401)).as_slice(),
            [Complaint::Error(_)]
        ));
    }

    #[test]
    fn a_module_says_what_it_is() {
        for (text, says) in [
            ("//! Docs.\n", true),
            ("\n#![forbid(unsafe_code)]\n\n//! Docs.\n", true),
            ("use std::fmt;\n//! Docs.\n", false),
            ("/// Docs of an item.\nfn f() {}\n", false),
            ("", false),
        ] {
            let complaints = check("crates/host/src/x.rs", text);
            assert_eq!(complaints.is_empty(), says, "{text:?}");
        }
        assert_eq!(
            check("crates/host/tests/x.rs", "use std::fmt;\n"),
            [],
            "a test needs none"
        );
    }
}

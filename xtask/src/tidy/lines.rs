//! Rules about single lines: nothing left over, nothing of one machine.

use super::Complaint;
use super::files::extension;

/// Text that stands in no file: the words, and why. They are put together here so that this file
/// keeps its own rules.
const BANNED: &[(&[&str], &str)] = &[
    (
        &[
            concat!("TO", "DO"),
            concat!("FIX", "ME"),
            concat!("XX", "X:"),
        ],
        "do it or open an issue",
    ),
    (
        &[
            concat!("/wo", "rk/"),
            concat!("/ro", "ot/"),
            concat!("/ho", "me/runner"),
        ],
        "a path of one machine means nothing on another",
    ),
    (
        &[
            concat!("registry.npm", "js.org"),
            concat!("crates", ".io"),
            concat!("py", "pi.org"),
        ],
        "where packages come from is the machine's setting",
    ),
];

/// Kinds of files that people write. Others (recordings, corpora, pictures) are what they are.
const WRITTEN: &[&str] = &[
    "rs", "ts", "js", "svelte", "css", "html", "md", "toml", "json", "yml", "yaml", "sh", "svg",
];

/// Written by a program, which puts in what it wants.
const GENERATED: &[&str] = &["package-lock.json", "Cargo.lock"];

/// Material of tests: there, text stands for what a program printed.
const MATERIAL: &[&str] = &["/fixtures/", "/recordings/", "/corpus/", "/snapshots/"];

pub(super) fn check(path: &str, text: &str) -> Vec<Complaint> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let written = WRITTEN.contains(&extension(path)) || path.starts_with(".ci/");
    if !written || GENERATED.contains(&name) || MATERIAL.iter().any(|folder| path.contains(folder))
    {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mut complain = |what: &str| {
            complaints.push(Complaint::Error(format!("{path}:{}: {what}", number + 1)));
        };
        if line.ends_with([' ', '\t']) {
            complain("white space at the end of the line");
        }
        for (words, reason) in BANNED {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                complain(&format!("`{word}`: {reason}"));
            }
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        complaints.push(Complaint::Error(format!(
            "{path}: the last line has no end"
        )));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_leftover_is_told_with_its_line() {
        let todo = concat!("TO", "DO");
        let path = concat!("/wo", "rk/x");
        let text = format!("fine\nspace \n// {todo}: later\nlet x = \"{path}\";\n");
        let places: Vec<String> = check("crates/x/src/lib.rs", &text)
            .into_iter()
            .map(|complaint| match complaint {
                Complaint::Error(text) | Complaint::Warning(text) => {
                    text.split(": ").next().unwrap_or_default().to_owned()
                }
            })
            .collect();
        let expected = [
            "crates/x/src/lib.rs:2",
            "crates/x/src/lib.rs:3",
            "crates/x/src/lib.rs:4",
        ];
        assert_eq!(places, expected, "one complaint a line, in order");
    }

    #[test]
    fn what_is_not_written_by_people_is_left_alone() {
        for path in [
            "Cargo.lock",
            "ui/package-lock.json",
            "fuzz/corpus/x/1.json",
            "icons/a.png",
        ] {
            assert_eq!(check(path, "trailing \n"), [], "{path}");
        }
    }

    #[test]
    fn a_last_line_ends() {
        assert_eq!(check("README.md", "no end").len(), 1);
        assert_eq!(check("README.md", "an end\n"), []);
        assert_eq!(
            check("README.md", ""),
            [],
            "an empty file has no line to end"
        );
    }
}

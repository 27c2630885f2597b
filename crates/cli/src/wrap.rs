//! Texts for people, broken at words where the terminal ends.

use std::io::{self, IsTerminal};

use crate::table::width;

/// A line shorter than this is no place for sentences: the terminal breaks them as it likes.
const LEAST: usize = 20;

/// The text as standard error shows it best: as it is where no terminal is behind it.
pub(crate) fn for_stderr(text: &str) -> String {
    let stderr = io::stderr();
    let size = terminal_size::terminal_size_of(&stderr).filter(|_| stderr.is_terminal());
    match size {
        Some((cells, _)) => wrapped(text, usize::from(cells.0)),
        None => text.to_owned(),
    }
}

/// The text with line breaks in place of spaces where a line would have more cells. A word that is longer stays whole, so that
/// it can be copied.
fn wrapped(text: &str, cells: usize) -> String {
    if cells < LEAST {
        return text.to_owned();
    }
    let lines: Vec<String> = text.split('\n').map(|line| line_of(line, cells)).collect();
    lines.join("\n")
}

fn line_of(line: &str, cells: usize) -> String {
    if width(line) <= cells {
        return line.to_owned();
    }
    let mut wrapped = String::new();
    let mut taken = 0;
    for (at, word) in line.split(' ').enumerate() {
        let needed = width(word);
        if at > 0 && taken + 1 + needed > cells && taken > 0 {
            wrapped.push('\n');
            taken = 0;
        } else if at > 0 {
            wrapped.push(' ');
            taken += 1;
        }
        wrapped.push_str(word);
        taken += needed;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_break_at_words() {
        let text = "mainstay: there is no session \"x\"; see mainstay ls";
        assert_eq!(
            wrapped(text, 30),
            "mainstay: there is no session\n\"x\"; see mainstay ls"
        );
        assert_eq!(wrapped(text, 80), text);
        assert_eq!(wrapped(text, 5), text, "no room for anything");
    }

    #[test]
    fn words_and_lines_stay_whole() {
        let path = "/a/very/long/path/that/is/longer/than/the/terminal";
        let text = format!("the folder {path} does not exist\n  two  spaces");
        assert_eq!(
            wrapped(&text, 20),
            format!("the folder\n{path}\ndoes not exist\n  two  spaces")
        );
        assert_eq!(
            wrapped("日本 日本 日本 日本 日本", 20),
            "日本 日本 日本 日本\n日本"
        );
    }
}

//! The text that stands for a session in lists and events.

use mainstay_protocol::text::cleaned;

/// Longest summary in characters.
const MAX: usize = 200;

/// What the person calls it, else the program's title, else its command line, else the fallback (the title of its
/// profile). On one line, harmless, at most 200 characters.
#[must_use]
pub fn of(name: Option<&str>, title: &str, command: &[String], fallback: &str) -> String {
    let line = command_line(command);
    let texts = [name.unwrap_or_default(), title, &line, fallback];
    let text = texts.into_iter().map(|text| cleaned(text, MAX));
    text.map(|text| text.trim().to_owned())
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// A command as one would type it.
fn command_line(command: &[String]) -> String {
    let mut line = String::new();
    for arg in command {
        if !line.is_empty() {
            line.push(' ');
        }
        let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,~^".contains(c);
        if !arg.is_empty() && arg.chars().all(is_plain) {
            line.push_str(arg);
        } else {
            line.push('\'');
            line.push_str(&arg.replace('\'', r"'\''"));
            line.push('\'');
        }
        // Arguments may be long, and only the beginning is shown.
        if line.len() > 4 * MAX {
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_persons_word_comes_first() {
        let command = ["grep", "-r", "it's here", ""].map(str::to_owned);
        assert_eq!(of(Some("mine"), "vim", &command, "Command"), "mine");
        assert_eq!(of(Some(" "), "vim", &command, "Command"), "vim");
        assert_eq!(
            of(None, "", &command, "Command"),
            r"grep -r 'it'\''s here' ''",
            "as one would type it"
        );
        assert_eq!(
            of(None, "\u{202e}", &[], "Shell"),
            "Shell",
            "nothing to be seen"
        );
    }

    #[test]
    fn it_is_short_and_one_line() {
        let long = ["echo".to_owned(), "a\nb".repeat(10_000)];
        let summary = of(None, "", &long, "");
        assert!(summary.chars().count() <= MAX, "{}", summary.len());
        assert!(!summary.contains('\n'));
    }
}

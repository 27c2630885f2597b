//! How hits are printed.

use std::io;

use mainstay_protocol::SessionId;
use mainstay_protocol::frame::Hit;
use regex::Regex;
use serde_json::json;

use crate::output::{Output, plain};

/// SGR as grep has it: hits bold red, places cyan.
const HIT: &str = "\x1b[1;31m";
const PLACE: &str = "\x1b[36m";
const END: &str = "\x1b[0m";

/// Prints hits. Several in one line are one line of text, but one object each.
pub(super) struct Printer {
    output: Output,
    json: bool,
    /// Finds the hits in a line, to highlight all of them at the first.
    matcher: Regex,
    /// Something was printed before.
    any: bool,
    /// The line of this session that was printed last.
    last: Option<u64>,
}

impl Printer {
    pub(super) fn new(output: Output, json: bool, matcher: Regex) -> Self {
        Self {
            output,
            json,
            matcher,
            any: false,
            last: None,
        }
    }

    /// What comes now is from another session.
    pub(super) fn begin_session(&mut self) {
        self.last = None;
    }

    /// Prints a hit with the lines around it, at once.
    pub(super) fn hit(&mut self, session: &SessionId, hit: &Hit) -> io::Result<()> {
        if self.json {
            return self.output.piece(&object(session, hit));
        }
        if self.last.replace(hit.line) == Some(hit.line) {
            return Ok(());
        }
        let text = self.lines(session, hit);
        self.any = true;
        self.output.piece(&text)
    }

    fn lines(&self, session: &SessionId, hit: &Hit) -> String {
        let colour = self.output.colour;
        let mut text = String::new();
        let around = !hit.before.is_empty() || !hit.after.is_empty();
        if around && self.any {
            text.push_str("--\n");
        }
        let beside = |text: &mut String, first: u64, lines: &[String]| {
            for (number, line) in (first..).zip(lines) {
                text.push_str(&place(session, number, '-', colour));
                text.push_str(&plain(line));
                text.push('\n');
            }
        };
        let before = hit.line.saturating_sub(hit.before.len() as u64);
        beside(&mut text, before, &hit.before);
        text.push_str(&place(session, hit.line, ':', colour));
        text.push_str(&highlighted(&hit.text, colour.then_some(&self.matcher)));
        text.push('\n');
        beside(&mut text, hit.line + 1, &hit.after);
        text
    }
}

fn place(session: &SessionId, line: u64, mark: char, colour: bool) -> String {
    let (on, off) = if colour { (PLACE, END) } else { ("", "") };
    format!("{on}{session}{mark}{line}{mark}{off} ")
}

/// The text, with what the matcher finds highlighted.
fn highlighted(text: &str, matcher: Option<&Regex>) -> String {
    let mut shown = String::new();
    let mut done = 0;
    for found in matcher
        .into_iter()
        .flat_map(|matcher| matcher.find_iter(text))
    {
        if !found.is_empty() {
            shown.push_str(&plain(text.get(done..found.start()).unwrap_or_default()));
            shown.push_str(&format!("{HIT}{}{END}", plain(found.as_str())));
            done = found.end();
        }
    }
    shown.push_str(&plain(text.get(done..).unwrap_or_default()));
    shown
}

fn object(session: &SessionId, hit: &Hit) -> String {
    let object = json!({
        "session": session,
        "line": hit.line,
        "start": hit.start,
        "end": hit.end,
        "text": hit.text,
        "before": hit.before,
        "after": hit.after,
    });
    format!("{object}\n")
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::frame::Hit;
    use regex::Regex;

    use super::{highlighted, object};

    fn hit(text: &str, start: u32, end: u32) -> Hit {
        Hit {
            line: 7,
            start,
            end,
            text: text.to_owned(),
            before: vec![],
            after: vec![],
        }
    }

    #[test]
    fn hits_are_highlighted_only_in_colour() {
        let matcher = Regex::new("größer|a|$").expect("a good expression");
        assert_eq!(
            highlighted("größer als", None),
            "größer als",
            "for a script"
        );
        let shown = highlighted("größer als", Some(&matcher));
        assert_eq!(
            shown, "\x1b[1;31mgrößer\x1b[0m \x1b[1;31ma\x1b[0mls",
            "for a person"
        );
    }

    #[test]
    fn nothing_from_a_session_moves_the_cursor() {
        let matcher = Regex::new("a").expect("a good expression");
        let text = "a\x1b[2Jb\u{202e}c";
        assert_eq!(highlighted(text, None), "a[2Jbc", "controls are gone");
        let shown = highlighted(text, Some(&matcher));
        assert_eq!(shown, "\x1b[1;31ma\x1b[0m[2Jbc", "in colour, too");
    }

    #[test]
    fn objects_are_one_line_each() {
        let text = object(&"s1".parse().expect("an id"), &hit("a\nb", 0, 1));
        assert_eq!(text.matches('\n').count(), 1, "one line: {text}");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["line"], 7, "the number is a number");
    }
}

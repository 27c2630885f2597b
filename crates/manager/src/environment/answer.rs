//! What a login shell is asked, and finding its answer in what it prints.
//!
//! Start-up files print greetings, and background jobs print whenever they like. So the answer stands between two
//! markers of random digits. The question has each marker in two pieces: a shell that echoes its commands prints no
//! marker by that.

use std::collections::BTreeMap;

/// Longest output that is read, in bytes.
pub(super) const MAX: usize = 8 * 1024 * 1024;

/// A question with its own markers.
#[derive(Debug)]
pub(super) struct Question {
    first: [String; 2],
    last: [String; 2],
}

/// What came so far.
#[derive(Debug, Default)]
pub(super) struct Output {
    bytes: Vec<u8>,
    /// Up to here is no last marker.
    searched: usize,
}

/// Variables, and the names of those whose value is no Unicode text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) vars: BTreeMap<String, String>,
    pub(super) unreadable: Vec<String>,
}

impl Question {
    pub(super) fn new(random: [u8; 16]) -> Self {
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            first: ["mainstay-begin".to_owned(), format!("-{digits}")],
            last: ["mainstay-end".to_owned(), format!("-{digits}")],
        }
    }

    /// The command line: the same in sh, bash, zsh, fish and csh. The backslash passes aliases by. `-0` is missing from
    /// the `env` of older systems; those have a perl.
    pub(super) fn command_line(&self) -> String {
        let [[first, second], [third, fourth]] = [&self.first, &self.last];
        format!(
            "\\printf %s%s {first} {second}; \
             /usr/bin/env -0 || /usr/bin/perl -e 'print map {{\"$_=$ENV{{$_}}\\0\"}} keys %ENV'; \
             \\printf %s%s {third} {fourth}"
        )
    }

    /// Looks for the whole answer; nothing if it isn't there yet.
    pub(super) fn answer(&self, output: &mut Output) -> Option<Answer> {
        let last = self.last.concat();
        let unseen = output.bytes.get(output.searched..)?;
        let Some(end) = find(unseen, last.as_bytes()) else {
            output.searched = output.bytes.len().saturating_sub(last.len());
            return None;
        };
        let before = output.bytes.get(..output.searched + end)?;
        let first = self.first.concat();
        let begin = find(before, first.as_bytes())? + first.len();
        Some(Answer::parse(before.get(begin..)?))
    }
}

impl Output {
    /// Takes what came; false if it is too much.
    pub(super) fn take(&mut self, bytes: &[u8]) -> bool {
        self.bytes.extend_from_slice(bytes);
        self.bytes.len() <= MAX
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let mut answer = Self::default();
        for entry in bytes.split(|&byte| byte == 0) {
            let Some(at) = entry.iter().position(|&byte| byte == b'=') else {
                continue;
            };
            let (name, value) = entry.split_at(at);
            // What a background job printed in between ends with its line.
            let name = name.rsplit(|&byte| byte == b'\n').next().unwrap_or(name);
            let Ok(name) = std::str::from_utf8(name) else {
                continue;
            };
            if name.is_empty() || name.contains(char::is_control) {
                continue;
            }
            match std::str::from_utf8(value.get(1..).unwrap_or_default()) {
                Ok(value) => {
                    answer.vars.insert(name.to_owned(), value.to_owned());
                }
                Err(_) => answer.unreadable.push(name.to_owned()),
            }
        }
        answer
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(printed: &[u8]) -> Option<Answer> {
        Question::new([7; 16]).answer(&mut Output {
            bytes: printed.to_vec(),
            searched: 0,
        })
    }

    fn marked(inside: &[u8]) -> Vec<u8> {
        let question = Question::new([7; 16]);
        let (first, last) = (question.first.concat(), question.last.concat());
        [
            b"Welcome!\n",
            first.as_bytes(),
            inside,
            last.as_bytes(),
            b"bye",
        ]
        .concat()
    }

    #[test]
    fn the_answer_stands_between_the_markers() {
        let found = answer(&marked(b"A=1\0B=x\ny=z\0C=\0")).expect("complete");
        let expected = [("A", "1"), ("B", "x\ny=z"), ("C", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found.vars, BTreeMap::from(expected));
        assert_eq!(found.unreadable, Vec::<String>::new());
    }

    #[test]
    fn noise_in_between_does_no_harm() {
        let found = answer(&marked(b"[1] done\nA=1\0B=\xff\0nonsense\0=x\0")).expect("complete");
        assert_eq!(found.vars.get("A").map(String::as_str), Some("1"));
        assert_eq!(found.vars.len(), 1, "{found:?}");
        assert_eq!(found.unreadable, ["B"]);
    }

    #[test]
    fn an_echo_of_the_question_is_no_answer() {
        let question = Question::new([7; 16]);
        assert_eq!(answer(question.command_line().as_bytes()), None);
    }

    #[test]
    fn it_is_found_however_it_is_cut() {
        let whole = marked(b"A=1\0");
        let question = Question::new([7; 16]);
        for cut in 1..whole.len() {
            let mut output = Output::default();
            let mut found = None;
            for piece in whole.chunks(cut) {
                assert!(output.take(piece), "short enough");
                found = question.answer(&mut output);
                if found.is_some() {
                    break;
                }
            }
            assert_eq!(found.map(|found| found.vars.len()), Some(1), "cut at {cut}");
        }
    }
}

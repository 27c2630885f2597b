//! What is wrong with a profile's file.

use std::fmt;
use std::path::{Path, PathBuf};

use mainstay_protocol::problem::{Code, Problem};

use crate::plan::check::Wrong;

/// What is wrong with a profile's file: which, where, and what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Trouble {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, where one is to blame.
    pub line: Option<usize>,
    /// The field in dotted form (`timeouts.start_ms`), where one is to blame.
    pub field: Option<String>,
    /// What is wrong, and what would be right.
    pub what: String,
}

/// `FILE, line LINE, FIELD: WHAT`.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl Trouble {
    /// The file as such.
    pub(super) fn file(file: &Path, what: impl Into<String>) -> Self {
        Self {
            file: file.to_path_buf(),
            line: None,
            field: None,
            what: what.into(),
        }
    }

    /// What the TOML reader says.
    pub(super) fn toml(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        Self {
            file: file.to_path_buf(),
            line,
            field: line.and_then(|line| field_of(text, line)),
            what: error.message().to_owned(),
        }
    }

    /// A value that can be read but makes no sense.
    pub(super) fn value(file: &Path, text: &str, wrong: Wrong) -> Self {
        // A field of an inline table stands on the line of the table.
        let mut named = Some(wrong.field.as_str());
        let mut line = None;
        while let (None, Some(field)) = (line, named) {
            line = (1..=text.lines().count())
                .find(|&line| field_of(text, line).as_deref() == Some(field));
            named = field.rsplit_once('.').map(|(table, _)| table);
        }
        Self {
            file: file.to_path_buf(),
            line,
            field: Some(wrong.field),
            what: wrong.what,
        }
    }

    /// The name of the profile that would be in the file.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.file.file_stem()?.to_str()
    }

    /// As an answer to somebody who wanted this profile.
    #[must_use]
    pub fn to_problem(&self) -> Problem {
        Problem::new(Code::UnknownProfile, self.to_string()).at("profile")
    }
}

/// The field that a line (from 1) sets, in dotted form: its key below the table it is in.
fn field_of(text: &str, line: usize) -> Option<String> {
    let mut table = None;
    let mut key = None;
    for line in text.lines().take(line) {
        let line = line.trim();
        if let Some(header) = line
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next())
        {
            table = Some(header.trim());
            key = None;
        } else if let Some((found, _)) = line.split_once('=')
            && !line.starts_with('#')
        {
            key = Some(found.trim());
        } else if !line.is_empty() {
            // A value over several lines keeps the key of its first.
            key = key.or(Some(line));
        }
    }
    let dotted: Vec<&str> = table.into_iter().chain(key).collect();
    (!dotted.is_empty()).then(|| dotted.join("."))
}

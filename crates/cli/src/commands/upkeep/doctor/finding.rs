//! What was found, and how it is told.

use serde::Serialize;

use crate::output::plain;
use crate::table::{Look, Style};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Grade {
    /// As it should be.
    Fine,
    /// Worth knowing.
    Note,
    /// To be mended.
    Wrong,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What it is about.
    pub(super) area: &'static str,
    pub(super) grade: Grade,
    /// What was found.
    pub(super) what: String,
    /// What to do about it.
    pub(super) remedy: Option<String>,
}

impl Finding {
    pub(super) fn fine(area: &'static str, what: impl Into<String>) -> Self {
        Self {
            area,
            grade: Grade::Fine,
            what: what.into(),
            remedy: None,
        }
    }

    pub(super) fn note(
        area: &'static str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            area,
            grade: Grade::Note,
            what: what.into(),
            remedy: Some(remedy.into()),
        }
    }

    pub(super) fn wrong(
        area: &'static str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            grade: Grade::Wrong,
            ..Self::note(area, what, remedy)
        }
    }

    /// An error whose words say themselves what to do: `what; remedy`.
    pub(super) fn error(area: &'static str, error: impl std::fmt::Display) -> Self {
        let text = error.to_string();
        match text.split_once("; ") {
            Some((what, remedy)) => Self::wrong(area, what, remedy),
            None => Self {
                grade: Grade::Wrong,
                ..Self::fine(area, text)
            },
        }
    }
}

/// All of it for a person: a line each, with what to do below.
pub(super) fn told(findings: &[Finding], look: Look) -> String {
    let mut text = String::new();
    for finding in findings {
        let (symbol, word, style) = match finding.grade {
            Grade::Fine => ("✓", "fine ", Style::Green),
            Grade::Note => ("•", "note ", Style::Yellow),
            Grade::Wrong => ("✗", "WRONG", Style::Red),
        };
        let mark = look.styled(if look.symbols { symbol } else { word }, style);
        text.push_str(&format!(
            "{mark} {}: {}\n",
            finding.area,
            plain(&finding.what)
        ));
        if let Some(remedy) = &finding.remedy {
            let indent = if look.symbols { "  " } else { "      " };
            text.push_str(&format!("{indent}{}\n", plain(remedy)));
        }
    }
    let wrong = count(findings, Grade::Wrong);
    let end = match wrong {
        0 => "Nothing is wrong.".to_owned(),
        1 => "1 thing is wrong.".to_owned(),
        more => format!("{more} things are wrong."),
    };
    text.push_str(&format!("\n{end}\n"));
    text
}

fn count(findings: &[Finding], grade: Grade) -> usize {
    let same = |finding: &&Finding| finding.grade == grade;
    findings.iter().filter(same).count()
}

#[cfg(test)]
mod tests {
    use super::{Finding, Look, told};

    #[test]
    fn each_finding_says_what_to_do() {
        let findings = [
            Finding::fine("disk", "10 GB free"),
            Finding::error("folder", "it is open to others; chmod 700 it"),
        ];
        assert_eq!(
            told(&findings, Look::default()),
            "fine  disk: 10 GB free\n\
             WRONG folder: it is open to others\n      chmod 700 it\n\
             \n1 thing is wrong.\n"
        );
    }
}

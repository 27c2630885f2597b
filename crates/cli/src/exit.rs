//! The exit codes of `mainstay`. docs/CLI.md has the same table for people; a test holds the two together.

use std::process::ExitCode;

use mainstay_protocol::Code;

/// How a command ended, as a number a script can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Exit {
    /// It is done: found, shown, detached.
    Done,
    /// It failed in a way that has no code of its own; for `search`: nothing was found.
    Failed,
    /// The command line makes no sense: an unknown option, a bad regular expression, a folder that isn't there.
    Usage,
    /// There is no such session, or the name fits several.
    NoSession,
    /// The session's state doesn't allow it: it has ended, or it still runs.
    Ended,
    /// The session's host or the manager can't be reached, or the connection broke.
    Unreachable,
    /// The data directory, a session's folder or a file in it can't be used.
    Storage,
    /// The id that was wished for is another session's.
    Taken,
}

impl Exit {
    /// All of them with what they mean, in the order of their numbers.
    pub(crate) const TABLE: &[(Self, &str)] = &[
        (
            Self::Done,
            "done; search: found; attach: detached, or the session ended meanwhile",
        ),
        (
            Self::Failed,
            "failed; search: nothing found; wait: not in time; doctor: something is wrong",
        ),
        (
            Self::Usage,
            "wrong usage: an unknown option, a missing folder or program, no terminal",
        ),
        (Self::NoSession, "no such session, or the name fits several"),
        (
            Self::Ended,
            "the session's state doesn't allow it: it has ended, or it still runs",
        ),
        (
            Self::Unreachable,
            "the session's host or the manager can't be reached",
        ),
        (
            Self::Storage,
            "the data directory or a file in it can't be used",
        ),
        (Self::Taken, "the id is taken"),
    ];

    /// The number.
    #[must_use]
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NoSession => 3,
            Self::Ended => 4,
            Self::Unreachable => 5,
            Self::Storage => 6,
            Self::Taken => 7,
        }
    }

    /// The table as `--help` shows it.
    #[must_use]
    pub(crate) fn help() -> String {
        let mut text = String::from("Exit codes:\n");
        for (exit, meaning) in Self::TABLE {
            text.push_str(&format!("  {:>5}  {meaning}\n", exit.code()));
        }
        text.push_str("  128+N  ended by signal N");
        text
    }
}

/// The exit code for what the manager answered.
impl From<Code> for Exit {
    fn from(code: Code) -> Self {
        match code {
            Code::UnknownSession | Code::AmbiguousSession | Code::Deleted => Self::NoSession,
            Code::DuplicateId => Self::Taken,
            Code::WrongState | Code::NoWindow => Self::Ended,
            Code::Invalid
            | Code::BadJson
            | Code::UnknownProfile
            | Code::UnknownEnvironment
            | Code::BadCwd
            | Code::BadProgram => Self::Usage,
            Code::HostUnreachable | Code::Closing | Code::Busy => Self::Unreachable,
            Code::Storage | Code::Denied => Self::Storage,
            Code::StartFailed | Code::UnknownRoute | Code::Internal | Code::Unknown => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_table_is_in_order_and_documented() {
        let document = include_str!("../../../docs/CLI.md");
        for (at, (exit, meaning)) in Exit::TABLE.iter().enumerate() {
            assert_eq!(
                usize::from(exit.code()),
                at,
                "{exit:?} stands at its number"
            );
            let row = format!("| {} | {meaning} |", exit.code());
            assert!(document.contains(&row), "docs/CLI.md has the row {row:?}");
            assert!(
                meaning.len() + 9 <= 93,
                "--help stays readable: {meaning:?}"
            );
        }
    }

    /// docs/CLI.md says which problem of the manager ends a command with which code.
    #[test]
    fn every_problem_has_its_documented_code() {
        let document = include_str!("../../../docs/CLI.md");
        for &code in mainstay_protocol::Code::ALL {
            let name = serde_json::to_string(&code).expect("a word");
            let name = name.trim_matches('"');
            let row = document
                .lines()
                .find(|line| line.starts_with("| `") && line.contains(&format!("`{name}`")));
            let ends = format!("| {} |", Exit::from(code).code());
            assert!(
                row.is_some_and(|row| row.ends_with(&ends)),
                "docs/CLI.md has `{name}` in a row that ends {ends:?}, found {row:?}"
            );
        }
    }
}

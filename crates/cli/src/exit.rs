//! The exit codes of `mainstay`. docs/CLI.md has the same table for people; a test holds the two together.

use std::process::ExitCode;

/// How a command ended, as a number a script can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Exit {
    /// It is done: found, shown, detached.
    Done,
    /// It failed in a way that has no code of its own; for `search`: nothing was found.
    Failed,
    /// The command line makes no sense: an unknown option, a bad regular expression.
    Usage,
    /// There is no such session, or the name fits several.
    NoSession,
    /// The session has ended, so there is nothing to attach to.
    Ended,
    /// The session's host can't be reached, or the connection to it broke.
    Unreachable,
    /// The data directory, a session's folder or a file in it can't be used.
    Storage,
}

impl Exit {
    /// All of them with what they mean, in the order of their numbers.
    pub(crate) const TABLE: &[(Self, &str)] = &[
        (
            Self::Done,
            "done; search: found; attach: detached, or the session ended meanwhile",
        ),
        (Self::Failed, "failed; search: nothing found"),
        (
            Self::Usage,
            "wrong usage: an unknown option, a bad regular expression, no terminal",
        ),
        (Self::NoSession, "no such session, or the name fits several"),
        (Self::Ended, "attach: the session has already ended"),
        (
            Self::Unreachable,
            "the session's host can't be reached, or the connection broke",
        ),
        (
            Self::Storage,
            "the data directory or a file in it can't be used",
        ),
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
        }
    }
}

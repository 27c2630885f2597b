//! Statuses as they are typed: one, or a word for several.

use std::fmt;
use std::str::FromStr;

use mainstay_protocol::session::{Status, UnknownStatus};

/// What is wanted of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// This one.
    One(Status),
    /// A run is under way.
    Live,
    /// None is.
    Ended,
}

impl Wanted {
    /// Whether a status is wanted.
    pub(crate) fn has(self, status: Status) -> bool {
        match self {
            Self::One(one) => one == status,
            Self::Live => status.is_live(),
            Self::Ended => !status.is_live(),
        }
    }

    /// All statuses that one of these wants.
    pub(crate) fn statuses(wanted: &[Self]) -> Vec<Status> {
        let is_wanted = |status: &Status| wanted.iter().any(|wanted| wanted.has(*status));
        Status::ALL.into_iter().filter(is_wanted).collect()
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(status) => status.fmt(f),
            Self::Live => f.write_str("live"),
            Self::Ended => f.write_str("ended"),
        }
    }
}

/// A text that names none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}; `live` and `ended` stand for several")]
pub(crate) struct UnknownWanted(#[from] UnknownStatus);

impl FromStr for Wanted {
    type Err = UnknownWanted;

    fn from_str(text: &str) -> Result<Self, UnknownWanted> {
        match text {
            "live" => Ok(Self::Live),
            "ended" => Ok(Self::Ended),
            _ => Ok(Self::One(text.parse()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::session::Status;

    use super::Wanted;

    #[test]
    fn words_for_several_have_each_status_once() {
        let parse = |text: &str| text.parse::<Wanted>().expect("a word");
        let both = Wanted::statuses(&[parse("live"), parse("ended")]);
        assert_eq!(both, Status::ALL);
        let some = Wanted::statuses(&[parse("failed"), parse("live"), parse("paused")]);
        assert_eq!(
            some,
            [
                Status::Pending,
                Status::Running,
                Status::Paused,
                Status::Failed
            ]
        );
        assert!("done".parse::<Wanted>().is_err(), "no such status");
    }
}

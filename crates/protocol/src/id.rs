//! Names of sessions and runs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Digits of generated ids: no vowels and no look-alikes, so that an id is never a word and can be read out.
const DIGITS: &[u8; 30] = b"0123456789bcdfghjkmnpqrstvwxyz";

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("an id can't be empty; use letters, digits, '-' and '_'")]
    Empty,
    /// More than [`MAX_ID`] bytes.
    #[error("an id has at most {MAX_ID} characters, this one has {0}")]
    TooLong(usize),
    /// It would not do as the name of a folder on every system.
    #[error(
        "an id starts with a letter or digit and holds only letters, digits, '-', '_' and '.'; found {0:?}"
    )]
    Character(char),
}

/// Longest id, in bytes.
pub const MAX_ID: usize = 64;

fn checked(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > MAX_ID {
        return Err(IdError::TooLong(text.len()));
    }
    let allowed = |(at, c): (usize, char)| {
        c.is_ascii_alphanumeric() || (at > 0 && matches!(c, '-' | '_' | '.'))
    };
    match text.char_indices().find(|&found| !allowed(found)) {
        Some((_, c)) => Err(IdError::Character(c)),
        None => Ok(()),
    }
}

fn from_random(random: [u8; 16]) -> String {
    let mut rest = u128::from_be_bytes(random);
    let base = DIGITS.len() as u128;
    (0..14)
        .map(|_| {
            let digit = usize::try_from(rest % base).unwrap_or(0);
            rest /= base;
            DIGITS.get(digit).map_or('0', |&byte| char::from(byte))
        })
        .collect()
}

macro_rules! id {
    ($name:ident, $what:literal) => {
        #[doc = concat!("The id of a ", $what, ": 1 to 64 letters, digits, `-`, `_` and `.`, starting with a letter or digit.")]
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Makes an id of 14 characters (68 bits) out of random bytes.
            #[must_use]
            pub fn from_random(random: [u8; 16]) -> Self {
                Self(from_random(random))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                checked(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                checked(&text).map(|()| Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id!(SessionId, "session");
id!(RunId, "run");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_safe_folder_name() {
        for good in ["a", "7", "build-2", "A_b.c", &"x".repeat(64)] {
            assert!(good.parse::<SessionId>().is_ok(), "{good} is an id");
        }
        for bad in [
            "",
            "-a",
            ".",
            "..",
            "a/b",
            "a b",
            "ä",
            "a\0",
            &"x".repeat(65),
        ] {
            assert!(bad.parse::<SessionId>().is_err(), "{bad:?} is no id");
        }
    }

    #[test]
    fn random_bytes_make_an_id() {
        for seed in 0..=u8::MAX {
            let id = SessionId::from_random([seed; 16]);
            assert_eq!(id.as_str().len(), 14, "{id}");
            assert_eq!(id.as_str().parse(), Ok(id.clone()), "{id} reads back");
        }
    }
}

//! Lengths of time as they are typed: `90s`, `5m`, `1h30m`, `500ms`.

use std::str::FromStr;
use std::time::Duration;

/// Milliseconds of each unit, the longest first.
const UNITS: &[(&str, u64)] = &[
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// The longest that can be typed: what a clock that counts milliseconds in a signed number holds.
const MOST: u64 = i64::MAX as u64;

/// A length of time that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length(pub(crate) Duration);

impl Length {
    /// In milliseconds.
    pub(crate) fn millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Why a text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LengthError {
    /// A number alone.
    #[error("the unit is missing: {0}s are seconds, {0}m minutes, {0}h hours, {0}ms milliseconds")]
    NoUnit(String),
    /// Anything else.
    #[error("no length of time; write 90s, 5m, 1h30m, 2d or 500ms")]
    Other,
    /// It has no place in the numbers.
    #[error("longer than can be counted")]
    TooLong,
}

impl FromStr for Length {
    type Err = LengthError;

    fn from_str(text: &str) -> Result<Self, LengthError> {
        if text == "0" {
            return Ok(Self(Duration::ZERO));
        }
        let mut rest = text;
        let mut total: u64 = 0;
        let mut last = u64::MAX;
        while !rest.is_empty() {
            let (number, after) = split(rest, |c| c.is_ascii_digit());
            let (unit, after) = split(after, |c| !c.is_ascii_digit());
            if unit.is_empty() && number.len() == text.len() {
                return Err(LengthError::NoUnit(text.to_owned()));
            }
            let (_, millis) = *UNITS
                .iter()
                .find(|(name, _)| *name == unit)
                .ok_or(LengthError::Other)?;
            // Each unit once, the longest first: anything else is more likely a slip.
            if number.is_empty() || millis >= last {
                return Err(LengthError::Other);
            }
            let number: u64 = number.parse().map_err(|_| LengthError::TooLong)?;
            total = number
                .checked_mul(millis)
                .and_then(|part| total.checked_add(part))
                .filter(|&total| total <= MOST)
                .ok_or(LengthError::TooLong)?;
            (last, rest) = (millis, after);
        }
        if text.is_empty() {
            return Err(LengthError::Other);
        }
        Ok(Self(Duration::from_millis(total)))
    }
}

/// The text up to the first character that doesn't hold, and the rest.
fn split(text: &str, holds: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !holds(c)).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::{Length, LengthError};

    #[test]
    fn what_people_write_is_read() {
        for (text, millis) in [
            ("0", 0),
            ("0s", 0),
            ("90s", 90_000),
            ("5m", 300_000),
            ("2h", 7_200_000),
            ("500ms", 500),
            ("1h30m", 5_400_000),
            ("1d2h3m4s5ms", 93_784_005),
        ] {
            let found = text.parse::<Length>().map(Length::millis);
            assert_eq!(found, Ok(millis), "{text}");
        }
    }

    #[test]
    fn slips_are_refused() {
        for text in [
            "", "s", "-1s", "1.5h", "5 m", "1m1m", "5m1h", "1x", "1sé", "１s", "1s1",
        ] {
            assert_eq!(text.parse::<Length>(), Err(LengthError::Other), "{text:?}");
        }
        let error = "90".parse::<Length>().expect_err("no unit").to_string();
        assert!(error.contains("90s are seconds"), "the remedy: {error}");
        for text in ["99999999999999999999s", "999999999999999999d"] {
            assert_eq!(
                text.parse::<Length>(),
                Err(LengthError::TooLong),
                "{text:?}"
            );
        }
    }
}

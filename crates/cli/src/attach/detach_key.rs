//! The keys that detach, as a person writes them: `ctrl-\ d`.

use std::fmt;
use std::str::FromStr;

/// One to four keys, typed one after the other. The first is a control key, so that it is never part of a
/// character or of what a function key sends; it doesn't come again in the sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DetachKey {
    bytes: Vec<u8>,
}

/// Most keys in a sequence.
const MOST: usize = 4;

/// Why a text names no detach keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DetachKeyError {
    /// Not one of the names.
    #[error("{0:?} is not a key; write a character, ctrl-A, tab, enter, space, or del")]
    Unknown(String),
    /// None or too many.
    #[error("give one to {MOST} keys, separated by spaces, or none")]
    Count,
    /// The first key would be part of what other keys send.
    #[error(
        "the first key must be ctrl with a letter or one of \\ ] ^ _, but not esc, enter or tab"
    )]
    First,
    /// The first key comes again.
    #[error("the first key can't come again in the sequence: typed twice it is passed on")]
    Repeated,
}

impl DetachKey {
    /// What holds unless the person says otherwise.
    pub(crate) const DEFAULT: &str = "ctrl-\\ d";

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl FromStr for DetachKey {
    type Err = DetachKeyError;

    fn from_str(text: &str) -> Result<Self, DetachKeyError> {
        if text.trim() == "none" {
            return Ok(Self { bytes: Vec::new() });
        }
        let bytes = text
            .split_whitespace()
            .map(key)
            .collect::<Result<Vec<u8>, _>>()?;
        let Some((&first, rest)) = bytes.split_first().filter(|(_, rest)| rest.len() < MOST) else {
            return Err(DetachKeyError::Count);
        };
        if first >= 0x20 || matches!(first, b'\x1b' | b'\r' | b'\n' | b'\t') {
            return Err(DetachKeyError::First);
        }
        if rest.contains(&first) {
            return Err(DetachKeyError::Repeated);
        }
        Ok(Self { bytes })
    }
}

fn key(name: &str) -> Result<u8, DetachKeyError> {
    let unknown = || DetachKeyError::Unknown(name.to_owned());
    let lower = name.to_ascii_lowercase();
    let control = ["ctrl-", "ctrl+", "c-", "^"]
        .iter()
        .find_map(|start| lower.strip_prefix(start));
    match (control.map(str::as_bytes), name.as_bytes(), lower.as_str()) {
        // ECMA-48 control characters: the key's code without its two highest bits.
        (Some([c @ (b'@'..=b'_' | b'a'..=b'z')]), _, _) => Ok(c & 0x1f),
        (_, [c @ b'!'..=b'~'], _) => Ok(*c),
        (_, _, "tab") => Ok(b'\t'),
        (_, _, "enter") => Ok(b'\r'),
        (_, _, "space") => Ok(b' '),
        (_, _, "del") => Ok(0x7f),
        _ => Err(unknown()),
    }
}

/// As the person would write it.
impl fmt::Display for DetachKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bytes.is_empty() {
            return f.write_str("none");
        }
        for (at, &byte) in self.bytes.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            match byte {
                b'\t' => f.write_str("tab")?,
                b'\r' => f.write_str("enter")?,
                b' ' => f.write_str("space")?,
                0x7f => f.write_str("del")?,
                0..0x20 => write!(f, "ctrl-{}", char::from(byte | 0x40).to_ascii_lowercase())?,
                _ => write!(f, "{}", char::from(byte))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{DetachKey, DetachKeyError};

    #[test]
    fn reads_what_people_write() {
        for (text, bytes) in [
            ("ctrl-\\ d", &b"\x1cd"[..]),
            ("Ctrl-A d", b"\x01d"),
            ("^] ^d", b"\x1d\x04"),
            ("c-a space", b"\x01 "),
            ("ctrl-p ctrl-q", b"\x10\x11"),
            ("ctrl-o D", b"\x0fD"),
            ("none", b""),
        ] {
            let key = text.parse::<DetachKey>().expect(text);
            assert_eq!(key.bytes(), bytes, "{text}");
            assert_eq!(key.to_string().parse(), Ok(key.clone()), "{key} reads back");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, error) in [
            ("", DetachKeyError::Count),
            ("ctrl-a 1 2 3 4", DetachKeyError::Count),
            ("d", DetachKeyError::First),
            ("ctrl-[ d", DetachKeyError::First),
            ("enter ~", DetachKeyError::First),
            ("ctrl-a ctrl-a", DetachKeyError::Repeated),
            ("ctrl-é", DetachKeyError::Unknown("ctrl-é".to_owned())),
            ("f1", DetachKeyError::Unknown("f1".to_owned())),
        ] {
            assert_eq!(text.parse::<DetachKey>(), Err(error), "{text:?}");
        }
    }
}

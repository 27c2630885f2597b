//! The token that every request must carry: 256 random bits, new at each start of a manager, in a file for its user alone.

use std::fmt::Write as _;
use std::io;

use mainstay_keep::{Places, write_private};
use subtle::ConstantTimeEq as _;

/// Random bytes in a token.
const BYTES: usize = 32;

/// A token in its written form: 64 hexadecimal digits. It is never logged.
#[derive(Clone)]
pub(crate) struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// If the system has no random bytes.
    pub(crate) fn new() -> io::Result<Self> {
        let mut random = [0; BYTES];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let mut text = String::with_capacity(2 * BYTES);
        for byte in random {
            write!(text, "{byte:02x}").map_err(io::Error::other)?;
        }
        Ok(Self(text))
    }

    /// Puts it where clients find it; the one before it counts no more.
    ///
    /// # Errors
    /// The system's error.
    pub(crate) fn write(&self, places: &Places) -> io::Result<()> {
        write_private(&places.api_token(), self.0.as_bytes())
    }

    /// The one that the running manager wrote.
    ///
    /// # Errors
    /// The system's error, or that the file holds something else.
    pub(crate) fn read(places: &Places) -> io::Result<Self> {
        let text = std::fs::read_to_string(places.api_token())?;
        let good = text.len() == 2 * BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if good {
            Ok(Self(text))
        } else {
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it is damaged: stop the manager and start it again",
            ))
        }
    }

    /// The value of `Authorization` that shows it.
    pub(crate) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// Whether a value of `Authorization` shows it. The time this takes says nothing of how much of it was right.
    pub(crate) fn is_shown_by(&self, header: &[u8]) -> bool {
        let shown = header.split_at_checked("Bearer ".len());
        shown.is_some_and(|(scheme, shown)| {
            scheme.eq_ignore_ascii_case(b"Bearer ") && shown.ct_eq(self.0.as_bytes()).into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_is_right() {
        let token = Token::new().expect("random bytes");
        let right = token.header();
        for (header, wanted) in [
            (right.clone(), true),
            (right.replace("Bearer", "bearer"), true),
            (String::new(), false),
            ("Bearer ".to_owned(), false),
            (right.replace("Bearer", "Basic"), false),
            (right.replace("Bearer ", ""), false),
            (format!("{right}0"), false),
            (right.chars().take(70).collect(), false),
            (Token::new().expect("another").header(), false),
        ] {
            assert_eq!(token.is_shown_by(header.as_bytes()), wanted, "{header:?}");
        }
    }

    #[test]
    fn clients_read_what_the_manager_wrote() {
        let folder = tempfile::tempdir().expect("a folder");
        let places = Places::below(folder.path());
        Token::read(&places).expect_err("no manager yet");
        let token = Token::new().expect("random bytes");
        token.write(&places).expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = std::fs::metadata(places.api_token()).expect("there");
            assert_eq!(file.permissions().mode() & 0o777, 0o600, "for nobody else");
        }
        let read = Token::read(&places).expect("read");
        assert!(token.is_shown_by(read.header().as_bytes()), "the same");
        assert!(!format!("{token:?}").contains(&token.0), "nothing logs it");
        write_private(&places.api_token(), b"").expect("emptied");
        Token::read(&places).expect_err("an empty token would be none");
    }
}

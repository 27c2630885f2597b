//! The state of a run as a checkpoint holds it.
//!
//! A line of JSON ([`Head`]) and after its line feed the model's own checkpoint.

use mainstay_protocol::RunId;
use mainstay_protocol::journal::Entry;
use mainstay_terminal::{Checkpoint, Options, RestoreError, Terminal};
use serde::{Deserialize, Serialize};

/// The version that this program writes, and the newest it understands. Unknown fields are ignored; what can't be
/// ignored gets a new version.
const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    version: u32,
    run: RunId,
    /// Journal entries that a full disk did not take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    owed: Vec<Entry>,
}

/// What a checkpoint says.
#[derive(Debug)]
pub(crate) struct Saved {
    /// The run whose model it is.
    pub run: RunId,
    pub owed: Vec<Entry>,
    pub terminal: Terminal,
}

/// The checkpoint of a run.
pub(crate) fn encode(
    run: &RunId,
    owed: &[Entry],
    terminal: &Terminal,
) -> Result<Vec<u8>, serde_json::Error> {
    let head = Head {
        version: VERSION,
        run: run.clone(),
        owed: owed.to_vec(),
    };
    let mut bytes = serde_json::to_vec(&head)?;
    bytes.push(b'\n');
    bytes.append(&mut terminal.checkpoint().to_bytes());
    Ok(bytes)
}

/// Why a checkpoint can't be used, in words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// A newer program understands it.
    #[error("it has version {found}, this program knows versions up to {known}")]
    Newer { found: u32, known: u32 },
    /// Nobody does.
    #[error("{0}")]
    Damaged(String),
}

impl From<RestoreError> for Unusable {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Version { found, known } => Self::Newer { found, known },
            damaged => Self::Damaged(damaged.to_string()),
        }
    }
}

/// Reads a checkpoint.
pub(crate) fn decode(bytes: &[u8], options: Options) -> Result<Saved, Unusable> {
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let (head, model) = end
        .and_then(|end| bytes.split_at_checked(end + 1))
        .ok_or_else(|| Unusable::Damaged("it has no head".to_owned()))?;
    let head: Head =
        serde_json::from_slice(head).map_err(|error| Unusable::Damaged(error.to_string()))?;
    if head.version > VERSION {
        return Err(Unusable::Newer {
            found: head.version,
            known: VERSION,
        });
    }
    let terminal = Terminal::restore(&Checkpoint::from_bytes(model)?, options)?;
    Ok(Saved {
        run: head.run,
        owed: head.owed,
        terminal,
    })
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::Size;

    use super::*;

    #[test]
    fn a_state_comes_back() {
        let mut terminal = Terminal::new(Size::DEFAULT, Options::default());
        terminal.feed(b"hello", &mut ());
        let run: RunId = "r1".parse().expect("an id");
        let bytes = encode(&run, &[], &terminal).expect("encoded");
        let saved = decode(&bytes, Options::default()).expect("decoded");
        assert_eq!((saved.run, saved.terminal.position()), (run, 5));
        for wrong in [&b""[..], b"\n", b"{}\n", b"{\"version\":1,\"run\":\"a\"}\n"] {
            let error = decode(wrong, Options::default()).expect_err("it is none");
            assert!(matches!(error, Unusable::Damaged(_)), "{wrong:?}: {error}");
        }
        let newer = decode(b"{\"version\":2,\"run\":\"a\"}\n", Options::default());
        assert!(matches!(newer, Err(Unusable::Newer { found: 2, known: 1 })));
    }
}

//! How far the database was, in a file beside it.
//!
//! A backup that is restored takes the database back, the mark stays: a database that is behind its mark was restored. The mark
//! is written over in place after each commit that has events and not synced: after a crash of the machine it may be behind,
//! never ahead.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::file::private;

/// How far a database was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Seen {
    /// How often it had been opened.
    pub(super) opens: u64,
    /// Its newest event.
    pub(super) newest: u64,
}

/// The file.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
    seen: Seen,
}

impl Mark {
    /// Opens or makes it. One that can't be understood says nothing.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = private(path)?;
        let mut text = Vec::new();
        Read::by_ref(&mut file).take(1024).read_to_end(&mut text)?;
        let seen = parse(&text).unwrap_or_default();
        Ok(Self { file, seen })
    }

    pub(super) fn seen(&self) -> Seen {
        self.seen
    }

    /// Writes it over. A mark that can't be written keeps nobody from anything.
    pub(super) fn write(&mut self, seen: Seen) {
        self.seen = seen;
        // Of one length, so that nothing of the old one stays behind it.
        let text = format!("{:020} {:020}\n", seen.opens, seen.newest);
        let written = self
            .file
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.file.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::debug!("the database's mark could not be written: {error}");
        }
    }
}

fn parse(text: &[u8]) -> Option<Seen> {
    let text = std::str::from_utf8(text).ok()?;
    let (opens, newest) = text.strip_suffix('\n')?.split_once(' ')?;
    Some(Seen {
        opens: opens.parse().ok()?,
        newest: newest.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_and_says_nothing_when_it_makes_no_sense() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mark");
        let seen = Seen {
            opens: 3,
            newest: u64::MAX,
        };
        let mut mark = Mark::open(&path).expect("made");
        assert_eq!(mark.seen(), Seen::default(), "nothing is known yet");
        mark.write(Seen {
            opens: 2,
            newest: 9,
        });
        mark.write(seen);
        assert_eq!(Mark::open(&path).expect("there").seen(), seen);
        for nonsense in ["", "1 2", "1 x\n", "\u{fffd}"] {
            assert_eq!(parse(nonsense.as_bytes()), None, "{nonsense:?}");
        }
    }
}

//! The first bytes of a connection, in both directions. Their form is the same in every version, for ever.

/// Newest version of the protocol that this program speaks.
pub const VERSION: u16 = 1;
/// Oldest version of the protocol that this program speaks.
pub const OLDEST: u16 = 1;

const MAGIC: [u8; 8] = *b"MAINSTAY";

/// `MAINSTAY`, newest version, oldest version, four zero bytes; numbers are little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preface {
    /// Newest version the sender speaks.
    pub newest: u16,
    /// Oldest version the sender speaks.
    pub oldest: u16,
}

/// Why two programs can't talk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrefaceError {
    /// The other side is something else.
    #[error("what answers there is not Mainstay; check which program owns the socket")]
    NotMainstay,
    /// The other side is too new.
    #[error(
        "the other side speaks protocol {oldest} and newer, this program up to {VERSION}; update Mainstay"
    )]
    TooNew {
        /// Oldest version the other side speaks.
        oldest: u16,
    },
    /// The other side is too old.
    #[error(
        "the other side speaks protocol up to {newest}, this program {OLDEST} and newer; end that session and start it again"
    )]
    TooOld {
        /// Newest version the other side speaks.
        newest: u16,
    },
}

impl Preface {
    /// Length in bytes.
    pub const LEN: usize = 16;

    /// What this program says of itself.
    pub const OURS: Self = Self {
        newest: VERSION,
        oldest: OLDEST,
    };

    /// The bytes to send.
    #[must_use]
    pub fn encode(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let (magic, rest) = bytes.split_at_mut(8);
        magic.copy_from_slice(&MAGIC);
        let (newest, rest) = rest.split_at_mut(2);
        newest.copy_from_slice(&self.newest.to_le_bytes());
        let (oldest, _) = rest.split_at_mut(2);
        oldest.copy_from_slice(&self.oldest.to_le_bytes());
        bytes
    }

    /// Reads what the other side sent.
    ///
    /// # Errors
    /// [`PrefaceError::NotMainstay`] if it does not begin with the magic.
    pub fn decode(bytes: &[u8; Self::LEN]) -> Result<Self, PrefaceError> {
        let [m @ .., n0, n1, o0, o1, _, _, _, _] = *bytes;
        if m != MAGIC {
            return Err(PrefaceError::NotMainstay);
        }
        Ok(Self {
            newest: u16::from_le_bytes([n0, n1]),
            oldest: u16::from_le_bytes([o0, o1]),
        })
    }

    /// The version both sides go on with: the newest that both speak.
    ///
    /// # Errors
    /// [`PrefaceError::TooNew`] or [`PrefaceError::TooOld`] if there is none.
    pub fn settle(self, theirs: Self) -> Result<u16, PrefaceError> {
        if theirs.oldest > self.newest {
            return Err(PrefaceError::TooNew {
                oldest: theirs.oldest,
            });
        }
        if theirs.newest < self.oldest {
            return Err(PrefaceError::TooOld {
                newest: theirs.newest,
            });
        }
        Ok(self.newest.min(theirs.newest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let preface = Preface {
            newest: 513,
            oldest: 2,
        };
        assert_eq!(
            Preface::decode(&preface.encode()),
            Ok(preface),
            "both numbers survive"
        );
        assert_eq!(
            Preface::decode(b"SSH-2.0-OpenSSH_"),
            Err(PrefaceError::NotMainstay),
            "ssh is not us"
        );
    }

    #[test]
    fn settles_on_the_newest_common_version() {
        let speaks = |newest, oldest| Preface { newest, oldest };
        assert_eq!(
            speaks(3, 1).settle(speaks(5, 2)),
            Ok(3),
            "the older program decides"
        );
        assert_eq!(
            speaks(3, 1).settle(speaks(9, 4)),
            Err(PrefaceError::TooNew { oldest: 4 }),
            "no common version upwards"
        );
        assert_eq!(
            speaks(3, 2).settle(speaks(1, 1)),
            Err(PrefaceError::TooOld { newest: 1 }),
            "no common version downwards"
        );
    }
}

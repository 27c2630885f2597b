//! Which roles join which, in the form that answers quickly.
#![expect(
    clippy::indexing_slicing,
    reason = "roles have four bits; in constants the compiler checks"
)]

use super::{KIND, Kind, Props};

const KINDS: usize = KIND as usize + 1;

/// What would go into the cell of what was printed last: a bit for each [`Kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Joining(u16);

impl Joining {
    /// Whatever comes, there is nothing to join.
    pub(crate) const NONE: Self = Self(0);

    /// What joins ASCII.
    pub(crate) const AFTER_PLAIN: Self = Self(joints()[Kind::Other as usize]);

    /// What joins a character or cluster.
    #[inline]
    pub(crate) fn after(previous: Props) -> Self {
        Self(JOINTS[usize::from(previous.0 & KIND)])
    }

    /// Whether this is among it.
    #[inline]
    pub(crate) const fn takes(self, next: Props) -> bool {
        self.0 >> (next.0 & KIND) & 1 == 1
    }
}

/// For each role, which ones join it.
static JOINTS: [u16; KINDS] = joints();

const fn joints() -> [u16; KINDS] {
    let mut joints = [0; KINDS];
    let mut before = 0;
    while before <= KIND {
        let mut after = 0;
        while after <= KIND {
            if is_joint(Kind::from_bits(before), Kind::from_bits(after)) {
                joints[before as usize] |= 1 << after;
            }
            after += 1;
        }
        before += 1;
    }
    joints
}

const fn is_joint(before: Kind, after: Kind) -> bool {
    use Kind::{
        Extend, HangulL, HangulLv, HangulLvt, HangulT, HangulV, Joiner, Pictograph, Prepend,
        RegionalIndicator, SpacingMark,
    };
    matches!(
        (before, after),
        (_, Extend | Joiner | SpacingMark)
            | (Prepend, _)
            | (HangulL, HangulL | HangulV | HangulLv | HangulLvt)
            | (HangulLv | HangulV, HangulV | HangulT)
            | (HangulLvt | HangulT, HangulT)
            | (Joiner, Pictograph)
            | (RegionalIndicator, RegionalIndicator)
    )
}

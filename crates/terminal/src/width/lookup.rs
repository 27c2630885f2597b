//! The table in the form that answers quickly: two stages, built from the ranges at compile time.
#![expect(
    clippy::indexing_slicing,
    reason = "code points are below 0x110000, so all indices are in range; in constants the compiler checks"
)]
#![expect(
    clippy::cast_possible_truncation,
    reason = "code points fit 32 bits, and that block numbers fit 8 is asserted"
)]

use super::table::{HANGUL_SYLLABLES, RANGES};
use super::{KIND, Kind, WIDE};

/// Code points per block.
const BLOCK: usize = 256;
const BLOCKS: usize = 0x11_0000 / BLOCK;

/// For each block of code points, which block of `VALUES` describes it.
static INDEX: [u8; BLOCKS] = STAGES.index;
/// Blocks of values, each that occurs several times whole (all plain, all wide …) only once.
static VALUES: [[u8; BLOCK]; DISTINCT] = STAGES.values;

/// The table's byte for a character: see [`super::Props`].
#[inline]
pub(super) fn get(c: char) -> u8 {
    let c = c as usize;
    VALUES[INDEX[c / BLOCK] as usize][c % BLOCK]
}

struct Stages<const N: usize> {
    index: [u8; BLOCKS],
    values: [[u8; BLOCK]; N],
    used: usize,
}

const STAGES: Stages<DISTINCT> = build();
/// Built once with room to spare to learn how much is needed.
const DISTINCT: usize = build::<{ u8::MAX as usize + 1 }>().used;

const fn build<const N: usize>() -> Stages<N> {
    let mut stages = Stages {
        index: [0; BLOCKS],
        values: [[0; BLOCK]; N],
        used: 1,
    };
    // The block that is uniformly of each value, if there is one; block 0 is all plain.
    let mut uniform = [0u8; 32];
    let mut range = 0;
    let mut block = 0;
    while block < BLOCKS {
        let start = (block * BLOCK) as u32;
        let end = start + BLOCK as u32 - 1;
        while range < RANGES.len() && RANGES[range].1 < start {
            range += 1;
        }
        if range < RANGES.len() && RANGES[range].0 <= end {
            let (first, last, bits) = RANGES[range];
            let whole = first <= start && end <= last && bits & KIND != HANGUL_SYLLABLES;
            if whole && uniform[bits as usize] != 0 {
                stages.index[block] = uniform[bits as usize];
            } else {
                fill(&mut stages.values[stages.used], start, range);
                assert!(
                    stages.used <= u8::MAX as usize,
                    "more distinct blocks than the index can name"
                );
                stages.index[block] = stages.used as u8;
                if whole {
                    uniform[bits as usize] = stages.used as u8;
                }
                stages.used += 1;
            }
        }
        block += 1;
    }
    stages
}

/// Writes the values of the code points from `start` on, given the first range that reaches them.
const fn fill(values: &mut [u8; BLOCK], start: u32, mut range: usize) {
    let mut i = 0;
    while i < BLOCK {
        let c = start + i as u32;
        while range < RANGES.len() && RANGES[range].1 < c {
            range += 1;
        }
        if range == RANGES.len() {
            return;
        }
        let (first, _, bits) = RANGES[range];
        if first <= c {
            values[i] = match bits & KIND {
                HANGUL_SYLLABLES if (c - first).is_multiple_of(28) => WIDE | Kind::HangulLv as u8,
                HANGUL_SYLLABLES => WIDE | Kind::HangulLvt as u8,
                _ => bits,
            };
        }
        i += 1;
    }
}

//! Tab stops.

/// For as many columns as `Size::MAX` has.
const WORDS: usize = 1000_usize.div_ceil(64);

/// The columns with a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tabs([u64; WORDS]);

impl Tabs {
    /// Every eighth column.
    pub(crate) const DEFAULT: Self = Self([0x0101_0101_0101_0101; WORDS]);

    pub(crate) fn has(&self, x: usize) -> bool {
        self.0
            .get(x / 64)
            .is_some_and(|word| word >> (x % 64) & 1 == 1)
    }

    pub(crate) fn set(&mut self, x: usize, on: bool) {
        if let Some(word) = self.0.get_mut(x / 64) {
            let bit = 1 << (x % 64);
            *word = if on { *word | bit } else { *word & !bit };
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0 = [0; WORDS];
    }

    /// The first stop after `x`, or the last column.
    pub(crate) fn after(&self, x: usize, cols: usize) -> usize {
        (x + 1..cols).find(|&x| self.has(x)).unwrap_or(cols - 1)
    }

    /// The last stop before `x`, or the first column.
    pub(crate) fn before(&self, x: usize) -> usize {
        (0..x).rev().find(|&x| self.has(x)).unwrap_or(0)
    }

    /// The stops within so many columns.
    pub(crate) fn within(&self, cols: usize) -> impl Iterator<Item = usize> {
        (0..cols).filter(|&x| self.has(x))
    }

    /// Columns from here on are new: they have the default stops.
    pub(crate) fn renew_from(&mut self, cols: usize) {
        for x in cols..WORDS * 64 {
            self.set(x, x % 8 == 0);
        }
    }
}

//! Sizes of terminals.

use serde::{Deserialize, Serialize};

/// The size of a terminal in cells; every value is within [`Size::MIN`] and [`Size::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Wish", into = "Wish")]
pub struct Size {
    cols: u16,
    rows: u16,
}

#[derive(Serialize, Deserialize)]
struct Wish {
    cols: u16,
    rows: u16,
}

impl Size {
    /// Smallest size: below it programs misbehave and a wide character has no place.
    pub const MIN: Self = Self { cols: 2, rows: 1 };
    /// Largest size: bounds what one screen may cost.
    pub const MAX: Self = Self {
        cols: 1000,
        rows: 1000,
    };
    /// What a terminal has when nobody says otherwise (P4).
    pub const DEFAULT: Self = Self { cols: 80, rows: 24 };

    /// The nearest size that is allowed; 0 by 0, which programs without a terminal report, is the default.
    #[must_use]
    pub fn clamped(cols: u16, rows: u16) -> Self {
        if cols == 0 || rows == 0 {
            return Self::DEFAULT;
        }
        Self {
            cols: cols.clamp(Self::MIN.cols, Self::MAX.cols),
            rows: rows.clamp(Self::MIN.rows, Self::MAX.rows),
        }
    }

    /// Width in cells.
    #[must_use]
    pub fn cols(self) -> u16 {
        self.cols
    }

    /// Height in cells.
    #[must_use]
    pub fn rows(self) -> u16 {
        self.rows
    }
}

impl Default for Size {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl From<Wish> for Size {
    fn from(wish: Wish) -> Self {
        Self::clamped(wish.cols, wish.rows)
    }
}

impl From<Size> for Wish {
    fn from(size: Size) -> Self {
        Self {
            cols: size.cols,
            rows: size.rows,
        }
    }
}

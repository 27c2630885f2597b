//! How many columns a character takes and which characters share one cell.
//!
//! The model and every viewer must count alike, or the cursor of one stands where the other's does not. This
//! is the one table: the model looks characters up in it, and the window generates the table of its own
//! terminal from [`ranges`]. The rules are those of xterm.js's `@xterm/addon-unicode-graphemes`, a
//! subset of [UAX #29](https://www.unicode.org/reports/tr29/) (GB6 to GB9b, GB11, GB12), over the
//! newest Unicode data; `table.rs` is generated, `tests/width_table.rs` says how.
//!
//! Ambiguous characters are narrow. Nothing has width 0: what joins takes no column of its own, and what
//! could join but follows nothing takes one, so that it can be seen.

mod joining;
mod lookup;
mod table;

pub(crate) use joining::Joining;

/// The role a character plays in joining: its `Grapheme_Cluster_Break`, or `Extended_Pictographic`.
///
/// The numbers are those of the addon's own data, so that a table of one reads like the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Joins nothing by itself; also every control character.
    Other = 0,
    /// Takes what follows into its cell (Arabic number signs).
    Prepend = 1,
    /// Joins what precedes it: combining marks, variation selectors, emoji modifiers.
    Extend = 2,
    /// Two of them are a flag.
    RegionalIndicator = 3,
    /// A vowel sign that joins what precedes it.
    SpacingMark = 4,
    /// A leading Hangul consonant.
    HangulL = 5,
    /// A Hangul vowel.
    HangulV = 6,
    /// A trailing Hangul consonant.
    HangulT = 7,
    /// A Hangul syllable without a trailing consonant.
    HangulLv = 8,
    /// A Hangul syllable with a trailing consonant.
    HangulLvt = 9,
    /// The zero width joiner: joins what precedes it, and a pictograph that follows.
    Joiner = 10,
    /// A pictograph: what the zero width joiner joins.
    Pictograph = 11,
}

impl Kind {
    const fn from_bits(bits: u8) -> Self {
        match bits {
            1 => Self::Prepend,
            2 => Self::Extend,
            3 => Self::RegionalIndicator,
            4 => Self::SpacingMark,
            5 => Self::HangulL,
            6 => Self::HangulV,
            7 => Self::HangulT,
            8 => Self::HangulLv,
            9 => Self::HangulLvt,
            10 => Self::Joiner,
            11 => Self::Pictograph,
            _ => Self::Other,
        }
    }
}

/// What the table says of a character, or of a cluster of them: one byte, [`Kind`] and width.
///
/// Of a cluster, the kind is that of its last character and the width that of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Props(u8);

const KIND: u8 = 0x0F;
const WIDE: u8 = 0x10;

impl Props {
    /// One column, joins nothing: what all printable ASCII is.
    pub(crate) const PLAIN: Self = Self(0);

    /// Columns taken: 1 or 2.
    pub(crate) const fn width(self) -> u8 {
        if self.0 & WIDE == 0 { 1 } else { 2 }
    }

    /// The role in joining.
    pub(crate) const fn kind(self) -> Kind {
        Kind::from_bits(self.0 & KIND)
    }
}

/// The cluster that two characters, or a cluster and a character, make together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Joined {
    /// Columns of the whole: 1 or 2, never fewer than before.
    pub(crate) width: u8,
    /// The whole, as the `previous` of the next character.
    pub(crate) props: Props,
}

/// Width and role of one character.
#[inline]
pub(crate) fn properties(c: char) -> Props {
    // Everything below U+00A9 is plain; program output is mostly that.
    if (c as u32) < 0xA9 {
        Props::PLAIN
    } else {
        Props(lookup::get(c))
    }
}

/// Whether `next` goes into the cell of what was printed directly before it, and what comes of it.
///
/// `previous` are the [`Props`] of the character before, or [`Joined::props`] when that joined its own
/// predecessor. Nothing joins across a control character or an escape sequence: there is no `previous` then.
#[inline]
pub(crate) fn joins(previous: Props, next: Props) -> Option<Joined> {
    // Most characters join nothing, and only after the few that prepend anything joins.
    if next.0 & KIND == 0 && previous.0 & KIND != Kind::Prepend as u8 {
        return None;
    }
    join(previous, next)
}

fn join(previous: Props, next: Props) -> Option<Joined> {
    if !Joining::after(previous).takes(next) {
        return None;
    }
    let after = next.kind();
    let props = if after == Kind::RegionalIndicator {
        // A pair is complete: a third indicator begins the next one. The addon takes a lone one that a
        // prepended mark took in for a pair too.
        Props(WIDE | Kind::Other as u8)
    } else {
        Props(after as u8 | (previous.0 | next.0) & WIDE)
    };
    Some(Joined {
        width: props.width(),
        props,
    })
}

/// The clusters of a text without control characters, each with the columns it takes.
pub fn clusters(text: &str) -> impl Iterator<Item = (&str, u8)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices();
        let (_, first) = chars.next()?;
        let mut whole = properties(first);
        let mut end = rest.len();
        for (at, c) in chars {
            match joins(whole, properties(c)) {
                Some(joined) => whole = joined.props,
                None => {
                    end = at;
                    break;
                }
            }
        }
        let (cluster, after) = rest.split_at(end);
        rest = after;
        Some((cluster, whole.width()))
    })
}

/// Neighbouring code points that share width and role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first code point.
    pub first: u32,
    /// The last code point; part of the range.
    pub last: u32,
    /// Columns taken: 1 or 2.
    pub width: u8,
    /// The role in joining.
    pub kind: Kind,
}

/// The table, in ascending order; code points in no range are one column wide and [`Kind::Other`].
pub fn ranges() -> impl Iterator<Item = Range> {
    table::RANGES.iter().flat_map(|&(first, last, bits)| {
        let syllables = bits & KIND == table::HANGUL_SYLLABLES;
        // A block of syllables is one entry in the table: each 28th has no trailing consonant.
        let step = if syllables { 28 } else { u32::MAX };
        let mut next = Some(first);
        std::iter::from_fn(move || {
            let start = next.filter(|&start| start <= last)?;
            let (end, bits) = match (start - first) % step {
                _ if !syllables => (last, bits),
                0 => (start, WIDE | Kind::HangulLv as u8),
                _ => ((start + step - 2).min(last), WIDE | Kind::HangulLvt as u8),
            };
            next = end.checked_add(1);
            let props = Props(bits);
            Some(Range {
                first: start,
                last: end,
                width: props.width(),
                kind: props.kind(),
            })
        })
    })
}

#[cfg(test)]
mod tests;

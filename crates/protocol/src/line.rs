//! Lines of history and the styles of their text.
//!
//! A *logical line* is what the program printed between two line breaks, however many rows it took on the
//! screen. Every part that stores, sends or shows history speaks of lines in this form.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A colour as the program named it; what an index or the default looks like is the viewer's theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Color {
    /// The theme's own foreground or background.
    #[default]
    Default,
    /// One of the 256 indexed colours.
    Indexed(u8),
    /// A direct colour: red, green, blue.
    Rgb(u8, u8, u8),
}

/// The kind of line drawn below a character (`SGR 4:n`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Underline {
    /// No line (`4:0`).
    #[default]
    None,
    /// One straight line (`4:1`).
    Single,
    /// Two straight lines (`4:2`, also `21`).
    Double,
    /// A wavy line (`4:3`).
    Curly,
    /// A dotted line (`4:4`).
    Dotted,
    /// A dashed line (`4:5`).
    Dashed,
}

bitflags::bitflags! {
    /// What a character looks like besides its colours and its underline.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct Attrs: u16 {
        /// `SGR 1`.
        const BOLD = 1;
        /// `SGR 2`.
        const DIM = 1 << 1;
        /// `SGR 3`.
        const ITALIC = 1 << 2;
        /// `SGR 5` and `6`.
        const BLINK = 1 << 3;
        /// `SGR 7`.
        const INVERSE = 1 << 4;
        /// `SGR 8`.
        const HIDDEN = 1 << 5;
        /// `SGR 9`.
        const STRIKE = 1 << 6;
        /// `SGR 53`.
        const OVERLINE = 1 << 7;
        /// Protected from selective erase (`DECSCA 1`).
        const PROTECTED = 1 << 8;
    }
}

/// How a stretch of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// Colour of the text.
    pub fg: Color,
    /// Colour behind the text.
    pub bg: Color,
    /// Colour of the underline; the default is the text's colour.
    pub underline_color: Color,
    /// Kind of underline.
    pub underline: Underline,
    /// Everything else.
    pub attrs: Attrs,
}

/// A style that holds from a byte of a line's text to the next run, or to the line's end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct StyleRun {
    /// First byte of the text that has this style; always on a character border.
    pub start: u32,
    /// The style.
    #[serde(default)]
    pub style: Style,
    /// The target of the link the text belongs to (`OSC 8`), cleaned and at most 2,083 bytes long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Arc<str>>,
}

/// One logical line of history.
///
/// `text` never holds a control character. Cells that were never written are spaces where text follows
/// them and left out at the end of the line. Text before the first run has the default style and no link; `runs` is ordered by
/// `start`, has no two runs with the same start and no run at or past the end of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Line {
    /// The characters, grapheme clusters whole, wide characters once.
    pub text: String,
    /// The styles of `text`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<StyleRun>,
    /// The program went on without a line break: the line was cut because it was longer than
    /// [`Line::MAX_TEXT`]; the next line continues it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

impl Line {
    /// Longest text of one line, in bytes; a longer line is cut into several, see [`Line::cut`].
    pub const MAX_TEXT: usize = 64 * 1024;

    /// Empties the line and keeps its buffers, so that one line can carry many.
    pub fn clear(&mut self) {
        self.text.clear();
        self.runs.clear();
        self.cut = false;
    }
}

//! What a model is told when it is made.

/// A direct colour: red, green, blue.
pub type Rgb = (u8, u8, u8);

/// How a [`crate::Terminal`] is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Rows above the screen that are kept in memory, so that a growing window pulls them back and a
    /// wrapped line is committed whole.
    pub tail_rows: usize,
    /// Number of the first line: a resumed session goes on where the last run ended.
    pub first_line: u64,
    /// Name of the machine, to know which folders (`OSC 7`) are on it; empty: all of them.
    pub hostname: String,
    /// The colours that queries are answered with until the program sets its own.
    pub theme: Theme,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tail_rows: 256,
            first_line: 0,
            hostname: String::new(),
            theme: Theme::default(),
        }
    }
}

/// The colours of the viewer, as far as programs can ask for them (`OSC 4`, `10`, `11`, `12`).
///
/// The 240 colours after the first sixteen are the cube and the greys of xterm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Colour of text.
    pub foreground: Rgb,
    /// Colour behind text.
    pub background: Rgb,
    /// Colour of the cursor.
    pub cursor: Rgb,
    /// The first sixteen indexed colours.
    pub ansi: [Rgb; 16],
}

impl Default for Theme {
    /// A dark theme.
    fn default() -> Self {
        Self {
            foreground: (0xd8, 0xda, 0xde),
            background: (0x16, 0x18, 0x1c),
            cursor: (0xd8, 0xda, 0xde),
            ansi: [
                (0x00, 0x00, 0x00),
                (0xcd, 0x31, 0x31),
                (0x0d, 0xbc, 0x79),
                (0xe5, 0xe5, 0x10),
                (0x24, 0x72, 0xc8),
                (0xbc, 0x3f, 0xbc),
                (0x11, 0xa8, 0xcd),
                (0xe5, 0xe5, 0xe5),
                (0x66, 0x66, 0x66),
                (0xf1, 0x4c, 0x4c),
                (0x23, 0xd1, 0x8b),
                (0xf5, 0xf5, 0x43),
                (0x3b, 0x8e, 0xea),
                (0xd6, 0x70, 0xd6),
                (0x29, 0xb8, 0xdb),
                (0xff, 0xff, 0xff),
            ],
        }
    }
}

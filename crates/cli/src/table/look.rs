//! How texts for people look.

/// How a text looks where colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As the terminal has it.
    Plain,
    /// Headings and names.
    Dim,
    /// It goes on well.
    Green,
    /// It needs a look.
    Yellow,
    /// It failed.
    Red,
    /// It is on its way.
    Cyan,
}

impl Style {
    /// The SGR parameter.
    fn code(self) -> Option<u8> {
        match self {
            Self::Plain => None,
            Self::Dim => Some(2),
            Self::Red => Some(31),
            Self::Green => Some(32),
            Self::Yellow => Some(33),
            Self::Cyan => Some(36),
        }
    }
}

/// What the place can show that a text is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Look {
    /// Cells of a line; nothing where it is no terminal, and then nothing is cut.
    pub(crate) width: Option<usize>,
    /// Colours are used.
    pub(crate) colour: bool,
    /// Symbols beside letters are used.
    pub(crate) symbols: bool,
}

impl Look {
    /// The text in its style.
    pub(crate) fn styled(self, text: &str, style: Style) -> String {
        match style.code() {
            Some(code) if self.colour && !text.is_empty() => format!("\x1b[{code}m{text}\x1b[0m"),
            _ => text.to_owned(),
        }
    }
}

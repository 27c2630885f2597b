//! The modes that programs set and reset.

/// Which mouse events the program wants; one at a time, as in xterm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mouse {
    #[default]
    None,
    /// Presses only (`DECSET 9`).
    X10,
    /// Presses and releases (1000).
    Buttons,
    /// Also motion while a button is down (1002).
    Drag,
    /// All motion (1003).
    Any,
}

impl Mouse {
    /// The number of the mode.
    pub(crate) fn mode(self) -> Option<usize> {
        match self {
            Self::None => None,
            Self::X10 => Some(9),
            Self::Buttons => Some(1000),
            Self::Drag => Some(1002),
            Self::Any => Some(1003),
        }
    }
}

/// How mouse events are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    #[default]
    Bytes,
    /// `DECSET 1006`.
    Sgr,
    /// `DECSET 1016`.
    Pixels,
}

impl Encoding {
    /// The number of the mode.
    pub(crate) fn mode(self) -> Option<usize> {
        match self {
            Self::Bytes => None,
            Self::Sgr => Some(1006),
            Self::Pixels => Some(1016),
        }
    }
}

/// All modes. Those with a plain number are reached by [`Modes::private`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Modes {
    /// `IRM`.
    pub(crate) insert: bool,
    /// `LNM`.
    pub(crate) newline: bool,
    pub(crate) application_cursor: bool,
    pub(crate) reverse_video: bool,
    pub(crate) origin: bool,
    pub(crate) wrap: bool,
    pub(crate) blink: bool,
    pub(crate) visible: bool,
    pub(crate) reverse_wrap: bool,
    pub(crate) application_keypad: bool,
    pub(crate) focus: bool,
    pub(crate) alternate_scroll: bool,
    pub(crate) paste: bool,
    pub(crate) synchronized: bool,
    pub(crate) mouse: Mouse,
    pub(crate) encoding: Encoding,
    /// Parameter of `DECSCUSR`, 0 to 6.
    pub(crate) cursor_style: u8,
}

impl Default for Modes {
    fn default() -> Self {
        Self {
            insert: false,
            newline: false,
            application_cursor: false,
            reverse_video: false,
            origin: false,
            wrap: true,
            blink: false,
            visible: true,
            reverse_wrap: false,
            application_keypad: false,
            focus: false,
            alternate_scroll: false,
            paste: false,
            synchronized: false,
            mouse: Mouse::None,
            encoding: Encoding::Bytes,
            cursor_style: 0,
        }
    }
}

/// The private modes that are a plain switch and move no cursor, by number.
pub(crate) const SWITCHES: [u32; 11] = [1, 5, 7, 12, 25, 45, 66, 1004, 1007, 2004, 2026];

impl Modes {
    /// The switch with this number.
    pub(crate) fn private(&mut self, number: u32) -> Option<&mut bool> {
        Some(match number {
            1 => &mut self.application_cursor,
            5 => &mut self.reverse_video,
            7 => &mut self.wrap,
            12 => &mut self.blink,
            25 => &mut self.visible,
            45 => &mut self.reverse_wrap,
            66 => &mut self.application_keypad,
            1004 => &mut self.focus,
            1007 => &mut self.alternate_scroll,
            2004 => &mut self.paste,
            2026 => &mut self.synchronized,
            _ => return None,
        })
    }

    /// What a soft reset (`DECSTR`) leaves.
    pub(crate) fn soft_reset(self) -> Self {
        Self {
            newline: self.newline,
            blink: self.blink,
            reverse_video: self.reverse_video,
            mouse: self.mouse,
            encoding: self.encoding,
            alternate_scroll: self.alternate_scroll,
            ..Self::default()
        }
    }
}

//! What is true of a session right now: the latest value counts, the way there doesn't.

use serde::{Deserialize, Serialize};

use crate::size::Size;
use crate::time::Timestamp;

/// What the program's output says about itself and the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Screen {
    /// Window title (`OSC 0`, `2`), cleaned, at most 256 characters.
    pub title: String,
    /// Current folder (`OSC 7`), an absolute path on the machine the program runs on, cleaned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// Progress (`OSC 9;4`).
    pub progress: Progress,
    /// The alternate screen is shown: a full-screen program runs.
    pub alternate: bool,
    /// The program wants pastes marked (`DECSET 2004`).
    pub bracketed_paste: bool,
    /// The program wants mouse events.
    pub mouse: bool,
    /// The program wants to know when the terminal gains and loses the focus (`DECSET 1004`).
    pub focus_events: bool,
    /// The cursor is shown.
    pub cursor_visible: bool,
    /// Cursor position from the top left corner: column, row, from 0.
    pub cursor: (u16, u16),
}

/// How far along a program says it is (`OSC 9;4`,
/// <https://learn.microsoft.com/en-us/windows/terminal/tutorials/progress-bar-sequences>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(tag = "kind", content = "percent", rename_all = "snake_case")]
pub enum Progress {
    /// Nothing to show.
    #[default]
    None,
    /// So many percent, 0 to 100.
    Percent(u8),
    /// Failed at so many percent.
    Error(u8),
    /// Busy, nobody knows how long.
    Indeterminate,
    /// Paused at so many percent.
    Paused(u8),
}

/// What is true of a run right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunState {
    /// Process id of the program; nothing before it runs and after it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The run is ready (L2).
    pub ready: bool,
    /// The process tree is stopped.
    pub paused: bool,
    /// A stop was asked for and is under way.
    pub stopping: bool,
    /// The run ended.
    pub ended: bool,
    /// Size of the terminal.
    pub size: Size,
    /// Number of viewers attached.
    pub viewers: u32,
    /// When the host started.
    pub started: Timestamp,
    /// Last input or output.
    pub last_active: Timestamp,
    /// Bytes of output so far.
    pub position: u64,
    /// Number of the first line that views begin at: what is before was cleared or is gone.
    pub first_line: u64,
    /// Number of the line at the top of the screen.
    pub top_line: u64,
    /// The folder the session is in: where the program is, or what it said last (`OSC 7`). Nothing from hosts that do not
    /// look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// What the screen says.
    pub screen: Screen,
}

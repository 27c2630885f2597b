//! Where everything goes that the model makes of its input.

use mainstay_protocol::journal::{AgentReport, Mark, Notification};
use mainstay_protocol::line::Line;
use mainstay_protocol::state::Progress;

/// What a program's output means beyond the screen. All texts are cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The title of the window changed (`OSC 0`, `2`, or a title taken from the stack).
    Title(String),
    /// The current folder changed (`OSC 7`, `OSC 9;9`).
    Cwd(String),
    /// How far along the program says it is (`OSC 9;4`).
    Progress(Progress),
    /// The program rang the bell.
    Bell,
    /// The program asks for attention (`OSC 9`, `99`, `777`).
    Notification(Notification),
    /// A border between prompt, command and output (`OSC 133`).
    Mark(Mark),
    /// What an agent says of itself (`OSC 7501`).
    Agent(AgentReport),
    /// The program wants a text in the clipboard (`OSC 52`); reading it is never possible.
    Clipboard {
        /// Which selections it names: some of `c`, `p`, `q`, `s`, `0` to `7`; `c` if it names none.
        selection: String,
        /// The text, at most [`crate::limits::CLIPBOARD`] bytes; invalid UTF-8 is replaced. Not cleaned
        /// of control characters, for it is no text to look at; empty clears the selection.
        text: String,
    },
}

/// Receives what the model makes of its input, in the order of the input.
///
/// Every method does nothing unless it is implemented.
pub trait Sink {
    /// A line left the tail for good. Every number comes once, in ascending order, without gaps.
    fn line(&mut self, number: u64, line: &Line) {
        let _ = (number, line);
    }

    /// `CSI 3 J`: the program cleared the scrollback; views begin at this line.
    fn cleared(&mut self, line: u64) {
        let _ = line;
    }

    /// The answer to a query, to be typed into the program.
    fn reply(&mut self, bytes: &[u8]) {
        let _ = bytes;
    }

    /// Something that matters beyond the screen; `at` is the position just after the byte that completed
    /// its sequence. Of a string that ends with `ESC \` that is the `ESC`, which ends it whatever follows.
    fn event(&mut self, at: u64, event: Event) {
        let _ = at;
        drop(event);
    }

    /// Whether [`Sink::view`] is to be called; asked once per feed.
    fn wants_view(&self) -> bool {
        false
    }

    /// Output made safe for viewers: whole sequences and whole characters only, made anew from what the
    /// model understood. On a terminal that had [`crate::Terminal::snapshot`] or all of the view so far
    /// it has the effect that the input had on the model.
    fn view(&mut self, bytes: &[u8]) {
        let _ = bytes;
    }
}

/// Takes everything and keeps nothing.
impl Sink for () {}

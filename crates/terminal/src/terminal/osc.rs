//! Operating system commands: which are known.

use std::borrow::Cow;

use crate::encoding;
use crate::limits;
use crate::sink::{Event, Sink};
use crate::terminal::Terminal;

impl Terminal {
    pub(super) fn osc(&mut self, by_bell: bool, sink: &mut dyn Sink) {
        let bytes = std::mem::take(&mut self.parser.string);
        let text = String::from_utf8_lossy(&bytes);
        let (number, rest) = match text.split_once(';') {
            Some((number, rest)) => (number, rest),
            None => (&*text, ""),
        };
        let end = if by_bell { "\x07" } else { "\x1b\\" };
        match number {
            "0" | "2" => self.set_title(rest, sink),
            "4" => self.indexed_colors(rest, end, sink),
            "7" => self.set_folder_by_url(rest, sink),
            "8" => self.set_link(rest),
            "9" => self.notify_or_progress(rest, sink),
            "10" => self.special_colors(0, rest, end, sink),
            "11" => self.special_colors(1, rest, end, sink),
            "12" => self.special_colors(2, rest, end, sink),
            "52" => self.clipboard(rest, sink),
            "99" => self.notify_in_parts(rest, sink),
            "104" => self.reset_indexed_colors(rest),
            "110" => self.reset_special_color(0),
            "111" => self.reset_special_color(1),
            "112" => self.reset_special_color(2),
            "133" => self.mark(rest, sink),
            "777" => self.notify_by_name(rest, sink),
            "7501" => self.agent_report(rest, sink),
            _ => {}
        }
        let kept = match text {
            Cow::Borrowed(_) => bytes,
            Cow::Owned(_) => Vec::new(),
        };
        if kept.capacity() <= limits::OSC {
            // The buffer is for the next one.
            self.parser.string = kept;
            self.parser.string.clear();
        }
    }

    /// `OSC 52`: writing only; a question stays without an answer.
    fn clipboard(&mut self, rest: &str, sink: &mut dyn Sink) {
        let Some((selection, data)) = rest.split_once(';') else {
            return;
        };
        if data == "?" {
            return;
        }
        let mut selection: String = selection
            .chars()
            .filter(|c| matches!(c, 'c' | 'p' | 'q' | 's' | '0'..='7'))
            .take(12)
            .collect();
        if selection.is_empty() {
            selection.push('c');
        }
        let Some(decoded) = encoding::base64(data.as_bytes()) else {
            return;
        };
        if decoded.len() > limits::CLIPBOARD {
            return;
        }
        let text = String::from_utf8_lossy(&decoded).into_owned();
        sink.event(self.position, Event::Clipboard { selection, text });
    }
}

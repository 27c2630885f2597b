//! Notifications and progress: `OSC 9` (iTerm2, ConEmu), `777` (rxvt), `99` (kitty,
//! <https://sw.kovidgoyal.net/kitty/desktop-notifications/>).

use mainstay_protocol::journal::{Notification, Urgency};
use mainstay_protocol::state::Progress;
use mainstay_protocol::text::cleaned;
use serde::{Deserialize, Serialize};

use crate::encoding;
use crate::limits;
use crate::sink::{Event, Sink};
use crate::terminal::Terminal;

/// Notifications of `OSC 99` of which only some parts have come, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notes(Vec<Notification>);

impl Notes {
    /// The notification with this name, begun now if it was not before.
    fn begun(&mut self, id: Option<String>) -> Notification {
        match self.0.iter().position(|note| note.id == id) {
            Some(index) => self.0.remove(index),
            None => Notification {
                id,
                ..Notification::default()
            },
        }
    }

    fn keep(&mut self, note: Notification) {
        if self.0.len() >= limits::PARTS {
            self.0.remove(0);
        }
        self.0.push(note);
    }
}

impl Terminal {
    /// `OSC 9`: a text, or one of ConEmu's numbers.
    pub(super) fn notify_or_progress(&mut self, rest: &str, sink: &mut dyn Sink) {
        let (number, more) = rest.split_once(';').unwrap_or((rest, ""));
        let is_number =
            (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            self.notify(
                Notification {
                    body: rest.to_owned(),
                    ..Notification::default()
                },
                sink,
            );
        } else if number == "4" {
            self.set_progress(more, sink);
        } else if number == "9" {
            self.set_folder(more.trim_matches('"'), sink);
        }
    }

    /// `OSC 9 ; 4 ; state ; percent`.
    fn set_progress(&mut self, rest: &str, sink: &mut dyn Sink) {
        let (state, percent) = rest.split_once(';').unwrap_or((rest, ""));
        let percent = percent
            .trim_end_matches(';')
            .parse::<u8>()
            .unwrap_or(0)
            .min(100);
        let progress = match state {
            "0" => Progress::None,
            "1" => Progress::Percent(percent),
            "2" => Progress::Error(percent),
            "3" => Progress::Indeterminate,
            "4" => Progress::Paused(percent),
            _ => return,
        };
        if progress != self.screen.progress {
            self.screen.progress = progress;
            sink.event(self.position, Event::Progress(progress));
        }
    }

    /// `OSC 777 ; notify ; title ; body`.
    pub(super) fn notify_by_name(&mut self, rest: &str, sink: &mut dyn Sink) {
        let mut parts = rest.splitn(3, ';');
        if parts.next() == Some("notify") {
            let title = parts.next().unwrap_or_default().to_owned();
            let body = parts.next().unwrap_or_default().to_owned();
            self.notify(
                Notification {
                    title,
                    body,
                    ..Notification::default()
                },
                sink,
            );
        }
    }

    /// `OSC 99 ; key=value:… ; text`.
    pub(super) fn notify_in_parts(&mut self, rest: &str, sink: &mut dyn Sink) {
        let Some((params, text)) = rest.split_once(';') else {
            return;
        };
        let value = |key: &str| {
            params
                .split(':')
                .find_map(|param| param.split_once('=').filter(|(k, _)| *k == key))
                .map(|(_, v)| v)
        };
        let text = if value("e") == Some("1") {
            let Some(decoded) = encoding::base64(text.as_bytes()) else {
                return;
            };
            String::from_utf8_lossy(&decoded).into_owned()
        } else {
            text.to_owned()
        };
        let id = value("i")
            .map(|id| cleaned(id, 64))
            .filter(|id| !id.is_empty());
        let mut note = self.notes.begun(id);
        match value("p").unwrap_or("title") {
            "title" => extend(&mut note.title, &text),
            "body" => extend(&mut note.body, &text),
            // Icons and buttons are not shown; questions are not answered.
            _ => {}
        }
        match value("u") {
            Some("0") => note.urgency = Urgency::Low,
            Some("2") => note.urgency = Urgency::Critical,
            _ => {}
        }
        if value("d") == Some("0") {
            self.notes.keep(note);
        } else {
            self.notify(note, sink);
        }
    }

    /// Tells a notification, cleaned; not one without any text.
    fn notify(&mut self, note: Notification, sink: &mut dyn Sink) {
        let title = cleaned(&note.title, limits::TITLE);
        let body = cleaned(&note.body, limits::BODY);
        if !title.is_empty() || !body.is_empty() {
            sink.event(
                self.position,
                Event::Notification(Notification {
                    title,
                    body,
                    ..note
                }),
            );
        }
    }
}

/// Adds a part of a text; what is shown in the end is shorter anyway.
fn extend(whole: &mut String, part: &str) {
    let room = limits::BODY.saturating_sub(whole.chars().count());
    whole.extend(part.chars().take(room));
}

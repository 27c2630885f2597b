//! What shells and agents say of themselves: the current folder (`OSC 7`), borders between prompt, command
//! and output (`OSC 133`), states of agents (`OSC 7501`).

use mainstay_protocol::journal::{AgentReport, AgentReportState, Mark, MarkKind};
use mainstay_protocol::text::cleaned;

use crate::encoding;
use crate::limits;
use crate::sink::{Event, Sink};
use crate::terminal::Terminal;

/// Longest path, as on Linux.
const PATH: usize = 4096;

impl Terminal {
    /// `OSC 7 ; file://host/path`.
    pub(super) fn set_folder_by_url(&mut self, url: &str, sink: &mut dyn Sink) {
        let Some(rest) = url.strip_prefix("file://") else {
            return;
        };
        let Some(slash) = rest.find('/') else { return };
        let (host, path) = rest.split_at(slash);
        if self.is_here(host) {
            self.set_folder(&encoding::percent(path), sink);
        }
    }

    /// Whether a URL's host is the machine the program runs on.
    fn is_here(&self, host: &str) -> bool {
        let here = &self.options.hostname;
        host.is_empty()
            || host.eq_ignore_ascii_case("localhost")
            || here.is_empty()
            || host.eq_ignore_ascii_case(here)
    }

    /// Takes an absolute path without anything that would have to be cleaned.
    pub(super) fn set_folder(&mut self, path: &str, sink: &mut dyn Sink) {
        // `/C:/folder` is how a URL says `C:/folder`.
        let drive = path.strip_prefix('/').filter(|rest| has_drive(rest));
        let path = drive.unwrap_or(path);
        let is_absolute = path.starts_with('/') || has_drive(path);
        if !is_absolute || cleaned(path, PATH) != path || self.screen.cwd.as_deref() == Some(path) {
            return;
        }
        self.screen.cwd = Some(path.to_owned());
        sink.event(self.position, Event::Cwd(path.to_owned()));
    }

    /// `OSC 133`.
    pub(super) fn mark(&mut self, rest: &str, sink: &mut dyn Sink) {
        let mut parts = rest.split(';');
        let kind = match parts.next() {
            Some("A" | "N") => MarkKind::Prompt,
            Some("B") => MarkKind::Input,
            Some("C") => MarkKind::Output {
                command: command(parts),
            },
            Some("D") => MarkKind::End {
                exit_code: parts.next().and_then(|code| code.parse().ok()),
            },
            _ => return,
        };
        let (line, column) = self.place_in_history();
        sink.event(self.position, Event::Mark(Mark { kind, line, column }));
    }

    /// `OSC 7501 ; state=… : app=… : kind=…`.
    pub(super) fn agent_report(&mut self, rest: &str, sink: &mut dyn Sink) {
        let value = |key: &str| {
            let found = rest
                .split(':')
                .find_map(|part| part.split_once('=').filter(|(k, _)| *k == key));
            found.map(|(_, value)| value)
        };
        let state = match value("state") {
            Some("idle") => AgentReportState::Idle,
            Some("working") => AgentReportState::Working,
            Some("blocked") => AgentReportState::Blocked,
            Some("done") => AgentReportState::Done,
            Some("clear") => AgentReportState::Clear,
            _ => return,
        };
        let text = |key| {
            value(key)
                .map(|text| cleaned(text, 64))
                .filter(|text| !text.is_empty())
        };
        let report = AgentReport {
            state,
            app: text("app"),
            kind: text("kind"),
        };
        sink.event(self.position, Event::Agent(report));
    }
}

/// `cmdline_url=` in percent-encoding, or `cmdline=` as the shell would quote it.
fn command<'a>(parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let parts: Vec<&str> = parts.collect();
    let value = |key: &str| {
        let mut found = parts
            .iter()
            .filter_map(|part| part.split_once('=').filter(|(k, _)| *k == key));
        found.next().map(|(_, value)| value)
    };
    let command = value("cmdline_url")
        .map(encoding::percent)
        .or_else(|| value("cmdline").map(str::to_owned))?;
    Some(cleaned(&command, limits::BODY)).filter(|command| !command.is_empty())
}

fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

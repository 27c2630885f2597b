//! Links (`OSC 8`, <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>).

use mainstay_protocol::text::cleaned;

use crate::limits;
use crate::paint;
use crate::style::{Link, Look};
use crate::terminal::Terminal;

/// Links made since the last collection that make another one worth its time.
const SOME: usize = 64;

impl Terminal {
    /// `OSC 8`: what is printed next belongs to a link, or to none.
    pub(super) fn set_link(&mut self, rest: &str) {
        let Some((params, uri)) = rest.split_once(';') else {
            return;
        };
        if uri.is_empty() && !params.trim().is_empty() {
            return;
        }
        let uri = cleaned(uri, limits::LINK);
        let id = params
            .trim()
            .split(':')
            .find_map(|param| param.strip_prefix("id="))
            .unwrap_or_default();
        let id = cleaned(id, limits::LINK_ID);
        let is_kept = !uri.is_empty() && uri.len() <= limits::LINK && rest.len() <= limits::OSC;
        let link = if is_kept {
            self.link_number(&uri, &id)
        } else {
            0
        };
        self.set_pen(Look { link, ..self.pen });
    }

    /// Tells viewers the pen's link once more: xterm.js forgets a link with the rows that it was used on.
    pub(super) fn view_link(&mut self) {
        let link = self.pen.link;
        if link != 0 {
            let links = &self.links;
            self.view.control(|out| paint::open_link(link, links, out));
        }
    }

    /// The number of a link for a [`Look`]; 0 if there is no room for it.
    fn link_number(&mut self, uri: &str, id: &str) -> u32 {
        let id = if id.len() <= limits::LINK_ID { id } else { "" };
        let link = Link {
            id: id.into(),
            uri: uri.into(),
        };
        if let Some(known) = self.links.find(&link) {
            return known + 1;
        }
        let is_full = |terminal: &Self| terminal.link_bytes + link.bytes() > limits::LINKS;
        if (self.links.is_full() || is_full(self)) && self.links_since >= SOME {
            self.collect();
        }
        if is_full(self) {
            return 0;
        }
        self.link_bytes += link.bytes();
        self.links_since += 1;
        self.links.number(link) + 1
    }
}

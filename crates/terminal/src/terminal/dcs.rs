//! Device control strings: two queries.

use crate::bytes;
use crate::paint;
use crate::sink::Sink;
use crate::style::Look;
use crate::terminal::Terminal;

/// Capabilities that are answered, with the values of terminfo's `xterm-256color`.
const CAPABILITIES: [(&str, Option<&str>); 5] = [
    ("TN", Some("xterm-256color")),
    ("Co", Some("256")),
    ("colors", Some("256")),
    ("RGB", Some("8/8/8")),
    ("bce", None),
];
/// More names than this are not answered in one go.
const NAMES: usize = 32;

impl Terminal {
    pub(super) fn dcs(&mut self, sink: &mut dyn Sink) {
        let text = std::mem::take(&mut self.parser.string);
        if self.parser.dcs == b'$' {
            self.report_setting(&text, sink);
        } else {
            report_capabilities(&text, sink);
        }
    }

    /// `DECRQSS`: built from what is set, whatever was asked.
    fn report_setting(&self, what: &[u8], sink: &mut dyn Sink) {
        let mut out = b"\x1bP1$r".to_vec();
        match what {
            b"m" => {
                let mut sgr = Vec::new();
                let look = Look {
                    attrs: self.pen.attrs & 0xFF,
                    ..self.pen.unlinked()
                };
                paint::change(&Look::default(), &look, &self.links, &mut sgr);
                // `0;` first: what is not said is off.
                out.push(b'0');
                if let Some(codes) = sgr.strip_prefix(b"\x1b[") {
                    out.push(b';');
                    out.extend_from_slice(codes);
                } else {
                    out.push(b'm');
                }
            }
            b"r" => {
                bytes::number(&mut out, self.grid().top + 1);
                out.push(b';');
                bytes::number(&mut out, self.grid().bottom + 1);
                out.push(b'r');
            }
            b" q" => {
                // The default is a steady or, by its mode, a blinking block.
                let default = if self.modes.blink { 1 } else { 2 };
                let style = if self.modes.cursor_style == 0 {
                    default
                } else {
                    self.modes.cursor_style
                };
                bytes::number(&mut out, usize::from(style));
                out.extend_from_slice(b" q");
            }
            b"\"q" => {
                let protects = self.pen.has(mainstay_protocol::Attrs::PROTECTED);
                bytes::number(&mut out, usize::from(protects));
                out.extend_from_slice(b"\"q");
            }
            b"\"p" => out.extend_from_slice(b"61;1\"p"),
            _ => out = b"\x1bP0$r".to_vec(),
        }
        out.extend_from_slice(b"\x1b\\");
        sink.reply(&out);
    }
}

/// `XTGETTCAP`: names and values in hexadecimal. A name that is unknown is not repeated.
fn report_capabilities(names: &[u8], sink: &mut dyn Sink) {
    for name in names.split(|&byte| byte == b';').take(NAMES) {
        let known = CAPABILITIES
            .iter()
            .find(|(own, _)| hex(own).as_bytes().eq_ignore_ascii_case(name));
        match known {
            Some((own, Some(value))) => {
                Terminal::reply(
                    sink,
                    format_args!("\x1bP1+r{}={}\x1b\\", hex(own), hex(value)),
                );
            }
            Some((own, None)) => Terminal::reply(sink, format_args!("\x1bP1+r{}\x1b\\", hex(own))),
            None => sink.reply(b"\x1bP0+r\x1b\\"),
        }
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}

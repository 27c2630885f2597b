//! Answers to queries.
//!
//! Everything that is answered here is built from numbers and constants, never from text that the program
//! sent: an answer is typed into whatever reads the terminal, and that may be a shell. Not answered are
//! titles, fonts, checksums of the screen, the answerback string and the clipboard.

use std::fmt::Arguments;

use crate::sink::Sink;
use crate::terminal::Terminal;

impl Terminal {
    pub(super) fn reply(sink: &mut dyn Sink, answer: Arguments<'_>) {
        sink.reply(answer.to_string().as_bytes());
    }

    /// `DA1`: a VT100 with the advanced video option, as xterm.js.
    pub(super) fn report_attributes(&self, which: u32, sink: &mut dyn Sink) {
        if which == 0 {
            sink.reply(b"\x1b[?1;2c");
        }
    }

    /// `DA2`: an xterm of the version that xterm.js claims to be.
    pub(super) fn report_secondary_attributes(&self, which: u32, sink: &mut dyn Sink) {
        if which == 0 {
            sink.reply(b"\x1b[>0;276;0c");
        }
    }

    /// `XTVERSION`.
    pub(super) fn report_version(&self, which: u32, sink: &mut dyn Sink) {
        if which == 0 {
            sink.reply(
                concat!("\x1bP>|mainstay(", env!("CARGO_PKG_VERSION"), ")\x1b\\").as_bytes(),
            );
        }
    }

    /// `DSR`: that all is well, or where the cursor is.
    pub(super) fn report_status(&self, which: u32, sink: &mut dyn Sink) {
        match which {
            5 => sink.reply(b"\x1b[0n"),
            6 => {
                let (row, column) = self.reported_position();
                Self::reply(sink, format_args!("\x1b[{row};{column}R"));
            }
            _ => {}
        }
    }

    /// `DECXCPR`.
    pub(super) fn report_private_status(&self, which: u32, sink: &mut dyn Sink) {
        if which == 6 {
            let (row, column) = self.reported_position();
            Self::reply(sink, format_args!("\x1b[?{row};{column}R"));
        }
    }

    /// Row and column from 1, with `DECOM` from the upper margin.
    fn reported_position(&self) -> (usize, usize) {
        let above = if self.modes.origin {
            self.grid().top
        } else {
            0
        };
        (
            self.y.saturating_sub(above) + 1,
            self.x.min(self.cols() - 1) + 1,
        )
    }

    /// `DECRQM` of an ANSI mode.
    pub(super) fn report_mode(&self, number: u32, sink: &mut dyn Sink) {
        let state = self.ansi_mode(number);
        Self::reply(sink, format_args!("\x1b[{number};{state}$y"));
    }

    /// `DECRQM` of a private mode.
    pub(super) fn report_private_mode(&self, number: u32, sink: &mut dyn Sink) {
        let state = self.private_mode(number);
        Self::reply(sink, format_args!("\x1b[?{number};{state}$y"));
    }

    /// `CSI 18 t`: rows and columns.
    pub(super) fn report_size(&self, sink: &mut dyn Sink) {
        Self::reply(
            sink,
            format_args!("\x1b[8;{};{}t", self.rows(), self.cols()),
        );
    }
}

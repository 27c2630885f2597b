//! Characters onto the screen: wrapping, wide characters, joining, as xterm.js does it (`print`).

use crate::bytes;
use crate::cell::Cell;
use crate::limits;
use crate::parser::utf8;
use crate::sink::Sink;
use crate::style::StyleId;
use crate::terminal::Terminal;
use crate::width::{Joined, Kind, Props, joins, properties};

impl Terminal {
    /// Printable ASCII.
    pub(super) fn print_ascii(&mut self, run: &[u8], sink: &mut dyn Sink) {
        let takes_next = self
            .join
            .is_some_and(|before| before.kind() == Kind::Prepend);
        if takes_next || self.modes.insert || !self.charsets.is_plain() {
            for &byte in run {
                self.print(char::from(byte), sink);
            }
            return;
        }
        self.come_back_onto_wide();
        self.view.text(run);
        let (style, fill) = self.pen_ids();
        let cols = self.cols();
        let mut rest = run;
        while !rest.is_empty() {
            if self.x >= cols {
                if self.modes.wrap {
                    self.wrap(sink);
                } else {
                    // All overwrite the last cell; the last one stays.
                    self.x = cols - 1;
                    rest = rest.get(rest.len() - 1..).unwrap_or_default();
                }
            }
            let (x, y) = (self.x, self.y);
            let (now, later) = rest.split_at(rest.len().min(cols - x));
            self.grid_mut().row_mut(y).write_ascii(x, now, style, fill);
            self.x += now.len();
            rest = later;
        }
        self.join = Some(Props::PLAIN);
    }

    /// Text up to the first C1 control, or to what is broken or cut off; gives the bytes that were printed.
    pub(super) fn print_text(&mut self, text: &[u8], sink: &mut dyn Sink) -> usize {
        let mut rest = text;
        loop {
            if !self.modes.insert && self.charsets.is_plain() {
                let taken = self.print_run(rest);
                rest = rest.get(taken..).unwrap_or_default();
            }
            match utf8::first(rest) {
                None | Some(('\u{80}'..='\u{9F}', _)) => return text.len() - rest.len(),
                Some((c, len)) => {
                    // It wraps, joins or needs more attention for another reason.
                    self.print(c, sink);
                    rest = rest.get(len..).unwrap_or_default();
                }
            }
        }
    }

    /// As much of a text as goes into the row without anything special; gives how many bytes that is.
    fn print_run(&mut self, text: &[u8]) -> usize {
        let ids = self.pen_ids();
        let (x, y, before) = (self.x, self.y, self.join);
        if x >= self.cols() {
            return 0;
        }
        let written = self.grid_mut().row_mut(y).write_text(x, text, ids, before);
        if written.bytes > 0 {
            self.x += written.columns;
            self.join = written.last;
            self.view
                .text(text.get(..written.bytes).unwrap_or_default());
        }
        written.bytes
    }

    /// One character as it came.
    pub(super) fn print(&mut self, c: char, sink: &mut dyn Sink) {
        let mut utf8 = [0; 4];
        if self.charsets.is_plain() || !(c.is_ascii() || self.charsets.single.is_some()) {
            if self.place(c, sink) && self.view.is_on() {
                self.view.text(c.encode_utf8(&mut utf8).as_bytes());
            }
            return;
        }
        let shown = self.charsets.next().translated(c);
        let single = self.charsets.single.take();
        if !self.place(shown, sink) {
            // The shift is for a character that is shown.
            self.charsets.single = single;
            return;
        }
        let utf8 = c.encode_utf8(&mut utf8).as_bytes();
        let Some(single) = single else {
            self.view.text(utf8);
            return;
        };
        // xterm.js knows no single shifts; a locking one for the time of one character is the same.
        let shift = self.charsets.shift_sequence();
        self.view.control(|out| {
            out.extend_from_slice(if single == 2 { b"\x1bn" } else { b"\x1bo" });
            out.extend_from_slice(utf8);
            out.extend_from_slice(shift);
        });
        self.join = None;
    }

    /// Puts a character onto the screen; gives false if viewers must not get it.
    fn place(&mut self, c: char, sink: &mut dyn Sink) -> bool {
        let props = properties(c);
        if let Some(before) = self.join
            && self.x > 0
            && let Some(joined) = joins(before, props)
        {
            return self.place_joined(c, before, joined, sink);
        }
        let (style, fill) = self.pen_ids();
        let width = usize::from(props.width());
        let cols = self.cols();
        if self.x + width > cols {
            if self.modes.wrap {
                if self.x < cols {
                    let (x, y) = (self.x, self.y);
                    self.grid_mut().row_mut(y).erase(x, cols, fill, None);
                }
                self.wrap(sink);
            } else if width == 2 {
                return self.drop_at_margin();
            } else {
                self.come_back_onto_wide();
                self.x = cols - 1;
            }
        }
        let (x, y, insert) = (self.x, self.y, self.modes.insert);
        let row = self.grid_mut().row_mut(y);
        if insert {
            row.insert(x, width, fill);
        }
        row.write(x, Cell::char(c, width == 2, style), fill);
        self.x += width;
        self.join = Some(props);
        true
    }

    /// Without wrapping, what comes after the last column is written into it. Where that is half of a wide
    /// character xterm.js would leave the other half, unless the cursor is brought there first.
    fn come_back_onto_wide(&mut self) {
        let cols = self.cols();
        if self.x >= cols && !self.modes.wrap && self.grid().row(self.y).cell(cols - 1).is_spacer()
        {
            self.x = cols - 1;
            self.view_column();
        }
    }

    /// There is no room for a wide character and no wrapping: it is dropped.
    fn drop_at_margin(&mut self) -> bool {
        self.x = self.cols() - 1;
        self.join = None;
        self.view_column();
        false
    }

    /// Adds a character to the one just printed, which may become wide by it.
    fn place_joined(
        &mut self,
        c: char,
        before: Props,
        joined: Joined,
        sink: &mut dyn Sink,
    ) -> bool {
        let (style, fill) = self.pen_ids();
        let cols = self.cols();
        let grows = joined.width > before.width();
        let (x, y) = (self.x, self.y);
        let row = self.grid().row(y);
        let head = if row.cell(x - 1).is_spacer() && x >= 2 {
            x - 2
        } else {
            x - 1
        };
        let cell = row.cell(head);
        let Some(cluster) = self.extended(cell, c) else {
            // Full: the surplus is dropped, for viewers too.
            return false;
        };
        let cell = cell.with_cluster(cluster, joined.width == 2);
        self.join = Some(joined.props);
        if !grows {
            // The right half is there already.
            self.grid_mut().row_mut(y).replace(head, cell);
            return true;
        }
        if x < cols {
            self.grid_mut().row_mut(y).put(head, cell, fill);
            self.x = head + 2;
            return true;
        }
        if !self.modes.wrap {
            return self.drop_at_margin();
        }
        // It has no room where it is: it moves to the next row as a whole.
        self.grid_mut().row_mut(y).erase(head, cols, fill, None);
        self.wrap(sink);
        let y = self.y;
        debug_assert_eq!(
            cell.style, style,
            "what can be joined was printed with this pen"
        );
        self.grid_mut().row_mut(y).write(0, cell, fill);
        self.x = 2;
        true
    }

    /// The cluster of a cell and one more character; nothing if the cell is full.
    fn extended(&mut self, cell: Cell, c: char) -> Option<u32> {
        let recent = self.clusters.recent(cell, c);
        recent.or_else(|| self.newly_extended(cell, c))
    }

    #[cold]
    fn newly_extended(&mut self, cell: Cell, c: char) -> Option<u32> {
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        self.clusters.push_text(cell, &mut text);
        let has_room = text.chars().count() < limits::CLUSTER;
        text.push(c);
        if self.clusters.has_no_room(&text) {
            self.collect();
        }
        let cluster = has_room.then(|| self.clusters.extended(cell, c, &text));
        self.scratch = text;
        cluster
    }

    /// Goes to the beginning of the next row, which continues this one.
    fn wrap(&mut self, sink: &mut dyn Sink) {
        self.x = 0;
        let bottom = self.grid().bottom;
        if self.y == bottom {
            self.scroll_up_once(true, sink);
        } else if self.y + 1 < self.rows() {
            self.y += 1;
            let y = self.y;
            let row = self.grid_mut().row_mut(y);
            row.is_wrapped = true;
            row.is_cut = false;
        }
    }

    /// The numbers of the pen and of what it erases to.
    #[inline]
    pub(super) fn pen_ids(&mut self) -> (StyleId, StyleId) {
        self.pen_ids.unwrap_or_else(|| self.number_pen())
    }

    #[inline(never)]
    fn number_pen(&mut self) -> (StyleId, StyleId) {
        if self.styles.is_full() {
            self.collect();
        }
        if self.erased.0 != self.pen.bg {
            self.erased = (self.pen.bg, self.styles.id(&self.pen.erased()));
        }
        let ids = (self.styles.id(&self.pen), self.erased.1);
        self.pen_ids = Some(ids);
        ids
    }

    /// The number of what is erased with this pen.
    pub(super) fn fill(&mut self) -> StyleId {
        self.pen_ids().1
    }

    /// `REP`: the character just printed once more, and again.
    pub(super) fn repeat(&mut self, count: usize, sink: &mut dyn Sink) {
        let Some(before) = self.join_before.take() else {
            return;
        };
        let x = self.x.saturating_sub(usize::from(before.width()));
        let cell = self.grid().row(self.y).cell(x);
        let mut text = String::new();
        self.clusters.push_text(cell, &mut text);
        self.join = Some(before);
        // How clusters fill a cell, or are dropped at the margin, may be another matter to viewers: they get the
        // characters. So it is with what becomes a cluster by being repeated.
        let mut chars = text.chars();
        let first = chars.next().map_or(Props::PLAIN, properties);
        let is_spelt = chars.next().is_some() || joins(before, first).is_some();
        let mut viewed = false;
        if is_spelt {
            self.view.keep_join();
        } else {
            self.view.control(|out| bytes::csi(out, count, b"b"));
            viewed = self.view.turn(false);
        }
        for _ in 0..count {
            for c in text.chars() {
                if self.place(c, sink) && is_spelt {
                    self.view.text(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
        if is_spelt {
            self.break_join();
        } else {
            self.join = None;
            self.view.turn(viewed);
        }
    }
}

//! Reads a block's lines.

use std::ops::{ControlFlow, Range};

use mainstay_protocol::Line;

use super::style::StyleDecoder;
use super::{HEADER, Header};
use crate::bytes::Take;

/// A block of lines whose check was right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'a> {
    pub(crate) header: Header,
    /// The lines, each ended by a line feed.
    pub(crate) text: &'a [u8],
    styles: &'a [u8],
    cuts: &'a [u8],
}

impl<'a> Block<'a> {
    /// Checks a whole block, header included; nothing if it is damaged.
    pub(crate) fn check(bytes: &'a [u8]) -> Option<Self> {
        let header = Header::parse(bytes).ok()?;
        let body = bytes.get(HEADER..header.len())?;
        if crc32fast::hash(body) != header.crc {
            return None;
        }
        Self::split(header, body)
    }

    fn split(header: Header, body: &'a [u8]) -> Option<Self> {
        let mut take = Take::new(body);
        let text = take.bytes(header.text)?;
        let (styles, cuts) = (take.bytes(header.styles)?, take.bytes(header.cuts)?);
        if header.gap.is_none() && text.last() != Some(&b'\n') {
            return None;
        }
        Some(Self {
            header,
            text,
            styles,
            cuts,
        })
    }

    /// The bytes of the text that these lines take, as far as they are in the block.
    pub(crate) fn span(&self, lines: &Range<u64>) -> Range<usize> {
        let start = self.offset(lines.start);
        let end = if lines.end >= self.header.end {
            self.text.len()
        } else {
            self.offset(lines.end)
        };
        start..end.max(start)
    }

    /// Where a line begins in the text.
    fn offset(&self, line: u64) -> usize {
        let Some(before) = line.checked_sub(self.header.first).filter(|n| *n > 0) else {
            return 0;
        };
        let nth = usize::try_from(before - 1).unwrap_or(usize::MAX);
        memchr::memchr_iter(b'\n', self.text)
            .nth(nth)
            .map_or(self.text.len(), |at| at + 1)
    }

    /// Hands out the lines of `range` that are in this block. False in the result: something in it makes no
    /// sense although its check is right; what could be read was handed out.
    pub(crate) fn lines(
        &self,
        range: &Range<u64>,
        line: &mut Line,
        f: &mut dyn FnMut(u64, &Line) -> ControlFlow<()>,
    ) -> (ControlFlow<()>, bool) {
        let mut styles = StyleDecoder::new(self.styles);
        let mut cuts = Cuts::new(self.cuts);
        let span = self.span(range);
        let mut number = range.start.max(self.header.first);
        let mut sound = true;
        let mut rest = self.text.get(span).unwrap_or_default();
        while let Some(end) = memchr::memchr(b'\n', rest).filter(|_| number < self.header.end) {
            let (text, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = after.get(1..).unwrap_or_default();
            // A block has at most MAX_BODY lines.
            let index = u32::try_from(number - self.header.first).unwrap_or(u32::MAX);
            line.clear();
            match std::str::from_utf8(text) {
                Ok(text) => line.text.push_str(text),
                Err(_) => {
                    sound = false;
                    line.text.push_str(&String::from_utf8_lossy(text));
                }
            }
            sound &= styles.runs(index, &line.text, &mut line.runs);
            line.cut = cuts.contains(index);
            if f(number, line).is_break() {
                return (ControlFlow::Break(()), sound);
            }
            number += 1;
        }
        (ControlFlow::Continue(()), sound)
    }
}

/// The cut lines of a block, in order.
#[derive(Debug)]
struct Cuts<'a> {
    take: Take<'a>,
    next: Option<u32>,
}

impl<'a> Cuts<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut take = Take::new(bytes);
        let next = take.varint();
        Self { take, next }
    }

    /// Asked with growing indices.
    fn contains(&mut self, index: u32) -> bool {
        while let Some(next) = self.next
            && next < index
        {
            self.next = self
                .take
                .varint()
                .filter(|n| *n > 0)
                .and_then(|n| next.checked_add(n));
        }
        self.next == Some(index)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mainstay_protocol::{Attrs, Color, Style, StyleRun};
    use proptest::prelude::*;

    use super::super::build::Builder;
    use super::*;

    fn color() -> impl Strategy<Value = Color> {
        prop_oneof![
            Just(Color::Default),
            any::<u8>().prop_map(Color::Indexed),
            any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
        ]
    }

    fn style() -> impl Strategy<Value = Style> {
        (color(), color(), color(), 0u16..512).prop_map(|(fg, bg, underline_color, attrs)| Style {
            fg,
            bg,
            underline_color,
            attrs: Attrs::from_bits_truncate(attrs),
            ..Style::default()
        })
    }

    fn line() -> impl Strategy<Value = Line> {
        let run = (
            any::<prop::sample::Index>(),
            style(),
            prop::option::of("[a-z]{1,9}"),
        );
        (
            "[a-zä漢 ]{0,40}",
            prop::collection::vec(run, 0..5),
            any::<bool>(),
        )
            .prop_map(|(text, runs, cut)| {
                let borders: Vec<u32> = text
                    .char_indices()
                    .map(|(at, _)| u32::try_from(at).expect("short"))
                    .collect();
                let mut runs: Vec<StyleRun> = if borders.is_empty() {
                    Vec::new()
                } else {
                    runs.into_iter()
                        .map(|(at, style, link)| StyleRun {
                            start: *at.get(&borders),
                            style,
                            link: link.map(Arc::from),
                        })
                        .collect()
                };
                runs.sort_by_key(|run| run.start);
                runs.dedup_by_key(|run| run.start);
                Line { text, runs, cut }
            })
    }

    proptest! {
        #[test]
        fn lines_come_back(
            lines in prop::collection::vec(line(), 1..200),
            first in 0u64..1 << 40,
            from in 0u64..200,
            count in 0u64..200,
        ) {
            let mut builder = Builder::new(first);
            lines.iter().for_each(|line| builder.push(line));
            let bytes = builder.finish(7, Vec::new());
            let block = Block::check(&bytes).expect("an untouched block is right");
            let range = first + from..first + from + count;
            let mut read = Vec::new();
            let (_, sound) = block.lines(&range, &mut Line::default(), &mut |number, line| {
                read.push((number, line.clone()));
                ControlFlow::Continue(())
            });
            prop_assert!(sound, "what was built makes sense");
            let expected: Vec<(u64, Line)> = (first..).zip(lines)
                .filter(|(number, _)| range.contains(number)).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn any_bytes_with_a_right_check_do_no_harm(body in prop::collection::vec(any::<u8>(), 1..300), text in 1usize..300, styles in 0usize..300) {
            let text = text.min(body.len());
            let styles = styles.min(body.len() - text);
            let header = Header {
                gap: None, first: 5, end: 5 + text as u64, time: 0, text, styles,
                cuts: body.len() - text - styles, crc: crc32fast::hash(&body),
            };
            let bytes = [&header.encode()[..], &body].concat();
            if let Some(block) = Block::check(&bytes) {
                let mut line = Line::default();
                let (_, _) = block.lines(&(0..u64::MAX), &mut line, &mut |_, _| ControlFlow::Continue(()));
            }
        }
    }
}

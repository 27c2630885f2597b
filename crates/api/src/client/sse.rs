//! Reading server-sent events, as far as the manager writes them: `id`, `data`, comments.

use bytes::{Buf as _, BytesMut};

/// Longest event: a stream that has no end of one is none.
const MAX_EVENT: usize = 4 * 1024 * 1024;

/// Cuts a stream into the data of its events.
#[derive(Debug, Default)]
pub(super) struct Events {
    buffer: BytesMut,
    /// So much of the buffer holds no end of an event.
    searched: usize,
}

impl Events {
    /// Takes what came.
    ///
    /// # Errors
    /// If an event has no end.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() > MAX_EVENT + bytes.len() {
            return Err(format!("an event has more than {MAX_EVENT} bytes"));
        }
        Ok(())
    }

    /// The data of the next event that is here whole.
    pub(super) fn next(&mut self) -> Option<String> {
        loop {
            let rest = self.buffer.get(self.searched..)?;
            let Some(end) = rest.windows(2).position(|pair| pair == b"\n\n") else {
                self.searched = self.buffer.len().saturating_sub(1);
                return None;
            };
            let block = self.buffer.split_to(self.searched + end);
            self.buffer.advance(2);
            self.searched = 0;
            let text = String::from_utf8_lossy(&block);
            let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
            let data: Vec<_> = data
                .map(|data| data.strip_prefix(' ').unwrap_or(data))
                .collect();
            if !data.is_empty() {
                return Some(data.join("\n"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_however_they_are_cut() {
        let text = b"id: 1\ndata: {\"a\":\"\xc3\xa4\"}\n\n:\n\n: a comment\n\nid: 2\ndata: b\n\ndata:c\ndata: d\n\nid: 3\nda";
        for cut in 0..text.len() {
            let mut events = Events::default();
            let mut found = Vec::new();
            for part in [&text[..cut], &text[cut..]] {
                events.push(part).expect("short");
                found.extend(std::iter::from_fn(|| events.next()));
            }
            assert_eq!(found, ["{\"a\":\"ä\"}", "b", "c\nd"], "cut at {cut}");
        }
    }

    #[test]
    fn an_event_without_an_end_is_an_error() {
        let mut events = Events::default();
        let part = vec![b'x'; MAX_EVENT];
        events.push(&part).expect("at the limit");
        assert_eq!(events.next(), None);
        events.push(&part).expect("it may end in this one");
        assert_eq!(events.next(), None);
        events.push(b"x").expect_err("too long");
    }
}

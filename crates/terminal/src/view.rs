//! The stream for viewers, as it is being written.

/// Collects what viewers get; does nothing while nobody wants it.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    is_on: bool,
    out: Vec<u8>,
    /// The model saw something after the last character that viewers did not get: to them a combining mark
    /// would still join that character.
    is_stale: bool,
    /// So would any character.
    joins_any: bool,
}

impl View {
    /// Input follows, and somebody wants to see it or nobody does.
    pub(crate) fn begin(&mut self, on: bool) {
        self.is_on = on;
        self.is_stale &= on;
    }

    pub(crate) fn turn(&mut self, on: bool) -> bool {
        std::mem::replace(&mut self.is_on, on)
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    /// Viewers may not join the next character to the one before. Who joins later has a snapshot.
    /// `with_any` says that it would join even if it is ASCII.
    pub(crate) fn break_join(&mut self, with_any: bool) {
        self.is_stale = self.is_on;
        self.joins_any = with_any;
    }

    /// What was said to break the join has been no reason to: the next character may join after all.
    pub(crate) fn keep_join(&mut self) {
        self.is_stale = false;
    }

    /// Characters.
    #[inline]
    pub(crate) fn text(&mut self, text: &[u8]) {
        if !self.is_on {
            return;
        }
        if self.is_stale {
            self.is_stale = false;
            if self.joins_any || text.first().is_some_and(|byte| *byte >= 0x80) {
                // A control character that does nothing at all, and nothing joins across one.
                self.out.push(0);
            }
        }
        self.out.extend_from_slice(text);
    }

    /// Control characters and sequences, whole.
    #[inline]
    pub(crate) fn control(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.is_on {
            let before = self.out.len();
            write(&mut self.out);
            if self.out.len() > before {
                self.is_stale = false;
            }
        }
    }

    /// Control bytes as they are.
    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.control(|out| out.extend_from_slice(bytes));
    }

    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Hands over what there is.
    pub(crate) fn flush(&mut self, to: impl FnOnce(&[u8])) {
        if !self.out.is_empty() {
            to(&self.out);
            self.out.clear();
        }
    }
}

//! The numbers of a control sequence.
#![expect(
    clippy::indexing_slicing,
    reason = "lengths never exceed the arrays; every index is checked against them"
)]

use crate::limits;

const MAX: usize = 32;
/// What xterm.js saturates at.
const LARGEST: u32 = 0x7FFF_FFFF;

/// Up to 32 parameters with up to 32 sub-parameters (after colons) in all; more are dropped, as in xterm.js.
///
/// An empty parameter is 0, an empty sub-parameter nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Params {
    values: [u32; MAX],
    len: usize,
    subs: [Option<u32>; MAX],
    subs_len: usize,
    /// For each parameter, which sub-parameters are its own.
    ranges: [(u8, u8); MAX],
    in_sub: bool,
    drops: bool,
    drops_subs: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            values: [0; MAX],
            len: 1,
            subs: [None; MAX],
            subs_len: 0,
            ranges: [(0, 0); MAX],
            in_sub: false,
            drops: false,
            drops_subs: false,
        }
    }
}

impl Params {
    /// Back to one empty parameter.
    pub(super) fn clear(&mut self) {
        self.values[0] = 0;
        self.ranges[0] = (0, 0);
        self.len = 1;
        self.subs_len = 0;
        self.in_sub = false;
        self.drops = false;
        self.drops_subs = false;
    }

    /// A digit, a semicolon or a colon.
    #[inline]
    pub(super) fn put(&mut self, byte: u8) {
        match byte {
            b';' => self.begin(),
            b':' => self.begin_sub(),
            digit => self.digit(u32::from(digit & 0x0F)),
        }
    }

    /// A digit or a semicolon, where there are no sub-parameters.
    #[inline]
    pub(super) fn put_plain(&mut self, byte: u8) {
        if byte == b';' {
            self.begin();
        } else if !self.drops {
            let value = &mut self.values[self.len - 1];
            *value = value
                .saturating_mul(10)
                .saturating_add(u32::from(byte & 0x0F))
                .min(LARGEST);
        }
    }

    #[inline]
    fn begin(&mut self) {
        self.in_sub = false;
        if self.len == MAX {
            self.drops = true;
            return;
        }
        self.values[self.len] = 0;
        self.ranges[self.len] = self.empty_range();
        self.len += 1;
    }

    fn empty_range(&self) -> (u8, u8) {
        let at = u8::try_from(self.subs_len).unwrap_or(u8::MAX);
        (at, at)
    }

    fn begin_sub(&mut self) {
        self.in_sub = true;
        if self.drops || self.subs_len == MAX {
            self.drops_subs = true;
            return;
        }
        self.subs[self.subs_len] = None;
        self.subs_len += 1;
        self.ranges[self.len - 1].1 += 1;
    }

    fn digit(&mut self, digit: u32) {
        let grown = |value: u32| value.saturating_mul(10).saturating_add(digit).min(LARGEST);
        if self.drops || (self.in_sub && self.drops_subs) {
            return;
        }
        if self.in_sub {
            let sub = &mut self.subs[self.subs_len - 1];
            *sub = Some(grown(sub.unwrap_or(0)));
        } else {
            let value = &mut self.values[self.len - 1];
            *value = grown(*value);
        }
    }

    /// How many parameters there are, at least one.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// A parameter; 0 where it is empty or missing.
    pub(crate) fn get(&self, index: usize) -> u32 {
        if index < self.len {
            self.values[index]
        } else {
            0
        }
    }

    /// A parameter as a count: at least 1, at most [`limits::COUNT`].
    pub(crate) fn count(&self, index: usize) -> usize {
        self.get(index).clamp(1, limits::COUNT) as usize
    }

    /// The sub-parameters of a parameter.
    pub(crate) fn subs(&self, index: usize) -> &[Option<u32>] {
        if index >= self.len {
            return &[];
        }
        let (from, to) = self.ranges[index];
        &self.subs[usize::from(from)..usize::from(to)]
    }

    /// The bytes that lead to this state from an empty one.
    pub(super) fn spell(&self, out: &mut Vec<u8>) {
        for index in 0..self.len {
            if index > 0 {
                out.push(b';');
            }
            if self.values[index] != 0 {
                out.extend_from_slice(self.values[index].to_string().as_bytes());
            }
            for sub in self.subs(index) {
                out.push(b':');
                if let Some(value) = sub {
                    out.extend_from_slice(value.to_string().as_bytes());
                }
            }
        }
        if self.drops_subs && !self.drops {
            out.push(b':');
        }
        if self.drops {
            out.push(b';');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Params {
        let mut params = Params::default();
        text.bytes().for_each(|byte| params.put(byte));
        params
    }

    #[test]
    fn numbers_are_read() {
        let params = parsed("1;;4:3;38:2::10:20");
        assert_eq!(
            (params.len(), params.get(0), params.get(1)),
            (4, 1, 0),
            "empty is 0"
        );
        assert_eq!(params.subs(2), [Some(3)], "after a colon");
        assert_eq!(
            params.subs(3),
            [Some(2), None, Some(10), Some(20)],
            "an empty one is nothing"
        );
        assert_eq!(params.get(9), 0, "a missing one is 0");
        assert_eq!(parsed("99999999999999").get(0), LARGEST, "numbers saturate");
        assert_eq!(parsed("999999").count(0), 4096, "counts are bounded");
        assert_eq!(parsed("0").count(0), 1, "a count of 0 is 1");
    }

    #[test]
    fn every_state_can_be_spelled() {
        let many = "7;".repeat(40);
        let subs = format!("1{}", ":2".repeat(50));
        for text in [
            "",
            "0",
            "12;3",
            "4:",
            "4:3",
            "38:2:1::5;",
            ";;",
            &many,
            &subs,
            "1:2:3;4:5;;:6",
        ] {
            let params = parsed(text);
            let mut spelled = Vec::new();
            params.spell(&mut spelled);
            let mut again = parsed(std::str::from_utf8(&spelled).expect("digits"));
            let mut params = params;
            for more in [&b"5"[..], b";1", b":9"] {
                more.iter().for_each(|&byte| params.put(byte));
                more.iter().for_each(|&byte| again.put(byte));
                let all = |p: &Params| {
                    (0..p.len())
                        .map(|i| (p.get(i), p.subs(i).to_vec()))
                        .collect::<Vec<_>>()
                };
                assert_eq!(
                    all(&again),
                    all(&params),
                    "{text:?} goes on like its spelling"
                );
            }
        }
    }
}

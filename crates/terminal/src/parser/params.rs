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

    /// Takes digits and semicolons from the beginning of the bytes, in place of what there is; gives the length of
    /// that and the byte after it. Nothing if no byte follows or there are too many parameters.
    #[inline]
    pub(super) fn take_plain(&mut self, bytes: &[u8]) -> Option<(usize, u8)> {
        let (mut rest, mut len) = (bytes, 0);
        loop {
            let short = rest.first_chunk().and_then(|chunk| short_number(*chunk));
            let (value, digits) = short.unwrap_or_else(|| long_number(rest));
            *self.values.get_mut(len)? = value;
            len += 1;
            let (&byte, after) = rest.get(digits..)?.split_first()?;
            if byte != b';' {
                self.len = len;
                self.subs_len = 0;
                return Some((bytes.len() - after.len() - 1, byte));
            }
            rest = after;
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
        if self.drops || (self.in_sub && self.drops_subs) {
            return;
        }
        if self.in_sub {
            let sub = &mut self.subs[self.subs_len - 1];
            *sub = Some(grown(sub.unwrap_or(0), digit));
        } else {
            let value = &mut self.values[self.len - 1];
            *value = grown(*value, digit);
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
        // Where there are none at all, the ranges are those of an earlier sequence.
        if index >= self.len || self.subs_len == 0 {
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

/// The number that four bytes begin with and how many digits it has, if these are fewer than four: what
/// programs write. Without a branch, for where the digits end cannot be foretold.
#[inline]
fn short_number(bytes: [u8; 4]) -> Option<(u32, usize)> {
    // In a digit this leaves its value, in everything else more than 9.
    let values = u32::from_le_bytes(bytes) ^ 0x3030_3030;
    let others = (values.wrapping_add(0x7676_7676) | values) & 0x8080_8080;
    if others == 0 {
        return None;
    }
    let digits = others.trailing_zeros() / 8;
    // Zeros in front, so that the last digit is the last of the four bytes.
    let [_, hundreds, tens, ones] = ((values << 8) << (24 - 8 * digits)).to_le_bytes();
    let value = u32::from(hundreds) * 100 + u32::from(tens) * 10 + u32::from(ones);
    Some((value, digits as usize))
}

/// The number that the bytes begin with and how many digits it has.
fn long_number(bytes: &[u8]) -> (u32, usize) {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold((0, 0), |(value, count), digit| {
        (grown(value, u32::from(digit & 0x0F)), count + 1)
    })
}

/// A number with one more digit.
fn grown(value: u32, digit: u32) -> u32 {
    value.saturating_mul(10).saturating_add(digit).min(LARGEST)
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
    fn taken_at_once_or_one_by_one_is_the_same() {
        let many = "7;".repeat(MAX - 1);
        for text in [
            "",
            "0",
            "7",
            "42",
            "255",
            "1000",
            "38;2;1;20;255",
            ";;",
            ";1;",
            "007",
            "99999999999",
            "0000000000001",
            "2147483646",
            "2147483648",
            &many,
        ] {
            for after in ["m", "m rest", "\x1b", ":3m", "?"] {
                let bytes = format!("{text}{after}");
                let mut params = parsed("9:8;7");
                let taken = params.take_plain(bytes.as_bytes());
                assert_eq!(
                    taken,
                    Some((text.len(), after.as_bytes()[0])),
                    "{bytes:?} is taken up to what is no parameter"
                );
                let all = |p: &Params| {
                    (0..p.len())
                        .map(|i| (p.get(i), p.subs(i).to_vec()))
                        .collect::<Vec<_>>()
                };
                assert_eq!(all(&params), all(&parsed(text)), "{bytes:?}");
            }
            assert_eq!(
                parsed("").take_plain(text.as_bytes()),
                None,
                "{text:?} has no end"
            );
        }
        let too_many = format!("{many};1m");
        assert_eq!(
            parsed("").take_plain(too_many.as_bytes()),
            None,
            "one by one, the last is dropped"
        );
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

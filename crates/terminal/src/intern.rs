//! Tables of values that cells share: a cell holds a number, the table what it stands for.
//!
//! A table only grows by new values; when it reaches its limit the owner marks what is still used and the
//! rest is dropped ([`Interner::retain`]). Numbers stay valid, so no cell has to be rewritten.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// Below this many entries nothing is collected.
const SMALL: usize = 4096;

/// Values by number and numbers by value.
#[derive(Debug, Clone)]
pub(crate) struct Interner<T> {
    entries: Vec<Option<T>>,
    index: HashMap<T, u32, BuildHasherDefault<Mix>>,
    free: Vec<u32>,
    limit: usize,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            index: HashMap::default(),
            free: Vec::new(),
            limit: SMALL,
        }
    }
}

impl<T: Clone + Eq + Hash> Interner<T> {
    /// The number of a value that is there already.
    pub(crate) fn find<Q: Eq + Hash + ?Sized>(&self, value: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
    {
        self.index.get(value).copied()
    }

    /// The number of a value, which is a new one if it is not there yet.
    pub(crate) fn number(&mut self, value: T) -> u32 {
        match self.index.entry(value) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let value = Some(new.key().clone());
                let number = match self.free.pop() {
                    Some(free) => free,
                    None => {
                        self.entries.push(None);
                        u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
                    }
                };
                if let Some(entry) = self.entries.get_mut(number as usize) {
                    *entry = value;
                }
                *new.insert(number)
            }
        }
    }

    /// What a number stands for.
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.entries.get(number as usize)?.as_ref()
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether it is time to collect before the next value comes in.
    pub(crate) fn is_full(&self) -> bool {
        self.index.len() >= self.limit
    }

    /// Empty marks, large enough for all numbers.
    pub(crate) fn marks(&self) -> Marks {
        Marks::new(self.entries.len())
    }

    /// Drops what is not marked.
    pub(crate) fn retain(&mut self, live: &Marks) {
        self.index.retain(|_, number| live.has(*number));
        for (number, entry) in (0u32..).zip(&mut self.entries) {
            if !live.has(number) {
                *entry = None;
            }
        }
        while self.entries.last().is_some_and(Option::is_none) {
            self.entries.pop();
        }
        self.free.clear();
        let gaps = (0u32..)
            .zip(&self.entries)
            .filter(|(_, entry)| entry.is_none());
        self.free.extend(gaps.map(|(number, _)| number));
        self.limit = SMALL.max(self.index.len() * 2);
        if self.entries.capacity() > self.limit * 2 {
            self.entries.shrink_to(self.limit);
            self.index.shrink_to(self.limit);
            self.free.shrink_to(self.limit);
        }
    }

    /// The values that are there.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.index.keys()
    }
}

/// Which numbers are still used.
#[derive(Debug)]
pub(crate) struct Marks(Vec<u64>);

impl Marks {
    /// No marks, for so many numbers.
    pub(crate) fn new(numbers: usize) -> Self {
        Self(vec![0; numbers.div_ceil(64)])
    }

    pub(crate) fn add(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(crate) fn has(&self, number: u32) -> bool {
        self.0
            .get(number as usize / 64)
            .is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// A hash that is quick on short keys. An attacker who makes keys collide slows down their own terminal;
/// multiplication by an odd constant and a final fold spread what real programs print.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Mix(u64);

impl Mix {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.add(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.add(value.into());
    }

    fn write_u16(&mut self, value: u16) {
        self.add(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.add(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn numbers_stay_and_gaps_are_used_again() {
        let mut table = Interner::<String>::default();
        let numbers: Vec<u32> = ["a", "b", "c"]
            .iter()
            .map(|v| table.number((*v).to_owned()))
            .collect();
        assert_eq!(numbers, [0, 1, 2], "numbers are given in order");
        let mut live = table.marks();
        live.add(0);
        live.add(2);
        table.retain(&live);
        assert_eq!(table.find("b"), None, "what is not marked is gone");
        assert_eq!(
            table.get(2).map(String::as_str),
            Some("c"),
            "what is marked keeps its number"
        );
        assert_eq!(table.number("d".to_owned()), 1, "the gap is filled");
        assert_eq!(table.len(), 3, "three values are left");
    }
}

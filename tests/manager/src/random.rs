//! Random numbers that a seed repeats.

/// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators").
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The numbers of this seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        // Seeds that are alike begin alike; the product spreads them, and 0 would stay 0.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number from 0 to `end`, without `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % end.max(1)
    }

    /// One of these.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(of.len() as u64)).expect("an index");
        of.get(at).expect("there is one")
    }
}

/// The seed of this test run: `MAINSTAY_SEED`, else another one each time. It is printed.
///
/// # Panics
/// If the system has no random numbers.
#[must_use]
#[expect(clippy::print_stdout, reason = "a failure is repeated by its seed")]
pub fn seed() -> u64 {
    let given = std::env::var("MAINSTAY_SEED").ok();
    let seed = given.and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        let uuid = std::fs::read("/proc/sys/kernel/random/uuid").expect("random numbers");
        uuid.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    });
    println!("seed {seed}: repeat with MAINSTAY_SEED={seed}");
    seed
}

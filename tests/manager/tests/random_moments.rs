//! kill -9 of the manager at random moments while three threads ask it for everything: after each restart every session has its
//! true state, every event is there once, and what was acknowledged holds.
#![cfg(unix)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mainstay_manager_tests::checks;
use mainstay_manager_tests::home::Home;
use mainstay_manager_tests::log::Moment;
use mainstay_manager_tests::random::{Random, seed};
use mainstay_manager_tests::stewards::{Life, Mode};

/// Crashes of one home: recovery works on what recovery left.
const IN_A_ROW: u64 = 10;
/// Homes at the same time.
const AT_ONCE: usize = 3;

fn moments() -> u64 {
    let given = std::env::var("MAINSTAY_CRASHES").ok();
    given.and_then(|n| n.parse().ok()).unwrap_or(200)
}

#[test]
fn everything_is_as_it_was_after_random_moments() {
    let seed = seed();
    let moments = moments();
    let homes = moments.div_ceil(IN_A_ROW);
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let home = next.fetch_add(1, Ordering::Relaxed);
                    if home >= homes {
                        return;
                    }
                    crashes(seed, home, IN_A_ROW.min(moments - home * IN_A_ROW));
                }
            });
        }
    });
}

fn crashes(seed: u64, number: u64, count: u64) {
    let home = Home::new();
    let mut random = Random::of(seed.wrapping_add(number));
    for crash in 0..count {
        // Some come while the manager is being opened.
        let lines = if random.below(6) == 0 {
            0
        } else {
            1 + random.below(40)
        };
        let moment = Moment {
            lines,
            then: Duration::from_micros(random.below(20_000)),
        };
        let life = Life {
            seed: seed.wrapping_add(number),
            moment: Some(moment),
            ..Life::new(Mode::Ramble, u32::try_from(crash).expect("few"))
        };
        let context = format!("seed {seed}, home {number}, crash {crash}, {moment:?}");
        assert!(life.live(&home), "{context}: the steward was killed");
        checks::settled(&home, &context);
    }
    checks::emptied(&home, &format!("seed {seed}, home {number}, at its end"));
}

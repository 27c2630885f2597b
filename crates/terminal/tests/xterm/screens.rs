//! The same bytes to the model and to xterm.js: sequences one by one, real programs, generated streams.

use std::fmt::Write as _;

use mainstay_protocol::Size;

use crate::support::corpus::{self, Input};
use crate::support::generator::{self, Flavor};
use crate::support::minimize::minimize;
use crate::support::properties::{Case, Failure, Oracles, check};
use crate::support::random::Random;

/// Failures reported at once; more are the same few mistakes again.
const REPORTED: usize = 8;

fn describe(report: &mut String, name: &str, size: Size, input: &[u8], failure: &Failure) {
    writeln!(
        report,
        "\n{name}, {}x{}: {:?} does not hold (cut at {}) for\n  {}\nshown | snapshot:\n{}",
        size.cols(),
        size.rows(),
        failure.property,
        failure.cut,
        input.escape_ascii(),
        failure.difference
    )
    .expect("a String takes all");
}

fn check_all(inputs: &[Input], cuts: impl Fn(&Input) -> Vec<usize>, raw: impl Fn(&Input) -> bool) {
    let mut oracle = Oracles::start();
    let mut report = String::new();
    let mut failed = 0;
    for input in inputs {
        let case = Case {
            size: input.size,
            input: input.bytes.clone(),
            cuts: cuts(input),
            raw: raw(input),
        };
        if let Some(failure) = check(&mut oracle, &case) {
            failed += 1;
            let shown = input
                .bytes
                .get(..input.bytes.len().min(200))
                .unwrap_or_default();
            describe(&mut report, &input.name, input.size, shown, &failure);
        }
    }
    assert!(
        failed == 0,
        "{failed} of {} inputs:\n{report}",
        inputs.len()
    );
}

/// Inputs that xterm.js itself does not get, by the beginning of their names, and why.
const NOT_RAW: [(&str, &str); 2] = [
    (
        "hang-",
        "keeps xterm.js busy for minutes; what viewers get of it must not",
    ),
    (
        "sgr-rgb-short",
        "without a colour space xterm.js takes red for one; xterm, kitty and others do not",
    ),
];

#[test]
fn each_sequence_does_what_it_does_in_xterm() {
    let everywhere = |input: &Input| (0..=input.bytes.len()).collect();
    let raw = |input: &Input| {
        NOT_RAW
            .iter()
            .all(|(name, _)| !input.name.starts_with(name))
    };
    check_all(&corpus::sequences(), everywhere, raw);
}

#[test]
fn real_programs_look_as_in_xterm() {
    let inputs = corpus::programs();
    // At some hundred bytes, and at odd positions in between.
    let cuts = |input: &Input| {
        (1..12)
            .map(|i| input.bytes.len() * i / 12 + i % 3)
            .collect()
    };
    check_all(&inputs, cuts, |_| true);
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .map_or(default, |value| value.parse().expect("a number"))
}

#[test]
fn generated_streams_look_as_in_xterm() {
    generated(setting("MAINSTAY_CASES", 1200), false);
}

/// What xterm.js works on for minutes, or throws at, does so no longer in the view.
#[test]
fn hostile_streams_do_no_harm_to_viewers() {
    generated(setting("MAINSTAY_CASES", 1200) / 3, true);
}

/// xterm.js joins a character to what was printed before one that was dropped, because without wrapping a wide
/// character has no room in the last column, or before a sequence that was abandoned.
fn joins_what_is_dropped(input: &[u8], flavor: Flavor) -> bool {
    let drops_wide = input.windows(3).any(|three| three == b"?7l");
    !input.is_ascii() && (flavor.damage || drops_wide)
}

fn generated(cases: u64, hostile: bool) {
    let mut oracle = Oracles::start();
    let first = setting("MAINSTAY_SEED", 1);
    let mut report = String::new();
    let mut failed = 0;
    for seed in first..first + cases {
        let mut random = Random::new(seed);
        let (cols, rows) = *random.pick(&[&(4, 2), &(7, 4), &(12, 5), &(20, 8), &(80, 24)]);
        let size = Size::clamped(cols, rows);
        let flavor = Flavor {
            size: (cols, rows),
            damage: hostile || random.once_in(3),
            hostile,
        };
        let pieces = 3 + random.below(30);
        let stream = generator::stream(&mut random, flavor, pieces);
        let case = |input: Vec<u8>, cuts| Case {
            size,
            cuts,
            raw: !hostile && !joins_what_is_dropped(&input, flavor),
            input,
        };
        let whole = stream.concat();
        let length = whole.len();
        let some = vec![length / 3, length / 2, length - length / 4, length];
        let Some(failure) = check(&mut oracle, &case(whole, some)) else {
            continue;
        };
        failed += 1;
        if failed > REPORTED {
            continue;
        }
        let everywhere = |input: Vec<u8>| {
            let cuts = (0..=input.len()).collect();
            case(input, cuts)
        };
        let mut fails = |pieces: &[Vec<u8>]| {
            let again = check(&mut oracle, &everywhere(pieces.concat()));
            again.is_some_and(|again| again.property == failure.property)
        };
        let small = minimize(&stream, 300, &mut fails).concat();
        let failure = check(&mut oracle, &everywhere(small.clone())).unwrap_or(failure);
        describe(&mut report, &format!("seed {seed}"), size, &small, &failure);
    }
    assert!(
        failed == 0,
        "{failed} of {cases} streams from seed {first} on:\n{report}"
    );
}

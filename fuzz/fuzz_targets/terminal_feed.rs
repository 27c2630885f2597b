//! Any bytes into the model: no panic, bounded memory, the same result for every split.
#![no_main]
#![expect(dead_code, reason = "each target runs one of the shared checks")]

#[path = "../../crates/terminal/tests/support/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::feed(data));

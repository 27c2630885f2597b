//! Any bytes as a checkpoint: an error, or a model that can be used.
#![no_main]
#![expect(dead_code, reason = "each target runs one of the shared checks")]

#[path = "../../crates/terminal/tests/support/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::restore(data));

//! Snapshots, views and checkpoints of what any bytes made bring another terminal to the same state.
#![no_main]
#![expect(dead_code, reason = "each target runs one of the shared checks")]

#[path = "../../crates/terminal/tests/support/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::resume(data));

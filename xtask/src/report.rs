//! Everything these tasks say; printing is their job.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place of xtask that prints; everything else comes here"
)]

use std::time::Duration;

/// A line of its own kind before a step's output.
pub(crate) fn heading(name: &str) {
    println!("\n=== {name}");
}

pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// Something to look at that fails nothing.
pub(crate) fn warning(text: &str) {
    println!("warning: {text}");
}

pub(crate) fn failure(text: &str) {
    eprintln!("\nerror: {text}");
}

/// How long each step took, and together.
pub(crate) fn times(steps: &[(String, Duration)]) {
    println!("\n=== times");
    for (name, took) in steps {
        println!("{:>8}  {name}", seconds(*took));
    }
    println!(
        "{:>8}  together",
        seconds(steps.iter().map(|(_, took)| *took).sum())
    );
}

pub(crate) fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

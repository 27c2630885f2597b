//! Every file of the fuzz corpora through the checks of its fuzz target, so that what once failed stays right
//! without a fuzzer.

use std::path::Path;

#[path = "support/checks.rs"]
mod checks;

fn each(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus is committed")
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has seeds", folder.display());
    for file in files {
        let data = std::fs::read(&file).expect("the corpus can be read");
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&data)));
        assert!(
            outcome.is_ok(),
            "{} fails; the reason is above",
            file.display()
        );
    }
}

#[test]
fn feeds_of_the_corpus_are_fine() {
    each("terminal_feed", checks::feed);
}

#[test]
fn snapshots_of_the_corpus_are_fine() {
    each("terminal_snapshot", checks::resume);
}

#[test]
fn checkpoints_of_the_corpus_are_fine() {
    each("checkpoint_restore", checks::restore);
}

//! The named points of this crate at which a test takes hold of the program, see `mainstay_seams::failpoint`.

/// `error`: the output thread of `attach` panics when the outer terminal's size has changed.
pub const PANIC: &str = "cli.attach.panic";

/// All of them.
pub const ALL: &[&str] = &[PANIC];

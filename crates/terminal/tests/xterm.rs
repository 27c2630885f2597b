//! The model against xterm.js: the same bytes give the same screen, and what viewers get gives it too.
//!
//! `MAINSTAY_SEED` and `MAINSTAY_CASES` choose other and more generated streams than the usual ones.

mod support;

#[path = "xterm/screens.rs"]
mod screens;
#[path = "xterm/widths.rs"]
mod widths;

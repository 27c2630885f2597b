//! What the window may ask of the program: one file per domain, each command a few lines that
//! delegate. A new command is also named in `build.rs` and allowed in `capabilities/`.

pub(crate) mod about;

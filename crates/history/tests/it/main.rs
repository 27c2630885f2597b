//! What a history promises, tried from outside.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics fails, as it should"
)]

mod crash;
mod damage;
mod find;
mod kill;
mod power;
mod support;
mod trouble;

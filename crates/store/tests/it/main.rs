//! The store against real files, real full and locked disks, and real processes that are killed.
#![expect(clippy::panic, reason = "a panic is a test's verdict")]

#[cfg(unix)]
mod child;
#[cfg(unix)]
mod crash;
mod damage;
#[cfg(unix)]
mod disk;
mod events;
mod list;
mod lock;
#[cfg(unix)]
mod migrate;
mod replaced;
mod resolve;
mod restored;
mod support;
mod tables;
mod writing;

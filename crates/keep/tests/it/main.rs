//! The session folder and the keeper against real files and real processes.

#[cfg(unix)]
mod crash;
mod damage;
mod keeper;
#[cfg(unix)]
mod places;
mod support;

//! The part of the manager that decides and touches nothing: lifecycle, profiles, plans, the login shell's environment.

#[cfg(unix)]
mod environment;
mod lifecycle;
#[cfg(unix)]
mod plan;
#[cfg(unix)]
mod problems;
mod profiles;
mod sequences;
mod support;
mod table;
#[cfg(unix)]
mod world;

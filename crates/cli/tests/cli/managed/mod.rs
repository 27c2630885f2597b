//! The commands that ask the manager, with real managers and hosts.

mod carry;
mod doctor;
mod errors;
mod events;
mod first_day;
mod managers;
mod paper;

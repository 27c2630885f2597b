//! The API over its real socket, with a real manager.
#![cfg(unix)]

mod auth;
mod closing;
mod limits;
mod requests;
mod sessions;
mod start;
mod stream;
mod support;

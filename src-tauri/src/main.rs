//! The program `mainstay-desktop`.

// Without this a console opens beside the window on Windows; debug builds keep it for messages.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    if !has_display() {
        complain(
            "there is no display: neither WAYLAND_DISPLAY nor DISPLAY is set. \
             Start it from a desktop session.",
        );
        return ExitCode::FAILURE;
    }
    match mainstay_desktop::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("the window could not be opened: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether a window can open at all. GTK panics where it can't, which tells nobody what to do.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("WAYLAND_DISPLAY") || set("DISPLAY")
}

/// Tells on standard error why there is no window; where that is closed, nobody is listening.
fn complain(text: &str) {
    writeln!(std::io::stderr(), "mainstay-desktop: {text}").ok();
}

//! The shell: the desktop window around everything else.
//!
//! This is the only crate that knows Tauri. It opens the window and answers its commands; what a
//! session is and what happens to it is decided in the crates below, none of which depends on it.

mod commands;

/// Opens the window and runs until the last one is closed.
///
/// # Errors
///
/// Fails where the window system refuses the window or its web view, e.g. when the web view's
/// library can't be loaded.
pub fn run() -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![commands::about::about])
        .run(tauri::generate_context!("tauri.conf.json"))
}

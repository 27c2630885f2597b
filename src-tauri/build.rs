//! Embeds the window's configuration and generates the permissions of the app's own commands.

use std::error::Error;

/// Every command of `src-tauri/src/commands/`; one that isn't listed can't be allowed to a window.
const COMMANDS: &[&str] = &["about"];

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}

//! What this program is.

use serde::Serialize;

/// The answer to `about`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// The version of the desktop app, as in `Cargo.toml`.
    version: &'static str,
}

/// Says which version of Mainstay this is.
#[tauri::command]
pub(crate) fn about() -> About {
    About {
        version: env!("CARGO_PKG_VERSION"),
    }
}

//! The desktop app: `cargo xtask run`, and the check that its window opens.

pub(crate) mod display;
pub(crate) mod node;
pub(crate) mod page;
mod picture;
mod window;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::cli::RunOptions;
use crate::debian;
use crate::desktop::node::Node;
use crate::report;
use crate::workspace::{DESKTOP, Workspace};

/// The feature that embeds the built page instead of asking a development server for it.
pub(crate) const EMBEDDED_PAGE: &str = "mainstay-desktop/custom-protocol";

pub(crate) fn run(workspace: &Workspace, options: &RunOptions) -> Result<()> {
    if !options.headless && !display::present() {
        bail!(
            "there is no display to open a window on (neither WAYLAND_DISPLAY nor DISPLAY is set).\n\
             `cargo xtask run --headless` opens it in memory and takes a screenshot."
        );
    }
    debian::install(workspace, debian::DESKTOP)?;
    let node = Node::find(workspace)?;
    page::install(workspace, &node)?;
    page::build(workspace, &node)?;
    let program = build(workspace)?;
    if !options.headless {
        return workspace.program(&program.to_string_lossy()).run();
    }
    let screenshot = match &options.screenshot {
        Some(file) => std::path::absolute(file)?,
        None => default_screenshot(workspace)?,
    };
    window::open_and_check(workspace, &program, &screenshot)
}

/// Builds the desktop app around the page in `ui/dist` and opens it in memory.
pub(crate) fn check_window(workspace: &Workspace) -> Result<()> {
    let program = build(workspace)?;
    window::open_and_check(workspace, &program, &default_screenshot(workspace)?)
}

fn default_screenshot(workspace: &Workspace) -> Result<PathBuf> {
    Ok(workspace.scratch()?.join("window.png"))
}

fn build(workspace: &Workspace) -> Result<PathBuf> {
    workspace
        .cargo()
        .args(["build", "--package", DESKTOP, "--features", EMBEDDED_PAGE])
        .run()?;
    let program = format!("{DESKTOP}{}", std::env::consts::EXE_SUFFIX);
    let program = workspace.target.join("debug").join(program);
    report::line(&format!("built {}", program.display()));
    Ok(program)
}

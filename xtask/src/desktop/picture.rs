//! What a picture of the window shows, as far as a program can tell: how many colours a part has.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::workspace::Workspace;

/// A part of a picture, in pixels from its lower right corner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Distance of the part's right edge from the picture's.
    pub(crate) right: u32,
    /// Distance of the part's lower edge from the picture's.
    pub(crate) bottom: u32,
}

/// The number of different colours in a picture, or in a part of it.
pub(crate) fn colours(workspace: &Workspace, picture: &Path, part: Option<Part>) -> Result<u32> {
    let mut convert = workspace.program("convert").arg(picture);
    if let Some(Part {
        width,
        height,
        right,
        bottom,
    }) = part
    {
        let crop = format!("{width}x{height}+{right}+{bottom}");
        convert = convert.args(["-gravity", "SouthEast", "-crop", &crop, "+repage"]);
    }
    let count = convert.args(["-format", "%k", "info:"]).read()?;
    count
        .trim()
        .parse()
        .with_context(|| format!("`{}` is no number of colours", count.trim()))
}
